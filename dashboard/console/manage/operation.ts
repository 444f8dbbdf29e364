/** Shows an operation in each of its states (F3, F4, J4): its plan, its progress, what it holds, its result. */
import { naturalCompare } from '../../../src/desired/names.ts';
import { groundText, type Names } from '../../../src/plan/describe.ts';
import type { HeldChat, OperationView, TypeProgress } from '../../read/operation-views.ts';
import { type Content, type Html, html } from '../html.ts';
import { linkButton, postButton, submitButton } from '../parts/button.ts';
import { CHAT_TYPE_LABELS } from '../parts/chat-type.ts';
import { hiddenField } from '../parts/field.ts';
import { count } from '../parts/numbers.ts';
import { notice } from '../parts/states.ts';
import { type Counts, change, figure } from './plan.ts';
import { calls, chats, duration, people } from './words.ts';

export const operationHref = (id: string) => `/manage/operations/${id}`;

/** The page where such an operation is asked for. */
export const askedAt = ({ asOf }: OperationView) =>
  asOf
    ? { label: 'План на дату', href: '/manage/ahead' }
    : { label: 'Настройки создания/синхронизации чатов', href: '/manage/initialize' };

/** The buttons beside the heading: what can be done about the operation now. */
export function operationActions(operation: OperationView): Html {
  const href = operationHref(operation.id);
  if (operation.dryRun && operation.state === 'succeeded') {
    const applicable = operation.asOf === null && !isNothing(operation);
    return html`${linkButton({ label: 'Изменить выбор', href: askedAt(operation).href })}${
      applicable && operation.fresh
        ? postButton({ label: 'Выполнить', action: `${href}/apply`, kind: 'primary' })
        : ''
    }${operation.fresh ? '' : planAnew(operation)}`;
  }
  if (operation.state === 'queued') return postButton({ label: 'Не начинать', action: `${href}/cancel` });
  const related = operation.undoes ?? operation.undoneBy;
  if (related) {
    const label = operation.undoes ? 'Какой прогон отменён' : 'Как его отменили';
    return linkButton({ label, href: operationHref(related) });
  }
  if (isUndoable(operation))
    return linkButton({ label: 'Отменить прогон', href: `${href}/undo`, kind: 'danger' });
  if (operation.state === 'failed' && operation.kind === 'initialization') return planAnew(operation);
  return html``;
}

export function isUndoable(operation: OperationView): boolean {
  const done = operation.state === 'succeeded' || operation.state === 'held' || operation.state === 'failed';
  return operation.kind === 'initialization' && operation.following && done && operation.undoneBy === null;
}

/** Shown where nothing differs from what should be. */
export function isNothing({ result }: OperationView): boolean {
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

function planAnew(operation: OperationView): Html {
  const { types, strict, asOf } = operation;
  return html`<form method="post" action="${askedAt(operation).href}" class="inline">${
    asOf ? hiddenField('asOf', asOf) : types.map((type) => hiddenField('type', type))
  }${strict ? hiddenField('strict', 'on') : ''}${submitButton({ label: 'Составить план заново', kind: 'primary' })}</form>`;
}

/** Stands over the plan of a dry operation. */
export function planNotices(operation: OperationView): Content[] {
  if (!operation.fresh) {
    return [
      notice({
        kind: 'warn',
        title: 'План устарел',
        text: 'С тех пор списки изменились, и выполнить его нельзя. Составьте план заново: это займёт меньше минуты.',
      }),
    ];
  }
  if (isNothing(operation)) {
    return [
      notice({ kind: 'good', title: 'Менять нечего', text: 'Все чаты уже такие, какими должны быть.' }),
    ];
  }
  const { held = 0 } = (operation.result ?? {}) as Counts;
  return [
    ...(operation.asOf
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

/** The part that is asked anew while the operation goes on. `data-state` tells when the whole page is another. */
export function progressPart(operation: OperationView, types: readonly TypeProgress[], nowMs: number): Html {
  const fragment = (body: Content) =>
    html`<div class="sheet progress" id="progress" data-follows="${operationHref(operation.id)}/progress" data-state="${operation.state}">${body}</div>`;
  if (operation.state === 'queued') return fragment(html`<p>Ждёт своей очереди: сейчас начнётся.</p>`);
  if (!operation.following || types.length === 0) {
    const text =
      operation.total > 0
        ? `Сверяем со Сферумом: ${count(operation.done)} из ${chats(operation.total)}`
        : 'Читаем списки СГО';
    return fragment(
      html`<p>${text}</p>${bar('Сверка со Сферумом', operation.done, Math.max(operation.total, 1))}`,
    );
  }
  return fragment(
    html`<dl class="steps">${types.map(
      ({ type, done, total }) =>
        html`<div><dt>${CHAT_TYPE_LABELS[type]}</dt><dd>${bar(CHAT_TYPE_LABELS[type], done, total)}</dd><dd class="of">${count(done)} из ${count(total)}</dd></div>`,
    )}</dl><p class="muted">${timeLeft(operation, types, nowMs)}</p>`,
  );
}

function bar(label: string, done: number, total: number): Html {
  return html`<progress aria-label="${label}" value="${done}" max="${total}"></progress>`;
}

/** A share this small says nothing of the pace yet. */
const TELLING_SHARE = 0.03;

/** J7: gives the estimate before the operation, and corrects it by the pace of the operation. */
function timeLeft(operation: OperationView, types: readonly TypeProgress[], nowMs: number): string {
  const sum = (of: (t: TypeProgress) => number) => types.reduce((n, t) => n + of(t), 0);
  const share =
    sum((t) => t.done) /
    Math.max(
      1,
      sum((t) => t.total),
    );
  const elapsed = operation.startedAt ? (nowMs - Date.parse(operation.startedAt)) / 1000 : 0;
  const planned = (operation.result as Counts | null)?.estimate?.seconds ?? 0;
  const left = share > TELLING_SHARE ? (elapsed * (1 - share)) / share : planned;
  return `Сделано: ${calls(sum((t) => t.apiCalls))}. Осталось ${duration(left)}.`;
}

export function runningBody(operation: OperationView, types: readonly TypeProgress[], nowMs: number): Html {
  return html`${progressPart(operation, types, nowMs)}<p class="muted">Страницу можно закрыть: работа продолжится, а ход и итог будут здесь и в «Последних прогонах».</p>`;
}

/** Shows the result of the operation. */
export function resultFigures(operation: OperationView): Html {
  const r = (operation.result ?? {}) as Counts;
  const took =
    operation.startedAt && operation.finishedAt
      ? (Date.parse(operation.finishedAt) - Date.parse(operation.startedAt)) / 1000
      : null;
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

export function problemNotices(operation: OperationView): Content[] {
  return operation.problems.map(({ message }) =>
    notice({
      kind: operation.state === 'failed' ? 'bad' : 'warn',
      title: message,
      text:
        operation.state === 'failed'
          ? 'Остальное сделано. Это повторится само или со следующим прогоном.'
          : '',
    }),
  );
}

/** F4: held removals are decided chat by chat, or all at once. */
export function heldPart(operation: OperationView, held: readonly HeldChat[], names: Names): Html {
  if (held.length === 0) return operation.state === 'held' ? wholePart(operation) : html``;
  const total = held.reduce((n, chat) => n + removals(chat), 0);
  return html`<section class="stack" aria-labelledby="held-head"><div class="section-head"><h2 id="held-head">Ждут решения: ${people(total)}, ${chats(held.length)}</h2>
<form method="post" action="${operationHref(operation.id)}/decide" class="actions">${submitButton({ label: `Исключить всех (${count(total)})`, kind: 'danger', name: 'do', value: 'approve' })}${submitButton({ label: 'Оставить всех', name: 'do', value: 'reject' })}</form></div>
<p class="muted">Исключений оказалось больше предела, поэтому они остановлены; всё остальное сделано. Если в СГО всё верно, исключите. Если это ошибка в списках, оставьте людей в чатах и исправьте списки.</p>
<ul class="sheet rows">${held.map((chat) => heldRow(operation, chat, names))}</ul></section>`;
}

function removals({ people: some, strangerIds }: HeldChat): number {
  return some.length + strangerIds.length;
}

function heldRow(operation: OperationView, chat: HeldChat, names: Names): Html {
  const n = removals(chat);
  return html`<li><div class="row-head"><span class="row-name"><a href="/manage/chats/${chat.chatId}"><bdi>${chat.title}</bdi></a></span> <span class="muted">${CHAT_TYPE_LABELS[chat.type]}</span>
<span class="row-figures"><span class="tag warn">−${count(n)} из ${count(chat.memberCount)}</span></span>
<form method="post" action="${operationHref(operation.id)}/decide" class="actions">${hiddenField('chat', chat.chatId)}${submitButton({ label: 'Исключить', kind: 'danger', name: 'do', value: 'approve' })}${submitButton({ label: 'Оставить', name: 'do', value: 'reject' })}</form></div>
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
function wholePart(operation: OperationView): Html {
  const { text, approve } = WHOLE[operation.kind] ?? INCOMPLETE;
  return html`<section class="panel"><p>${text}</p>
<form method="post" action="${operationHref(operation.id)}/decide" class="actions">${submitButton({ label: approve, kind: 'danger', name: 'do', value: 'approve' })}${submitButton({ label: 'Отклонить', name: 'do', value: 'reject' })}</form></section>`;
}

const INCOMPLETE = {
  text: 'Новые люди уже добавлены, никто не исключён. Если списки верны, примите их: чаты покинут те, кого в списках нет. Если нет, отклоните и выгрузите списки из СГО ещё раз.',
  approve: 'Списки верны, принять',
};
const WHOLE: Partial<Record<OperationView['kind'], { text: string; approve: string }>> = {
  'account-replacement': {
    text: 'Пока вы не решите, чаты не создаются и никто не исключён. После подтверждения чаты будут созданы заново, с новой перепиской; прежние останутся у прежнего профиля.',
    approve: 'Создать чаты заново',
  },
  adoption: {
    text: 'Пока вы не решите, чаты не создаются и никто не исключён.',
    approve: 'Списки получены, продолжить',
  },
};
