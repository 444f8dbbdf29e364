/** Shows an operation in each of its states (F3, J4): its plan, its progress, its result. */
import { REMOVALS_HELD } from '../../../src/rows/operation.ts';
import { plural } from '../../../src/text/plural.ts';
import type { OperationView, TypeProgress } from '../../read/operation-views.ts';
import { type Content, type Html, html } from '../html.ts';
import { linkButton, postButton, submitButton } from '../parts/button.ts';
import { CHAT_TYPE_LABELS } from '../parts/chat-type.ts';
import { hiddenField } from '../parts/field.ts';
import { count } from '../parts/numbers.ts';
import { notice } from '../parts/states.ts';
import { operationHref } from './operation-words.ts';
import { type Counts, change, countsOf, figure } from './plan-words.ts';
import { chats, duration, requests } from './words.ts';

/** The page where such an operation is asked for. */
export const askedAt = ({ asOf }: OperationView) =>
  asOf
    ? { label: 'План на дату', href: '/manage/ahead' }
    : { label: 'Настройки создания/синхронизации чатов', href: '/manage/initialize' };

/** The buttons beside the heading: what can be done about the operation now. */
export function operationActions(operation: OperationView, waitingElsewhere: string | null): Html {
  const href = operationHref(operation.id);
  if (operation.dryRun && operation.state === 'succeeded') {
    const applicable = operation.asOf === null && !isNothing(operation);
    return html`${linkButton({ label: 'Изменить выбор', href: askedAt(operation).href })}${
      applicable && operation.fresh ? applyButton(operation, waitingElsewhere) : ''
    }${operation.fresh ? '' : planAnew(operation)}`;
  }
  if (operation.state === 'queued') return postButton({ label: 'Не начинать', action: `${href}/cancel` });
  const related = operation.undoes ?? operation.undoneBy;
  if (related) {
    const label = operation.undoes ? 'Какая инициализация отменена' : 'Как её отменили';
    return linkButton({ label, href: operationHref(related) });
  }
  if (isUndoable(operation))
    return linkButton({ label: 'Отменить инициализацию', href: `${href}/undo`, kind: 'danger' });
  if (operation.state === 'failed' && operation.kind === 'initialization') return planAnew(operation);
  return html``;
}

/**
 * Gives the button that applies the plan. A plan in which all removals are held takes nobody out, so all that is left
 * is to decide.
 */
function applyButton(operation: OperationView, waitingElsewhere: string | null): Html {
  const { held = 0, ...rest } = countsOf(operation);
  const action = `${operationHref(operation.id)}/apply`;
  if (held === 0 || !isNothing({ result: { ...rest } })) {
    return postButton({ label: 'Выполнить', action, kind: 'primary' });
  }
  return waitingElsewhere
    ? linkButton({ label: 'Посмотреть и решить', href: operationHref(waitingElsewhere), kind: 'primary' })
    : postButton({ label: `Перейти к решению (${count(held)})`, action, kind: 'primary' });
}

/** Whether the operation is an applied initialisation that has ended and was not undone (J4). */
export function isUndoable(operation: OperationView): boolean {
  const done = operation.state === 'succeeded' || operation.state === 'held' || operation.state === 'failed';
  return operation.kind === 'initialization' && operation.following && done && operation.undoneBy === null;
}

/** Shown where nothing differs from what should be. */
export function isNothing({ result }: Pick<OperationView, 'result'>): boolean {
  const { chats: made, members, admins, held } = countsOf({ result });
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

/** Gives the notices above the plan of a dry run. */
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
  const { held = 0 } = countsOf(operation);
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
            text: 'Остальное будет выполнено сразу, а эти исключения остановятся и будут ждать вашего решения по каждому чату.',
          }),
        ]
      : []),
  ];
}

/**
 * Shows the part that is asked for again while the operation goes on. The script loads the whole page when `data-state`
 * changes.
 */
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

/** Below this share the pace so far says nothing. */
const TELLING_SHARE = 0.03;

/** J7: gives the time that is left. It is the plan's estimate at first, and is corrected by the pace so far. */
function timeLeft(operation: OperationView, types: readonly TypeProgress[], nowMs: number): string {
  const sum = (of: (t: TypeProgress) => number) => types.reduce((n, t) => n + of(t), 0);
  const share =
    sum((t) => t.done) /
    Math.max(
      1,
      sum((t) => t.total),
    );
  const elapsed = operation.startedAt ? (nowMs - Date.parse(operation.startedAt)) / 1000 : 0;
  const planned = countsOf(operation).estimate?.seconds ?? 0;
  const left = share > TELLING_SHARE ? (elapsed * (1 - share)) / share : planned;
  return `Отправлено: ${requests(sum((t) => t.apiCalls))}. Осталось ${duration(left)}.`;
}

/** The page while the operation is at work. */
export function runningBody(operation: OperationView, types: readonly TypeProgress[], nowMs: number): Html {
  const undo =
    operation.kind === 'initialization' ? ' Отменить инициализацию можно будет, когда она закончится.' : '';
  return html`${progressPart(operation, types, nowMs)}<p class="muted">Страницу можно закрыть: работа продолжится, а ход и итог будут здесь и в «Последних инициализациях».${undo}</p>`;
}

/** Shows the result of the operation. */
export function resultFigures(operation: OperationView): Html {
  const r = countsOf(operation);
  const took =
    operation.startedAt && operation.finishedAt
      ? (Date.parse(operation.finishedAt) - Date.parse(operation.startedAt)) / 1000
      : null;
  if (!r.chats) return html``;
  const { pending } = r;
  const isHeldAlone = Boolean(r.held) && isNothing({ result: { ...r, held: 0 } });
  return html`<div class="figures">
${
  isHeldAlone
    ? figure(
        html`<span class="wait">${count(r.held ?? 0)}</span>`,
        'остановлено до решения, больше ничего не менялось',
      )
    : changeFigures(r)
}
${r.held && !isHeldAlone && operation.state !== 'held' ? figure(html`<span class="wait">${count(r.held)}</span>`, plural(r.held, 'исключение ждёт решения', 'исключения ждут решения', 'исключений ждут решения')) : ''}
${pending?.notLinked ? figure(count(pending.notLinked), html`${plural(pending.notLinked, 'место в чатах ждёт привязки', 'места в чатах ждут привязки', 'мест в чатах ждут привязки')}: <a href="/unreachable">кого нет в Сферуме</a>`) : ''}
${pending && pending.invited + pending.refused > 0 ? figure(count(pending.invited + pending.refused), 'приглашены или отказали') : ''}
${took === null ? '' : figure(duration(took), requests(r.apiCalls ?? 0))}</div>`;
}

function changeFigures({ chats: made, members }: Counts): Html {
  const { created = 0, renamed = 0 } = made ?? {};
  return html`${figure(count(created), plural(created, 'чат создан', 'чата создано', 'чатов создано'))}
${renamed > 0 ? figure(count(renamed), plural(renamed, 'чат переименован', 'чата переименовано', 'чатов переименовано')) : ''}
${figure(change(members?.added ?? 0, '+'), 'добавлено в чаты')}
${figure(change(members?.removed ?? 0, '−'), 'исключено из чатов')}`;
}

/** What went wrong, or is left to decide as a whole. */
export function problemNotices(operation: OperationView): Content[] {
  // What is held is shown below, with its buttons and the figures of this moment.
  const problems = operation.problems.filter(({ code }) => code !== REMOVALS_HELD);
  return problems.map(({ message }) =>
    notice({
      kind: operation.state === 'failed' ? 'bad' : 'warn',
      title: message,
      text:
        operation.state === 'failed'
          ? 'Остальное сделано. Это повторится само или со следующей инициализацией.'
          : '',
    }),
  );
}
