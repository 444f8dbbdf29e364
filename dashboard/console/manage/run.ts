/** Shows a run in each of its states (F3, F4, J4): its plan, its progress, what it holds, its result. */
import { naturalCompare } from '../../../src/desired/names.ts';
import { groundText, type Names } from '../../../src/plan/describe.ts';
import type { HeldChat, Run, TypeProgress } from '../../read/runs.ts';
import { type Content, type Html, html } from '../html.ts';
import { linkButton, postButton, submitButton } from '../parts/button.ts';
import { CHAT_TYPE_LABELS } from '../parts/chat-type.ts';
import { hiddenField } from '../parts/field.ts';
import { count } from '../parts/numbers.ts';
import { notice } from '../parts/states.ts';
import { type Counts, change, figure } from './plan.ts';
import { calls, chats, duration, people } from './words.ts';

export const runHref = (id: string) => `/manage/operations/${id}`;

/** The page where such a run is asked for. */
export const askedAt = ({ asOf }: Run) =>
  asOf
    ? { label: 'План на дату', href: '/manage/ahead' }
    : { label: 'Настройки создания/синхронизации чатов', href: '/manage/initialize' };

/** The buttons beside the heading: what can be done about the run now. */
export function runActions(run: Run): Html {
  const href = runHref(run.id);
  if (run.dryRun && run.state === 'succeeded') {
    const applicable = run.asOf === null && !isNothing(run);
    return html`${linkButton({ label: 'Изменить выбор', href: askedAt(run).href })}${
      applicable && run.fresh
        ? postButton({ label: 'Выполнить', action: `${href}/apply`, kind: 'primary' })
        : ''
    }${run.fresh ? '' : planAnew(run)}`;
  }
  if (run.state === 'queued') return postButton({ label: 'Не начинать', action: `${href}/cancel` });
  const related = run.undoes ?? run.undoneBy;
  if (related) {
    const label = run.undoes ? 'Какой прогон отменён' : 'Как его отменили';
    return linkButton({ label, href: runHref(related) });
  }
  if (isUndoable(run)) return linkButton({ label: 'Отменить прогон', href: `${href}/undo`, kind: 'danger' });
  if (run.state === 'failed' && run.kind === 'initialization') return planAnew(run);
  return html``;
}

export function isUndoable(run: Run): boolean {
  const done = run.state === 'succeeded' || run.state === 'held' || run.state === 'failed';
  return run.kind === 'initialization' && run.following && done && run.undoneBy === null;
}

/** Shown where nothing differs from what should be. */
export function isNothing({ result }: Run): boolean {
  const { chats: made, members, admins, held } = (result ?? {}) as Counts;
  const sum = [
    made?.created,
    made?.renamed,
    members?.added,
    members?.removed,
    admins?.granted,
    admins?.revoked,
    held,
  ];
  return sum.every((n) => !n);
}

function planAnew(run: Run): Html {
  const { types, strict, asOf } = run;
  return html`<form method="post" action="${askedAt(run).href}" class="inline">${
    asOf ? hiddenField('asOf', asOf) : types.map((type) => hiddenField('type', type))
  }${strict ? hiddenField('strict', 'on') : ''}${submitButton({ label: 'Составить план заново', kind: 'primary' })}</form>`;
}

/** Stands over the plan of a dry run. */
export function planNotices(run: Run): Content[] {
  if (!run.fresh) {
    return [
      notice({
        kind: 'warn',
        title: 'План устарел',
        text: 'С тех пор списки изменились, и выполнить его нельзя. Составьте план заново: это займёт меньше минуты.',
      }),
    ];
  }
  if (isNothing(run)) {
    return [
      notice({ kind: 'good', title: 'Менять нечего', text: 'Все чаты уже такие, какими должны быть.' }),
    ];
  }
  const { held = 0 } = (run.result ?? {}) as Counts;
  return [
    ...(run.asOf
      ? [
          notice({
            kind: 'info',
            title: 'Только для просмотра',
            text: 'План на другую дату не выполняется: в этот день всё произойдёт само.',
          }),
        ]
      : []),
    ...(held > 0
      ? [
          notice({
            kind: 'warn',
            title: `Исключений больше, чем бывает обычно: ${count(held)}`,
            text: 'Добавления будут выполнены сразу, а эти исключения остановятся и будут ждать вашего решения по каждому чату.',
          }),
        ]
      : []),
  ];
}

/** The part that is asked anew while the run goes on. `data-state` tells when the whole page is another. */
export function progressPart(run: Run, types: readonly TypeProgress[], nowMs: number): Html {
  const fragment = (body: Content) =>
    html`<div class="sheet progress" id="progress" data-follows="${runHref(run.id)}/progress" data-state="${run.state}">${body}</div>`;
  if (run.state === 'queued') return fragment(html`<p>Ждёт своей очереди: сейчас начнётся.</p>`);
  if (!run.following || types.length === 0) {
    const text =
      run.total > 0 ? `Сверяем со Сферумом: ${count(run.done)} из ${chats(run.total)}` : 'Читаем списки СГО';
    return fragment(html`<p>${text}</p>${bar('Сверка со Сферумом', run.done, Math.max(run.total, 1))}`);
  }
  return fragment(
    html`<dl class="steps">${types.map(
      ({ type, done, total }) =>
        html`<div><dt>${CHAT_TYPE_LABELS[type]}</dt><dd>${bar(CHAT_TYPE_LABELS[type], done, total)}</dd><dd class="of">${count(done)} из ${count(total)}</dd></div>`,
    )}</dl><p class="muted">${timeLeft(run, types, nowMs)}</p>`,
  );
}

function bar(label: string, done: number, total: number): Html {
  return html`<progress aria-label="${label}" value="${done}" max="${total}"></progress>`;
}

/** A share this small says nothing of the pace yet. */
const TELLING_SHARE = 0.03;

/** J7: gives the estimate before the run, and corrects it by the pace of the run. */
function timeLeft(run: Run, types: readonly TypeProgress[], nowMs: number): string {
  const sum = (of: (t: TypeProgress) => number) => types.reduce((n, t) => n + of(t), 0);
  const share =
    sum((t) => t.done) /
    Math.max(
      1,
      sum((t) => t.total),
    );
  const elapsed = run.startedAt ? (nowMs - Date.parse(run.startedAt)) / 1000 : 0;
  const planned = (run.result as Counts | null)?.estimate?.seconds ?? 0;
  const left = share > TELLING_SHARE ? (elapsed * (1 - share)) / share : planned;
  return `Сделано: ${calls(sum((t) => t.apiCalls))}. Осталось ${duration(left)}.`;
}

export function runningBody(run: Run, types: readonly TypeProgress[], nowMs: number): Html {
  return html`${progressPart(run, types, nowMs)}<p class="muted">Страницу можно закрыть: работа продолжится, а ход и итог будут здесь и в «Последних прогонах».</p>`;
}

/** Shows the result of the run. */
export function resultFigures(run: Run): Html {
  const r = (run.result ?? {}) as Counts;
  const took =
    run.startedAt && run.finishedAt ? (Date.parse(run.finishedAt) - Date.parse(run.startedAt)) / 1000 : null;
  if (!r.chats) return html``;
  const { pending } = r;
  return html`<div class="figures">
${figure(count(r.chats.created), 'чатов создано')}
${r.chats.renamed > 0 ? figure(count(r.chats.renamed), 'переименовано') : ''}
${figure(change(r.members?.added ?? 0, '+'), 'добавлено в чаты')}
${figure(change(r.members?.removed ?? 0, '−'), 'убрано из чатов')}
${r.held ? figure(html`<span class="wait">${count(r.held)}</span>`, 'исключений ждут решения') : ''}
${pending?.notLinked ? figure(count(pending.notLinked), html`участий без привязки: <a href="/unreachable">кого нет в Сферуме</a>`) : ''}
${pending && pending.invited + pending.refused > 0 ? figure(count(pending.invited + pending.refused), 'приглашены или отказали') : ''}
${took === null ? '' : figure(duration(took), calls(r.apiCalls ?? 0))}</div>`;
}

export function problemNotices(run: Run): Content[] {
  return run.problems.map(({ message }) =>
    notice({
      kind: run.state === 'failed' ? 'bad' : 'warn',
      title: message,
      text: run.state === 'failed' ? 'Остальное сделано. Это повторится само или со следующим прогоном.' : '',
    }),
  );
}

/** F4: held removals are decided chat by chat, or all at once. */
export function heldPart(run: Run, held: readonly HeldChat[], names: Names): Html {
  if (held.length === 0) return run.state === 'held' ? wholePart(run) : html``;
  const total = held.reduce((n, chat) => n + removals(chat), 0);
  return html`<section class="stack" aria-labelledby="held-head"><div class="section-head"><h2 id="held-head">Ждут решения: ${people(total)}, ${chats(held.length)}</h2>
<form method="post" action="${runHref(run.id)}/decide" class="actions">${submitButton({ label: `Исключить всех (${count(total)})`, kind: 'danger', name: 'do', value: 'approve' })}${submitButton({ label: 'Оставить всех', name: 'do', value: 'reject' })}</form></div>
<p class="muted">Исключений оказалось больше предела, поэтому они остановлены; всё остальное сделано. Если в СГО всё верно, исключите. Если это ошибка в списках, оставьте людей в чатах и исправьте списки.</p>
<ul class="sheet rows">${held.map((chat) => heldRow(run, chat, names))}</ul></section>`;
}

function removals({ people: some, strangerIds }: HeldChat): number {
  return some.length + strangerIds.length;
}

function heldRow(run: Run, chat: HeldChat, names: Names): Html {
  const n = removals(chat);
  return html`<li><div class="row-head"><span class="row-name"><a href="/manage/chats/${chat.chatId}"><bdi>${chat.title}</bdi></a></span> <span class="muted">${CHAT_TYPE_LABELS[chat.type]}</span>
<span class="row-figures"><span class="tag warn">−${count(n)} из ${count(chat.memberCount)}</span></span>
<form method="post" action="${runHref(run.id)}/decide" class="actions">${hiddenField('chat', chat.chatId)}${submitButton({ label: 'Исключить', kind: 'danger', name: 'do', value: 'approve' })}${submitButton({ label: 'Оставить', name: 'do', value: 'reject' })}</form></div>
<details class="row-details"><summary>Кого и почему</summary><ul class="row-body">${byName(
    chat.people,
    names,
  ).map(
    ({ personId, grounds }) =>
      html`<li><bdi>${names.person(personId)}</bdi> <span class="muted">– больше не подтверждается: ${grounds.map((ground) => groundText(ground, names)).join('; ') || 'нет оснований'}</span></li>`,
  )}${chat.strangerIds.map((id) => html`<li>Профиль ${id} <span class="muted">– посторонний, в СГО его нет</span></li>`)}</ul></details></li>`;
}

function byName(some: HeldChat['people'], names: Names): HeldChat['people'] {
  return some.toSorted((a, b) => naturalCompare(names.person(a.personId), names.person(b.personId)));
}

/**
 * J2: an import that looked incomplete is accepted whole or stays as it is. Any other hold without chats is decided
 * whole, too.
 */
function wholePart(run: Run): Html {
  const { text, approve } = WHOLE[run.kind] ?? INCOMPLETE;
  return html`<section class="panel"><p>${text}</p>
<form method="post" action="${runHref(run.id)}/decide" class="actions">${submitButton({ label: approve, kind: 'danger', name: 'do', value: 'approve' })}${submitButton({ label: 'Отклонить', name: 'do', value: 'reject' })}</form></section>`;
}

const INCOMPLETE = {
  text: 'Новые люди уже добавлены, никто не исключён. Если списки верны, примите их: чаты покинут те, кого в списках нет. Если нет, отклоните и выгрузите списки из СГО ещё раз.',
  approve: 'Списки верны, принять',
};
const WHOLE: Partial<Record<Run['kind'], { text: string; approve: string }>> = {
  'account-replacement': {
    text: 'Пока вы не решите, чаты не создаются и никто не исключён. После подтверждения чаты будут созданы заново, с новой перепиской; прежние останутся у прежнего профиля.',
    approve: 'Создать чаты заново',
  },
  adoption: {
    text: 'Пока вы не решите, чаты не создаются и никто не исключён.',
    approve: 'Списки получены, продолжить',
  },
};
