/** «Редактировать чат» (C). */

import { TITLE_MAX_CHARS } from '../../../src/chats/title.ts';
import type { Names } from '../../../src/plan/describe.ts';
import type { Listed } from '../../../src/store/queries/page.ts';
import type { Draft } from '../../drafts/draft.ts';
import type { DraftMemberItem } from '../../drafts/draft-members.ts';
import type { ApprovedChat } from '../../read/approved-chats.ts';
import type { ChatItem } from '../../read/chat-list.ts';
import { type Content, type Html, html } from '../html.ts';
import { linkButton, postButton, submitButton } from '../parts/button.ts';
import { CHAT_TYPE_LABELS } from '../parts/chat-type.ts';
import { datedCondition, type SchoolNow } from '../parts/condition.ts';
import { hiddenField, textField } from '../parts/field.ts';
import { hrefOf } from '../parts/links.ts';
import { count } from '../parts/numbers.ts';
import { pager as linkPager } from '../parts/pager.ts';
import { emptyState, notice } from '../parts/states.ts';
import { submitPager } from '../parts/submit-pager.ts';
import { findForm } from '../sought.ts';
import { conditionNotices } from './condition-notices.ts';
import { membersTable } from './members-table.ts';
import { addForms, type NotHere, notHerePart } from './not-here.ts';
import { ENTER_FINDS, type MemberFilter, memberFilter, selectionBar, stagedSummary } from './selection.ts';
import { people } from './words.ts';

/** Characters of a name, as `chatTitle` takes them. */

interface EditorView {
  chat: ChatItem;
  /** The names of the chat's class and subject, where it has them. */
  unit: { classTitle: string | null; subject: string | null };
  members: Listed<DraftMemberItem>;
  draft: Draft | null;
  filter: MemberFilter;
  names: Names;
  timeZone: string;
  may: { members: boolean; admins: boolean; rename: boolean; delete: boolean };
  /** Why the last attempt to save was refused, and about whom. */
  refused?: { text: Content; personIds: readonly string[] };
  /** What is to be said beside the buttons of the selection. */
  said: Html;
  /** The people of the sought surname who are not in the chat; null where nobody is looked for. */
  notHere: NotHere | null;
  now: SchoolNow;
  /** The approval of what is held in this chat, for those who may take it back. */
  approved: ApprovedChat | null;
  /** The operation that holds removals of this chat, for those who may decide. */
  heldBy: string | null;
  /** The name that the lists give the chat, where somebody has renamed it by hand. */
  listTitle: string | null;
}

/** The address of the editor with a filter. Defaults are left out. */
export function editorHref(chatId: string, filter: MemberFilter): string {
  return hrefOf(`/manage/chats/${chatId}`, {
    sought: filter.sought,
    show: filter.show === 'members' ? undefined : filter.show,
    perPage: filter.perPage === 10 ? undefined : filter.perPage,
    page: filter.page === 1 ? undefined : filter.page,
  });
}

/** Whether the visitor may change anything of the chat. Nobody changes a chat that is being deleted. */
export function editable(view: Pick<EditorView, 'may' | 'chat'>): boolean {
  const { may, chat } = view;
  return chat.condition.status !== 'deleting' && (may.members || may.admins || may.rename);
}

/** The chat's name and condition, under the heading. */
export function editorSubtitle({ chat, now }: Pick<EditorView, 'chat' | 'now'>): Html {
  const stands = datedCondition(chat.id, chat.condition, now);
  return html`<span class="subject-of"><bdi>${chat.title}</bdi></span> ${stands}`;
}

/** The buttons beside the heading. */
export function editorActions({ chat, may }: Pick<EditorView, 'chat' | 'may'>, messengerUrl: string): Html {
  const deletable = may.delete && chat.condition.status !== 'deleting';
  return html`${editable({ may, chat }) ? '' : linkButton({ label: 'Закрыть', href: '/manage' })}${linkButton({ label: 'Перейти в VK Мессенджер', href: messengerUrl, external: true })}${
    may.members && chat.condition.status !== 'deleting'
      ? postButton({ label: 'Сверить сейчас', action: `/manage/chats/${chat.id}/check`, kind: 'quiet' })
      : ''
  }${
    deletable
      ? linkButton({ label: 'Удалить чат', href: `/manage/chats/${chat.id}/delete`, kind: 'quiet' })
      : ''
  }`;
}

/** The page below its heading: to edit, or to read only. */
export function editorBody(view: EditorView): Html {
  const { chat, draft, filter } = view;
  if (!editable(view)) return html`${warnings(view)}${viewing(view)}`;
  return html`${warnings(view)}<form method="post" action="/manage/chats/${chat.id}" id="editor" class="editor" data-selection${
    stagedSummary(draft) ? ' data-dirty' : ''
  }>${ENTER_FINDS}${hiddenField('page', String(filter.page))}
${general(view, true)}
<section class="members" id="members" aria-labelledby="members-head"><div class="section-head">${membersHead(chat)}${
    view.may.members ? submitButton({ label: 'Добавить участников', name: 'do', value: 'pick' }) : ''
  }</div>
${memberFilter(filter, ['changes', 'excluded'])}
${view.said}${selection(view)}
${memberRows(view, true)}
</section>
${savingBar(draft)}
</form>${view.notHere && view.may.members ? addForms(chat.id, view.notHere) : ''}`;
}

/** Shows the same page to read only. Its form sends only the search. */
function viewing(view: EditorView): Html {
  const { chat, filter } = view;
  return html`${general(view, false)}
<section class="members" id="members" aria-labelledby="members-head">${membersHead(chat)}
${findForm(`/manage/chats/${chat.id}#members`, 'Отбор участников', memberFilter(filter, ['excluded']))}
${memberRows(view, false)}</section>`;
}

function membersHead({ memberCount, inSferumCount }: ChatItem): Html {
  return html`<h2 id="members-head">Участники <span class="muted">${count(memberCount)}, в Сферуме: ${count(inSferumCount)}</span></h2>`;
}

function warnings(view: EditorView): Content[] {
  return [...(view.refused ? [refusal(view.chat.id, view.refused)] : []), ...conditionNotices(view)];
}

/**
 * How many people one form names at most, because a form has a limit in fields (`formFields`). The next attempt to
 * save names the others.
 */
const TAKEN_BACK_AT_ONCE = 200;

/**
 * Says what was refused. One press takes the people who are in the way out of the draft, so that the rest can be saved.
 */
function refusal(chatId: string, { text, personIds }: NonNullable<EditorView['refused']>): Html {
  return notice({
    ...{ kind: 'bad', title: 'Не сохранено', text },
    ...(personIds.length > 0
      ? {
          actions: html`<form method="post" action="/manage/chats/${chatId}" class="inline">${personIds
            .slice(0, TAKEN_BACK_AT_ONCE)
            .map((id) =>
              hiddenField('who', id),
            )}${submitButton({ label: 'Отменить изменения для них', name: 'do', value: 'unstage' })}</form>`,
        }
      : {}),
  });
}

function general(view: EditorView, open: boolean): Html {
  const { chat, unit, draft, may, listTitle } = view;
  const fixed = (label: string, id: string, value: string) =>
    textField({ label, name: `shown-${id}`, value, readonly: true });
  return html`<section class="panel" aria-labelledby="general-head"><h2 id="general-head">Общая информация</h2><div class="fields">
${fixed('Тип чата', 'type', CHAT_TYPE_LABELS[chat.type])}
${unit.classTitle === null ? '' : fixed('Класс', 'class', unit.classTitle)}
${unit.subject === null ? '' : fixed('Предмет', 'subject', unit.subject)}
<div class="wide">${textField({
    label: 'Наименование чата',
    name: 'title',
    value: draft?.title ?? chat.title,
    readonly: !(open && may.rename),
    maxLength: TITLE_MAX_CHARS,
    ...(open && may.rename && chat.origin === 'automatic' && !chat.titleByHand
      ? { hint: 'Изменённое вручную больше не следует за списками СГО' }
      : {}),
    ...(listTitle === null ? {} : { hint: `Изменено вручную. По спискам СГО: «${listTitle}»` }),
  })}${
    open && may.rename && listTitle !== null && (draft?.title ?? chat.title) !== listTitle
      ? submitButton({ label: 'Вернуть название по спискам', kind: 'quiet', name: 'do', value: 'list-title' })
      : ''
  }</div></div></section>`;
}

function selection({ draft, members, filter, may }: EditorView): Html {
  const back = filter.show === 'excluded';
  return selectionBar({
    ticked: draft?.ticked ?? 0,
    tickedHere: members.items.filter((m) => m.ticked).length,
    total: members.total,
    buttons: html`${back && may.members ? submitButton({ label: 'Вернуть в чат', name: 'do', value: 'restore', needs: 'choice' }) : ''}${
      !back && may.members
        ? submitButton({ label: 'Удалить', kind: 'danger', name: 'do', value: 'remove', needs: 'choice' })
        : ''
    }${
      !back && may.admins
        ? html`${submitButton({ label: 'Сделать администратором', name: 'do', value: 'grant', needs: 'choice' })}${submitButton({ label: 'Снять права администратора', name: 'do', value: 'revoke', needs: 'choice' })}`
        : ''
    }`,
  });
}

function memberRows(view: EditorView, open: boolean): Html {
  const { members, filter, names, timeZone } = view;
  if (members.items.length === 0) return nobody(view);
  const pages = { page: filter.page, perPage: filter.perPage, total: members.total };
  const href = (page: number) => editorHref(view.chat.id, { ...filter, page });
  const pager = (label: string) =>
    open ? submitPager({ ...pages, name: 'do', label }) : linkPager({ ...pages, href, label });
  const first = (filter.page - 1) * filter.perPage + 1;
  return html`${members.total > filter.perPage ? pager('Страницы') : ''}
${membersTable({ items: members.items, first, names, timeZone, editable: open, live: true })}
${pager('Страницы, под таблицей')}`;
}

function nobody({ filter, chat, notHere, may }: EditorView): Html {
  if (notHere) return notHerePart(notHere, may.members && chat.condition.status !== 'deleting');
  if (filter.lastName)
    return emptyState({ title: 'Никого с такой фамилией', text: 'Проверьте написание фамилии.' });
  if (filter.show === 'changes') return emptyState({ title: 'Несохранённых изменений нет' });
  if (filter.show === 'excluded') return emptyState({ title: 'Вручную никто не исключён' });
  if (chat.memberCount > 0) return emptyState({ title: 'Такой страницы нет' });
  return emptyState({ title: 'В чате никого нет', text: 'Нажмите «Добавить участников».' });
}

function savingBar(draft: Draft | null): Html {
  const staged = stagedSummary(draft);
  return html`<div class="saving${staged ? ' dirty' : ''}"><div class="saving-text" role="status">${
    staged ? html`<strong>Не сохранено:</strong> ${staged}` : html`<span class="muted">Изменений нет</span>`
  }</div>${
    staged ? textField({ label: 'Причина (её увидят в истории)', name: 'reason', maxLength: 200 }) : ''
  }<div class="actions">${staged ? submitButton({ label: 'Отменить изменения', kind: 'quiet', name: 'do', value: 'discard' }) : ''}
${submitButton({ label: 'Закрыть', name: 'do', value: 'close' })}
${submitButton({ label: 'Сохранить', kind: 'primary', name: 'do', value: 'save', needs: 'change' })}</div></div>`;
}

/** C4: closing with staged changes asks. */
export function closingBody(chat: ChatItem, draft: Draft): Html {
  return html`<section class="panel ask"><p>В чате «<bdi>${chat.title}</bdi>» не сохранено: ${stagedSummary(draft)}.</p>
<form method="post" action="/manage/chats/${chat.id}" class="actions">${submitButton({ label: 'Сохранить', kind: 'primary', name: 'do', value: 'save-close' })}
${submitButton({ label: 'Не сохранять', kind: 'danger', name: 'do', value: 'discard-close' })}
${linkButton({ label: 'Вернуться к чату', href: `/manage/chats/${chat.id}` })}</form></section>`;
}

/** Says what a saved change has brought, for the next page. */
export function savedText(draft: Draft): string {
  const left = draft.adds > 0 ? ` Добавлено: ${people(draft.adds)}.` : '';
  return `Сферум обновится сам.${left}`;
}
