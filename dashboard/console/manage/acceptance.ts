/** J2: asks before an incomplete list is accepted, and says what that would do. The button carries the number. */
import type { Names } from '../../../src/plan/describe.ts';
import type { ActionKind, Plan, PlanCounts } from '../../../src/plan/model.ts';
import { plural } from '../../../src/text/plural.ts';
import type { OperationView } from '../../read/operation-views.ts';
import { type Html, html } from '../html.ts';
import { linkButton, submitButton } from '../parts/button.ts';
import { chatTypeFilter } from '../parts/chat-type.ts';
import { selectField, textField } from '../parts/field.ts';
import { hrefOf } from '../parts/links.ts';
import { count, counted } from '../parts/numbers.ts';
import { emptyState } from '../parts/states.ts';
import { type PlannedChat, plannedMarks, plannedPart, type ShownPlan } from './acceptance-tree.ts';
import { INCOMPLETE } from './held.ts';
import { operationHref } from './operation-words.ts';
import { planTree, type TreeType } from './plan-tree.ts';
import { KINDS } from './plan-words.ts';

interface AcceptanceView {
  operation: OperationView;
  /** Null where no type of chat is switched on, so that lists alone would change. */
  plan: Plan | null;
  /** The parts of the plan that are asked for. */
  tree: readonly TreeType<PlannedChat>[];
  shown: ShownPlan['shown'];
  filter: {
    type?: string | undefined;
    class?: string | undefined;
    kind?: ActionKind | 'held' | undefined;
    title?: string | undefined;
  };
  names: Names;
}

/**
 * Asks before the lists of an incomplete import are accepted. It says who would leave, and which of these removals the
 * guard would hold.
 */
export function acceptQuestion(view: AcceptanceView): Html {
  const { operation, plan, tree } = view;
  const href = operationHref(operation.id);
  const { places: total, people, chats: inChats } = leaving(plan);
  const held = plan?.counts.held ?? 0;
  return html`<form method="post" action="${href}/decide" class="panel ask"><p>${
    total === 0
      ? 'Чаты не покинет никто.'
      : html`По этим спискам чаты ${plural(people, 'покинет', 'покинут', 'покинут')}: <strong>${persons(people)}, ${placesIn(total, inChats)}</strong>.`
  } ${heldText(held, total)}${plan ? besides(plan.counts) : ''}</p>
<p class="muted">После нажатия есть 15 секунд, чтобы отменить.</p>
<div class="actions">${submitButton({ label: total > 0 ? `${INCOMPLETE.approve} (${count(people)})` : INCOMPLETE.approve, kind: 'danger', name: 'do', value: 'approve' })}${submitButton({ label: 'Отклонить', name: 'do', value: 'reject' })}${linkButton({ label: 'Решить позже', href, kind: 'quiet' })}</div></form>
<section class="plan" aria-label="План">${isAsked(view) || tree.length > 0 ? filters(view) : ''}${
    tree.length > 0 ? treeOf(view, held === total) : nothingFound(view)
  }</section>`;
}

/** Counts who leaves chats by the plan. A place is one person in one chat. */
function leaving(plan: Plan | null): { people: number; places: number; chats: number } {
  const left = (plan?.chats ?? [])
    .map(({ actions }) => actions.filter(({ action }) => action === 'remove'))
    .filter((of) => of.length > 0);
  const gone = left.flat();
  const people = new Set(gone.map(({ personId }) => personId));
  return { people: people.size, places: gone.length, chats: left.length };
}

const persons = (n: number) => counted(n, 'человек', 'человека', 'человек');
const placesIn = (places: number, inChats: number) =>
  `${counted(places, 'место', 'места', 'мест')} в ${counted(inChats, 'чате', 'чатах', 'чатах')}`;

function treeOf({ operation, tree, names, shown, filter }: AcceptanceView, allHeld: boolean): Html {
  const how = { names, allHeld, shown };
  return planTree(tree, {
    chat: (chat) => plannedPart(chat, how),
    marks: (sums) => plannedMarks(sums, allHeld),
    href: (type, unit) => hrefOf(`${operationHref(operation.id)}/approve`, { ...filter, type, class: unit }),
  });
}

/** How many of the removals the guard would hold, because accepting a list is no decision about a crowd (F4). */
function heldText(held: number, total: number): string {
  if (held === 0) return '';
  return held === total
    ? 'Сразу никто не исключается: о каждом чате вы решите отдельно.'
    : `Исключения с ${counted(held, 'места', 'мест', 'мест')} остановятся до решения по каждому чату.`;
}

function besides({ members, chats: made }: PlanCounts): string {
  const parts = [
    members.added > 0 ? `добавить в чаты: ${count(members.added)}` : '',
    made.created > 0 ? `создать чатов: ${count(made.created)}` : '',
  ].filter(Boolean);
  return parts.length > 0 ? ` Кроме того, ${parts.join(', ')}.` : '';
}

function isAsked({ filter: { type, kind, title, class: unit } }: Pick<AcceptanceView, 'filter'>): boolean {
  return Boolean(type || kind || title || unit);
}

function nothingFound(view: AcceptanceView): Html {
  return isAsked(view)
    ? emptyState({ title: 'Ничего не найдено', text: 'Измените условия и нажмите «Показать».' })
    : emptyState({ title: 'Чаты не изменятся', text: 'Изменятся только списки.' });
}

function filters({ operation, filter }: AcceptanceView): Html {
  return html`<form method="get" action="${operationHref(operation.id)}/approve" class="filters" role="search" aria-label="Отбор в плане">${chatTypeFilter(filter.type)}${selectField(
    {
      ...{ label: 'Что меняется', name: 'kind', value: filter.kind },
      options: [{ value: '', label: 'Всё' }, ...KINDS.map(([value, label]) => ({ value, label }))],
    },
  )}${textField({ label: 'Наименование чата', name: 'title', value: filter.title })}
<div class="filters-go">${submitButton({ label: 'Показать' })}</div></form>`;
}
