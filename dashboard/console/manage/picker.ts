/** «Выбрать участников чата» (C3). */

import type { z } from 'zod';
import type { ChatType } from '../../../src/desired/model.ts';
import { keysOf } from '../../../src/keys-of.ts';
import type { Listed } from '../../../src/store/queries/page.ts';
import type { ShownRole } from '../../../src/store/queries/person-columns.ts';
import type { Draft } from '../../drafts/draft.ts';
import type { PersonItem } from '../../read/people.ts';
import type { PersonClass } from '../../read/person-classes.ts';
import type { ClassItem } from '../../read/units.ts';
import { type Html, html } from '../html.ts';
import { linkButton, submitButton } from '../parts/button.ts';
import { hiddenField, perPageField, selectField, textField } from '../parts/field.ts';
import { hrefOf } from '../parts/links.ts';
import { count, day } from '../parts/numbers.ts';
import { emptyState } from '../parts/states.ts';
import { submitPager } from '../parts/submit-pager.ts';
import { type Column, dataTable } from '../parts/table.ts';
import { PER_PAGE_SIZES, type pickQuery } from './query.ts';
import { ENTER_FINDS } from './selection.ts';
import { ROLE_GENITIVES, ROLE_LABELS } from './words.ts';

export type PickFilter = Omit<z.infer<typeof pickQuery>, 'role'> & { role: ShownRole };

interface PickView {
  /** Where the chat is edited: `/manage/chats/<id>` or `/manage/new`. */
  base: string;
  filter: PickFilter;
  roles: readonly ShownRole[];
  classes: readonly ClassItem[];
  people: Listed<PersonItem>;
  /** Tells namesakes apart: a pupil's class, a parent's children. */
  ofClasses: ReadonlyMap<string, readonly PersonClass[]>;
  marks: ReadonlyMap<string, { staged: boolean; picked: boolean }>;
  draft: Draft | null;
  /** What is to be said beside «Добавить». */
  said: Html;
}

const ROLES_BY_TYPE: Readonly<Record<ChatType, ShownRole>> = {
  staff: 'staff',
  class: 'student',
  parents: 'parent',
  subject: 'student',
};

/** The role that a person most likely looks for. */
export function likelyRole(type: ChatType | null): ShownRole {
  return ROLES_BY_TYPE[type ?? 'class'];
}

/** The address of the picker with a filter. Defaults are left out. */
export function pickHref(base: string, { page, perPage, lastName: _, ...filter }: PickFilter): string {
  return hrefOf(`${base}/pick`, {
    ...filter,
    perPage: perPage === 10 ? undefined : perPage,
    page: page === 1 ? undefined : page,
  });
}

/** The page below its heading. */
export function pickBody(view: PickView): Html {
  const { base, filter, people } = view;
  const pages = (label: string) =>
    submitPager({ page: filter.page, perPage: filter.perPage, total: people.total, name: 'do', label });
  return html`<form method="post" action="${base}/pick" class="picker" id="picker" data-selection>${ENTER_FINDS}
${filters(view)}
${view.said}${selection(view)}
${
  people.items.length === 0
    ? emptyState({
        title: 'Никого не найдено',
        text: 'Измените фамилию, роль, пол или класс и нажмите «Поиск».',
      })
    : html`${pages('Страницы')}${peopleTable(view)}${pages('Страницы, под таблицей')}`
}
${hiddenField('page', String(filter.page))}</form>`;
}

function filters({ filter, roles, classes }: PickView): Html {
  return html`<div class="filters pick-filter">
${textField({ label: 'По фамилии', name: 'lastName', value: filter.lastName })}
${selectField({
  label: 'Роли',
  name: 'role',
  value: filter.role,
  options: roles.map((role) => ({ value: role, label: ROLE_LABELS[role] })),
})}
${selectField({
  label: 'Пол',
  name: 'sex',
  value: filter.sex,
  options: [
    { value: '', label: 'Любой' },
    { value: 'male', label: 'Мужской' },
    { value: 'female', label: 'Женский' },
  ],
})}
${selectField({
  label: 'Класс',
  name: 'classId',
  value: filter.classId,
  options: [{ value: '', label: 'Все' }, ...classes.map(({ id, title }) => ({ value: id, label: title }))],
})}
${perPageField(filter.perPage, PER_PAGE_SIZES)}
<div class="filters-go">${submitButton({ label: 'Поиск', name: 'do', value: 'find' })}</div></div>`;
}

function selection({ base, filter, people, marks, draft }: PickView): Html {
  const who = ROLE_GENITIVES[filter.role];
  const picked = draft?.picked ?? { staff: 0, student: 0, parent: 0 };
  const here = people.items.filter(({ id }) => marks.get(id)?.picked).length;
  const others = keysOf(picked)
    .filter((role) => role !== filter.role && picked[role] > 0)
    .map((role) => `${ROLE_GENITIVES[role]} (${count(picked[role])})`);
  const any = picked.staff + picked.student + picked.parent > 0;
  return html`<div class="selection" data-elsewhere="${picked[filter.role] - here}" data-others="${picked.staff + picked.student + picked.parent - picked[filter.role]}"><div class="selection-count">
<span aria-live="polite">Выбрано ${who} (<span data-selected>${count(picked[filter.role])}</span>)</span>
${submitButton({ label: `Выбрать ${who} на всех страницах (${count(people.total)})`, kind: 'quiet', name: 'do', value: 'pick-all' })}
${any ? submitButton({ label: 'Снять выбор', kind: 'quiet', name: 'do', value: 'unpick-all' }) : ''}
${others.length > 0 ? html`<span class="muted">Также выбрано: ${others.join(', ')}</span>` : ''}</div>
<div class="actions">${submitButton({ label: 'Добавить', kind: 'primary', name: 'do', value: 'add', needs: 'choice' })}${linkButton({ label: 'Отмена', href: base })}</div></div>`;
}

function peopleTable({ people, ofClasses, marks, filter }: PickView): Html {
  const first = (filter.page - 1) * filter.perPage + 1;
  const columns: Column<PersonItem>[] = [
    {
      head: 'Выбор',
      headContent: html`<span class="unseen">Выбор</span><input type="checkbox" class="needs-script" data-tick-page aria-label="Выбрать всех на странице">`,
      narrow: true,
      cell: (person) => pickBox(person, marks.get(person.id)),
    },
    { head: '№ п/п', narrow: true, numeric: true, phone: 'hidden', cell: (_, i) => count(first + i) },
    {
      head: 'Фамилия',
      sorted: 'ascending',
      cell: (person) =>
        html`<bdi>${person.familyName}</bdi>${
          isOut(person, marks.get(person.id)) ? html`<span class="under muted">${whyNot(person)}</span>` : ''
        }`,
    },
    { head: 'Имя', cell: ({ givenName }) => html`<bdi>${givenName}</bdi>` },
    { head: 'Отчество', cell: ({ middleName }) => html`<bdi>${middleName}</bdi>` },
  ];
  const ofClass: Column<PersonItem> = {
    head: filter.role === 'parent' ? 'Дети' : 'Класс',
    cell: (person) =>
      html`<ul class="lines">${namesakeLines(ofClasses.get(person.id) ?? []).map((text) => html`<li><bdi>${text}</bdi></li>`)}</ul>`,
  };
  const birth: Column<PersonItem> = {
    head: 'Дата рождения',
    cell: ({ birthDate }) => (birthDate ? day(birthDate.slice(0, 10)) : ''),
  };
  return dataTable({
    caption: 'Люди школы',
    rows: people.items,
    columns: [
      ...columns,
      ...(filter.role === 'staff' ? [] : [ofClass]),
      ...(filter.role === 'student' ? [birth] : []),
    ],
    rowAttributes: (person) => (isOut(person, marks.get(person.id)) ? html` class="unavailable"` : ''),
  });
}

/** «5А» of a pupil; «Абаев Марк, 5А» of a parent, for each child. */
function namesakeLines(classes: readonly PersonClass[]): string[] {
  return classes
    .map(({ child, classTitle }) => [child, classTitle].filter(Boolean).join(', '))
    .filter(Boolean);
}

/** The same in one line: «5А», «родитель: Абаев Марк, 5А». */
export function ofClassesText(classes: readonly PersonClass[]): string {
  const text = namesakeLines(classes).join('; ');
  return classes.some(({ child }) => child !== null) ? `родитель: ${text}` : text;
}

/** The person cannot be ticked. */
export function isOut(person: PersonItem, marks: { staged: boolean } | undefined): boolean {
  return person.inChat === true || person.childless || marks?.staged === true;
}

function whyNot({ inChat, childless }: PersonItem): string {
  if (inChat) return 'Уже является участником';
  return childless ? 'Детей в школе сейчас нет' : 'Добавление ждёт сохранения';
}

function pickBox(person: PersonItem, marks: { staged: boolean; picked: boolean } | undefined): Html {
  if (isOut(person, marks)) {
    return html`<input type="checkbox" disabled aria-label="${person.name}: ${whyNot(person).toLowerCase()}">`;
  }
  return html`<input type="checkbox" name="on" value="${person.id}" aria-label="${person.name}"${marks?.picked ? ' checked' : ''}><input type="hidden" name="shown" value="${person.id}">`;
}
