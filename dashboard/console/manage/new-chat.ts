/** «Добавить новый чат» (E). */
import { TITLE_MAX_CHARS } from '../../../src/chats/title.ts';
import type { ChatType } from '../../../src/desired/model.ts';
import { naturalCompare } from '../../../src/desired/names.ts';
import type { Names } from '../../../src/plan/describe.ts';
import type { Listed } from '../../../src/store/queries/page.ts';
import type { Draft } from '../../drafts/draft.ts';
import type { DraftMemberItem } from '../../drafts/draft-members.ts';
import type { GroupItem, Units } from '../../read/units.ts';
import { type Content, type Html, html } from '../html.ts';
import { linkButton, submitButton } from '../parts/button.ts';
import { CHAT_TYPE_LABELS } from '../parts/chat-type.ts';
import { hiddenField, type Option, selectField, textField } from '../parts/field.ts';
import { hrefOf } from '../parts/links.ts';
import { count } from '../parts/numbers.ts';
import { emptyState, notice } from '../parts/states.ts';
import { submitPager } from '../parts/submit-pager.ts';
import { membersTable } from './members-table.ts';
import { ENTER_FINDS, type MemberFilter, memberFilter, selectionBar } from './selection.ts';
import { people } from './words.ts';

/** The choice for groups of several classes. */
export const NO_CLASS = '-';

interface NewChatView {
  types: readonly ChatType[];
  units: Units;
  draft: Draft | null;
  members: Listed<DraftMemberItem>;
  filter: MemberFilter;
  names: Names;
  timeZone: string;
  /** The chat of this name that the school has already (E3). */
  existing: string | null;
  refused?: Content;
  /** What is to be said beside the buttons of the selection. */
  said: Html;
}

/** The address of the page with a filter. Defaults are left out. */
export function newChatHref(filter: MemberFilter): string {
  return hrefOf('/manage/new', {
    sought: filter.sought,
    perPage: filter.perPage === 10 ? undefined : filter.perPage,
    page: filter.page === 1 ? undefined : filter.page,
  });
}

/** The page below its heading. */
export function newChatBody(view: NewChatView): Html {
  const { draft, filter, refused, existing } = view;
  return html`${refused ? notice({ kind: 'bad', title: 'Чат не создан', text: refused }) : ''}${
    existing && !refused
      ? notice({
          kind: 'info',
          title: 'Такой чат уже есть',
          text: 'Откройте его или дайте новому чату другое наименование.',
          actions: linkButton({ label: 'Открыть чат', href: `/manage/chats/${existing}` }),
        })
      : ''
  }
<form method="post" action="/manage/new" class="editor" id="new-chat" data-selection${draft && draft.adds > 0 ? ' data-dirty' : ''}>${ENTER_FINDS}${hiddenField('page', String(filter.page))}
${general(view)}
${draft?.type ? membersSection(view) : ''}
<div class="saving"><div class="saving-text"><span class="muted">${
    draft?.type
      ? html`В чате будет ${people(draft.adds)}`
      : 'Выберите тип чата: название и участники заполнятся сами'
  }</span></div><div class="actions">${submitButton({ label: 'Отмена', name: 'do', value: 'cancel' })}
${submitButton({ label: 'Добавить', kind: 'primary', name: 'do', value: 'create', disabled: !draft?.type })}</div></div></form>`;
}

function general({ types, units, draft }: NewChatView): Html {
  const type = draft?.type ?? '';
  const needsClass = type === 'class' || type === 'parents' || type === 'subject';
  return html`<section class="panel" aria-labelledby="general-head"><h2 id="general-head">Общая информация</h2>
<div class="fields" data-fills="fill">
${selectField({
  label: 'Тип чата',
  name: 'type',
  value: type,
  options: [
    ...(type ? [] : [{ value: '', label: 'Выберите' }]),
    ...types.map((t) => ({ value: t, label: CHAT_TYPE_LABELS[t] })),
  ],
})}
${needsClass ? selectField({ label: 'Класс', name: 'classId', value: draft?.classId ?? '', options: classOptions(units, type, draft) }) : ''}
${
  type === 'subject' && draft?.classId
    ? selectField({
        label: 'Предмет',
        name: 'subjectGroupId',
        value: draft.subjectGroupId ?? '',
        options: groupOptions(units, draft),
      })
    : ''
}
<div class="wide">${textField({
    label: 'Наименование чата',
    name: 'title',
    value: draft?.title ?? '',
    maxLength: TITLE_MAX_CHARS,
    hint: 'С наименованием по спискам СГО чат следует за ними, с любым другим – ведётся вручную',
  })}</div></div>
<div class="actions needs-no-script">${submitButton({ label: 'Заполнить по спискам СГО', name: 'do', value: 'fill', id: 'fill' })}</div></section>`;
}

function classOptions({ classes, groups }: Units, type: string, draft: Draft | null): Option[] {
  const own = new Set(groups.map(({ classId }) => classId));
  // A subject teacher may choose the classes of their own groups, even those that another teacher leads.
  const shown = type === 'subject' ? [...classes, ...otherClasses(classes, own, groups)] : classes;
  const options = shown
    .filter(({ id }) => type !== 'subject' || own.has(id))
    .sort((a, b) => naturalCompare(a.title, b.title))
    .map(({ id, title }) => ({ value: id, label: title }));
  const several = type === 'subject' && own.has(null) ? [{ value: NO_CLASS, label: 'Сборные группы' }] : [];
  return [...(draft?.classId ? [] : [{ value: '', label: 'Выберите' }]), ...options, ...several];
}

function otherClasses(
  classes: Units['classes'],
  own: ReadonlySet<string | null>,
  groups: readonly GroupItem[],
) {
  const known = new Set(classes.map(({ id }) => id));
  return [...own]
    .filter((id): id is string => id !== null && !known.has(id))
    .map((id) => ({ id, title: groups.find((group) => group.classId === id)?.classTitle ?? id }));
}

function groupOptions({ groups }: Units, { classId, subjectGroupId }: Draft): Option[] {
  const own = groups.filter((group) => (group.classId ?? NO_CLASS) === classId);
  const twice = (subject: string) => own.filter((group) => group.subject === subject).length > 1;
  const options = own
    .sort((a, b) => naturalCompare(a.subject, b.subject) || naturalCompare(a.title, b.title))
    .map(({ id, subject, title }) => ({
      value: id,
      label: subject === '' || twice(subject) ? title : subject,
    }));
  return [...(subjectGroupId ? [] : [{ value: '', label: 'Выберите' }]), ...options];
}

function membersSection(view: NewChatView): Html {
  const { draft, members, filter, names, timeZone } = view;
  const pages = (label: string) =>
    submitPager({ page: filter.page, perPage: filter.perPage, total: members.total, name: 'do', label });
  const table = membersTable({
    ...{ items: members.items, names, timeZone, editable: true, live: false },
    first: (filter.page - 1) * filter.perPage + 1,
  });
  return html`<section class="members" id="members" aria-labelledby="members-head"><div class="section-head"><h2 id="members-head">Участники <span class="muted">${count(draft?.adds ?? 0)}</span></h2>${submitButton({ label: 'Добавить участников', name: 'do', value: 'pick' })}</div>
${draft && draft.adds > 0 ? memberFilter(filter, []) : ''}
${view.said}${draft && draft.adds > 0 ? selection(view) : ''}
${
  members.items.length === 0
    ? emptyState({
        title: filter.lastName ? 'Никого с такой фамилией' : 'Пока никого',
        text: 'Нажмите «Добавить участников».',
      })
    : html`${members.total > filter.perPage ? pages('Страницы') : ''}${table}${pages('Страницы, под таблицей')}`
}</section>`;
}

function selection({ draft, members }: NewChatView): Html {
  return selectionBar({
    ticked: draft?.ticked ?? 0,
    tickedHere: members.items.filter((m) => m.ticked).length,
    total: members.total,
    buttons: html`${submitButton({ label: 'Удалить', kind: 'danger', name: 'do', value: 'remove', needs: 'choice' })}${submitButton({ label: 'Сделать администратором', name: 'do', value: 'grant', needs: 'choice' })}${submitButton({ label: 'Снять права администратора', name: 'do', value: 'revoke', needs: 'choice' })}`,
  });
}
