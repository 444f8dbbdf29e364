/** What waits for a decision in all schools, and the question before many are decided (K1). */
import type { AwaitingApproval } from '../../read/awaiting-approvals.ts';
import type { HeldOfRegion } from '../../read/held-everywhere.ts';
import { type Html, html } from '../html.ts';
import { OPERATION_LABELS } from '../manage/words.ts';
import { approvalNotice } from '../parts/approval.ts';
import { linkButton, submitButton } from '../parts/button.ts';
import { hiddenField, textField } from '../parts/field.ts';
import { count, counted, moment } from '../parts/numbers.ts';
import { emptyState } from '../parts/states.ts';
import { type Column, dataTable } from '../parts/table.ts';
import { OPEN_SCHOOL, opensSchool } from './opens-school.ts';

const CHOICE = 'chosen-operations';
/** From so many people on the number must be typed, because a click may be a slip. */
const TYPED_ABOVE_PEOPLE = 100;

export const peopleWord = (n: number) => counted(n, 'человек', 'человека', 'человек');
/** After «в». */
const inChats = (n: number) => counted(n, 'чате', 'чатах', 'чатах');
const inSchools = (n: number) => counted(n, 'школе', 'школах', 'школах');

/**
 * Whether the operation holds removals, which are decided here. What waits as a whole is decided in its school, where
 * people see what it is about.
 */
export const isRemoval = ({ chats }: HeldOfRegion): boolean => chats > 0;

/** How many people, chats and schools these operations concern. */
export const totalOf = (held: readonly HeldOfRegion[]) => ({
  people: held.reduce((sum, { people }) => sum + people, 0),
  chats: held.reduce((sum, { chats }) => sum + chats, 0),
  schools: new Set(held.map(({ schoolId }) => schoolId)).size,
});

/** Whether so many removals are confirmed by typing their number. */
export const needsTyping = (people: number): boolean => people > TYPED_ABOVE_PEOPLE;

/** The operations that wait, by school, with what can be marked and decided together. */
export function heldBody(held: readonly HeldOfRegion[], timeZone: string): Html {
  if (held.length === 0) {
    return emptyState({
      title: 'Ничего не ждёт решения',
      text: 'Здесь появятся остановленные исключения и неполные списки всех школ.',
      actions: linkButton({ label: 'Все школы', href: '/schools' }),
    });
  }
  const removals = held.filter(isRemoval);
  const chosen = html`<input type="hidden" name="do" value="look">${submitButton({ label: 'Решить о выбранных' })}`;
  return html`<form id="${OPEN_SCHOOL}" method="post" action="/schools"></form>
<form id="${CHOICE}" method="post" action="/schools/held" class="region-held">${
    removals.length > 0
      ? html`<div class="actions">${linkButton({ label: `Выбрать все (${count(removals.length)})`, href: '/schools/held?all=1' })}${chosen}</div>`
      : ''
  }${heldTable(held, timeZone, [choiceColumn])}</form>`;
}

/** Approvals that have not acted yet, with the way back. */
export function awaitingPart(awaiting: readonly AwaitingApproval[], timeZone: string, nowMs: number): Html {
  return html`${awaiting.map((approval) =>
    approvalNotice({
      ...{ approval, timeZone, nowMs },
      title: `Исключаем ${peopleWord(approval.people)} в ${inSchools(approval.schools)}`,
      takeBack: { action: '/schools/held/take-back' },
    }),
  )}`;
}

const choiceColumn: Column<HeldOfRegion> = {
  head: 'Выбрать',
  narrow: true,
  headContent: html`<span class="unseen">Выбрать</span>`,
  cell: (one) =>
    isRemoval(one)
      ? html`<input type="checkbox" name="operation" value="${one.id}" aria-label="${one.schoolName}: ${whatOf(one)}">`
      : html`<span class="none"></span>`,
};

/** Says before the decision what will be done to how many. The button carries the number. */
export function heldQuestion(held: readonly HeldOfRegion[], timeZone: string, error?: string): Html {
  const { people, chats, schools } = totalOf(held);
  const typed = needsTyping(people)
    ? textField({ label: `Чтобы исключить, введите число ${people}`, name: 'typed', error })
    : '';
  return html`<form id="${OPEN_SCHOOL}" method="post" action="/schools"></form>
<form method="post" action="/schools/held" class="sheet padded">${held.map(({ id }) => hiddenField('operation', id))}${hiddenField('people', String(people))}
<p>${peopleWord(people)} в ${inChats(chats)}, в ${inSchools(schools)}. Каждое решение попадёт в журнал своей школы. После нажатия есть 15 секунд, чтобы отменить.</p>
${typed}
<div class="actions">${submitButton({ label: `Исключить ${peopleWord(people)}`, kind: 'danger', name: 'do', value: 'approve' })}${submitButton({ label: 'Оставить всех', name: 'do', value: 'reject' })}${linkButton({ label: 'Вернуться', href: '/schools/held', kind: 'quiet' })}</div></form>
${heldTable(held, timeZone, [])}`;
}

function heldTable(held: readonly HeldOfRegion[], timeZone: string, first: Column<HeldOfRegion>[]): Html {
  return dataTable<HeldOfRegion>({
    caption: 'Ждут решения, по школам',
    rows: held,
    columns: [
      ...first,
      { head: 'Школа', phone: 'title', cell: (one) => one.schoolName },
      { head: 'Что ждёт', cell: (one) => whatOf(one) },
      { head: 'Откуда', cell: ({ kind }) => OPERATION_LABELS[kind] },
      { head: 'С какого времени', cell: ({ since }) => moment(since, timeZone) },
      {
        head: 'Подробно',
        narrow: true,
        cell: (one) =>
          opensSchool(
            { id: one.schoolId, name: one.schoolName },
            isRemoval(one) ? 'Посмотреть' : 'Решить в школе',
            {
              to: `/manage/operations/${one.id}`,
              says: isRemoval(one) ? 'посмотреть' : 'решить в школе',
            },
          ),
      },
    ],
  });
}

const whatOf = (one: HeldOfRegion): string =>
  isRemoval(one)
    ? `Исключить ${peopleWord(one.people)} из ${counted(one.chats, 'чата', 'чатов', 'чатов')}`
    : one.kind === 'roster-import'
      ? 'Списки приняты не полностью'
      : 'Подтвердить продолжение';
