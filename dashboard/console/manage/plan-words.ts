/** Words and figures of a plan that every view of it shares. */
import { naturalCompare } from '../../../src/desired/names.ts';
import { endingText, groundText, type Names } from '../../../src/plan/describe.ts';
import type { Action, ActionKind, PlanCounts } from '../../../src/plan/model.ts';
import type { OperationView } from '../../read/operation-views.ts';
import { type Content, type Html, html } from '../html.ts';
import { count } from '../parts/numbers.ts';

export type Counts = Partial<PlanCounts> & {
  apiCalls?: number;
  estimate?: { apiCalls: number; seconds: number };
  /** For an import: people in its lists, and rows that were rejected. */
  people?: number;
  rejectedTotal?: number;
};

/** The figures of an operation, as far as it has any. */
export function countsOf({ result }: { result: object | null }): Counts {
  // Its end wrote them (src/planning/end-operations.ts); an operation without a plan has other fields there.
  return result ?? {};
}

/** Says how many were added and taken out. For a plan, and for work that has not ended, it says what would be. */
export function membersChanged(
  operation: Pick<OperationView, 'state' | 'dryRun' | 'result'>,
): Counts['members'] {
  const { state, dryRun } = operation;
  return dryRun || state === 'queued' || state === 'running' ? undefined : countsOf(operation).members;
}

/** «+12», «−3» in their colours, or a plain 0 where nothing changes. */
export function change(n: number, sign: '+' | '−'): Html {
  if (n === 0) return html`0`;
  return html`<span class="${sign === '+' ? 'plus' : 'minus'}">${sign}${count(n)}</span>`;
}

/** A number with what it counts. */
export function figure(number: Content, label: Content): Html {
  return html`<div class="figure"><b>${number}</b> ${label}</div>`;
}

export const KINDS: readonly (readonly [ActionKind | 'held', string, done: string])[] = [
  ['create', 'Создаются чаты', 'Созданы чаты'],
  ['rename', 'Переименовываются', 'Переименованы'],
  ['add', 'Добавляются люди', 'Добавлены люди'],
  ['remove', 'Исключаются люди', 'Исключены люди'],
  ['held', 'Остановятся до решения', 'Остановлены до решения'],
  ['grant', 'Назначаются администраторы', 'Назначены администраторы'],
  ['revoke', 'Снимаются администраторы', 'Сняты администраторы'],
];

/** Sorts actions as they are done, and the people of one kind of step by name, because a plan goes by their ids. */
export function byKindAndName(actions: readonly Action[], names: Names): Action[] {
  const nameOf = ({ personId }: Action) => (personId === undefined ? '' : names.person(personId));
  const kinds = [...new Set(actions.map(({ action }) => action))];
  return actions.toSorted(
    (a, b) => kinds.indexOf(a.action) - kinds.indexOf(b.action) || naturalCompare(nameOf(a), nameOf(b)),
  );
}

/** Why an action is done, as a sentence behind it; empty where nothing says why. */
export function why({ action, ending, grounds, pending }: Action, names: Names): Html | string {
  const because = grounds.map((ground) => groundText(ground, names)).join('; ');
  const out = because === '' ? 'нет оснований быть в чате' : `нет больше основания: ${because}`;
  const text = ending ? endingText(ending, names) : action === 'remove' ? out : because;
  const later = pending === 'notLinked' ? ' (не привязан: войдёт, когда привяжет профиль)' : '';
  return text + later === '' ? '' : html` <span class="muted">– ${text}${later}</span>`;
}
