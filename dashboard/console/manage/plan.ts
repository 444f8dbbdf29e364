/**
 * Shows a plan (F3): figures, then actions by chat or by person. Its sentences are made here, where names may be
 * read.
 */

import type { z } from 'zod';
import { actionWord, describe, type Names } from '../../../src/plan/describe.ts';
import type { Action } from '../../../src/plan/model.ts';
import type { Listed } from '../../../src/store/queries/page.ts';
import { lowerFirst } from '../../../src/text/first-letter.ts';
import { plural } from '../../../src/text/plural.ts';
import type { ChatDecision, OperationView } from '../../read/operation-views.ts';
import type { PlanChatItem, PlanPersonItem } from '../../read/plan-read.ts';
import { type Content, type Html, html } from '../html.ts';
import { submitButton } from '../parts/button.ts';
import { CHAT_TYPE_LABELS, chatTypeFilter } from '../parts/chat-type.ts';
import { hiddenField, selectField, textField } from '../parts/field.ts';
import { hrefOf } from '../parts/links.ts';
import { count, counted, moment } from '../parts/numbers.ts';
import { pager } from '../parts/pager.ts';
import { personLink } from '../parts/person-link.ts';
import { emptyState } from '../parts/states.ts';
import { findForm } from '../sought.ts';
import { branchMarks, planTree, type TreeParts, type TreeType } from './plan-tree.ts';
import { byKindAndName, type Counts, change, figure, KINDS, why } from './plan-words.ts';
import type { planQuery } from './query.ts';
import { duration, requests, roleWord } from './words.ts';

export type PlanFilter = z.infer<typeof planQuery>;

interface OpenChat {
  chatId: string;
  actions: readonly Action[];
}

interface PlanView {
  operation: OperationView;
  filter: PlanFilter;
  /** Cut to what a page holds. */
  chats: readonly TreeType<PlanChatItem>[] | null;
  people: Listed<PlanPersonItem> | null;
  /** The chat whose actions are shown. */
  open: OpenChat | null;
  names: Names;
  /** What was decided about held removals, by chat. */
  decisions: ReadonlyMap<string, ChatDecision>;
  timeZone: string;
}

/** How many actions of one chat are shown. The rest are found by person. */
const ACTIONS_SHOWN = 300;

function planHref(operationId: string, { view, page, perPage, text: _, ...filter }: PlanFilter): string {
  return hrefOf(`/manage/operations/${operationId}`, {
    view: view === 'chats' ? undefined : view,
    ...filter,
    perPage: perPage === 25 ? undefined : perPage,
    page: page === 1 ? undefined : page,
  });
}

/** The figures of a plan: chats, people, admins, and what it costs in requests. */
export function planFigures(result: Counts | null): Html {
  const { chats, members, admins, held = 0, estimate } = result ?? {};
  return html`<div class="figures">
${figure(count(chats?.created ?? 0), `${plural(chats?.created ?? 0, 'чат', 'чата', 'чатов')} создать`)}
${chats?.renamed ? figure(count(chats.renamed), `${plural(chats.renamed, 'чат', 'чата', 'чатов')} переименовать`) : ''}
${figure(change(members?.added ?? 0, '+'), 'добавить в чаты Сферума')}
${figure(change(members?.removed ?? 0, '−'), 'исключить из чатов Сферума')}
${held > 0 ? figure(html`<span class="wait">${count(held)}</span>`, `${plural(held, 'исключение', 'исключения', 'исключений')} остановить до вашего решения`) : ''}
${admins && admins.granted + admins.revoked > 0 ? figure(html`+${count(admins.granted)} / −${count(admins.revoked)}`, 'администраторы') : ''}
${estimate ? figure(duration(estimate.seconds), `до конца, ${requests(estimate.apiCalls)}`) : ''}
</div>`;
}

/** The plan by chat or by person, with its filter. */
export function planBody(view: PlanView): Html {
  const { filter, chats, people } = view;
  const { id: operationId } = view.operation;
  const tab = (name: PlanFilter['view'], label: string) =>
    html`<li><a href="${planHref(operationId, { ...filter, view: name, open: undefined, page: 1, text: undefined, sought: undefined })}"${
      filter.view === name ? html` aria-current="page"` : ''
    }>${label}</a></li>`;
  const total = chats?.length ?? people?.total ?? 0;
  return html`<section class="plan" id="plan" aria-label="План"><nav class="tabs" aria-label="Как показать план"><ul>${tab('chats', 'По чатам')}${tab('people', 'По людям')}</ul></nav>
${total > 0 || isAsked(filter) ? filters(view) : ''}
${filter.class ? onlyClass(view) : ''}
${total === 0 ? nothingFound(filter) : ''}
${chats && total > 0 ? planTree(chats, treeParts(view)) : ''}
${people && total > 0 ? peopleList(view, people) : ''}</section>`;
}

function treeParts(view: PlanView): TreeParts<PlanChatItem> {
  const { filter, operation } = view;
  return {
    chat: (chat) => chatRow(view, chat),
    marks: (sums) => branchMarks(sums, !operation.dryRun),
    open: filter.open,
    href: (type, unit) => planHref(operation.id, { ...filter, type, class: unit, open: undefined }),
  };
}

function onlyClass({ filter, operation }: PlanView): Html {
  const all = planHref(operation.id, { ...filter, class: undefined, open: undefined });
  return html`<p class="chosen">Показаны только чаты класса ${filter.class}. <a href="${all}">Показать все</a></p>`;
}

function peopleList(view: PlanView, { items, total }: Listed<PlanPersonItem>): Html {
  const { filter, operation } = view;
  return html`<ul class="sheet rows">${items.map((person) => personRow(view, person))}</ul>${pager({
    ...{ page: filter.page, perPage: filter.perPage, total },
    href: (page) => planHref(operation.id, { ...filter, page }),
  })}`;
}

function isAsked({ type, kind, text, class: unit }: PlanFilter): boolean {
  return Boolean(type || kind || text || unit);
}

function nothingFound(filter: PlanFilter): Html {
  return isAsked(filter)
    ? emptyState({ title: 'Ничего не найдено', text: 'Измените условия и нажмите «Показать».' })
    : emptyState({ title: 'Чаты не изменились' });
}

function filters({ filter, operation }: PlanView): Html {
  const operationId = operation.id;
  return findForm(
    `/manage/operations/${operationId}#plan`,
    'Отбор в плане',
    html`${filter.view === 'people' ? hiddenField('view', 'people') : ''}
${chatTypeFilter(filter.type)}
${selectField({
  label: operation.dryRun ? 'Что меняется' : 'Что изменилось',
  name: 'kind',
  value: filter.kind,
  options: [
    { value: '', label: 'Всё' },
    ...KINDS.map(([value, label, done]) => ({ value, label: operation.dryRun ? label : done })),
  ],
})}
${textField({ label: filter.view === 'chats' ? 'Наименование чата' : 'Фамилия', name: 'text', value: filter.text })}
<div class="filters-go">${submitButton({ label: 'Показать' })}</div>`,
  );
}

function chatRow(view: PlanView, chat: PlanChatItem): Html {
  const { filter, operation, open } = view;
  const operationId = operation.id;
  const isOpen = open?.chatId === chat.id;
  const href = `${planHref(operationId, { ...filter, open: isOpen ? undefined : chat.id })}#chat-${chat.id}`;
  return html`<li id="chat-${chat.id}"><a class="row-head" href="${href}" aria-expanded="${isOpen ? 'true' : 'false'}"><span class="row-name"><bdi>${chat.title}</bdi></span> <span class="muted">${CHAT_TYPE_LABELS[chat.type]}</span>
<span class="row-figures">${chatFigures(view, chat)}</span></a>${isOpen ? openActions(view, open) : ''}</li>`;
}

function chatFigures(view: PlanView, chat: PlanChatItem): Content[] {
  const done = !view.operation.dryRun;
  const admins = (n: number) => counted(n, 'администратор', 'администратора', 'администраторов');
  return [
    chat.created > 0 ? html`<span class="tag good">${done ? 'создан' : 'создать'}</span>` : '',
    chat.deleted > 0 ? html`<span class="tag bad">${done ? 'удалён' : 'удалить'}</span>` : '',
    chat.renamedTo
      ? html`<span class="tag">${done ? 'переименован в' : 'станет'} «<bdi>${chat.renamedTo}</bdi>»</span>`
      : '',
    chat.added > 0
      ? html`<span class="plus" title="${done ? 'добавлено' : 'добавить'}">+${count(chat.added)}</span>`
      : '',
    chat.waiting > 0 ? html`<span class="muted">ещё ${count(chat.waiting)} без привязки</span>` : '',
    chat.removed > 0
      ? html`<span class="minus" title="${done ? 'исключено' : 'исключить'}">−${count(chat.removed)}</span>`
      : '',
    chat.held > 0 ? heldFigure(view, chat) : '',
    chat.granted > 0 && chat.created === 0 ? html`<span class="muted">+${admins(chat.granted)}</span>` : '',
    chat.revoked > 0 ? html`<span class="muted">−${admins(chat.revoked)}</span>` : '',
  ];
}

/** Shows what became of the removals that were held in a chat, and who decided that when. */
function heldFigure(
  { operation, decisions, names, timeZone }: PlanView,
  { id: chatId, held }: PlanChatItem,
): Html {
  if (operation.dryRun) return html`<span class="tag warn">остановится до решения: −${count(held)}</span>`;
  const decided = decisions.get(chatId);
  if (decided) {
    const { decision, authorId, at } = decided;
    const word =
      decision === 'approve'
        ? `${plural(held, 'исключён', 'исключены', 'исключены')}: −${count(held)}`
        : `${plural(held, 'оставлен', 'оставлены', 'оставлены')}: ${count(held)}`;
    const who = authorId === null ? '' : html`<bdi>${names.person(authorId)}</bdi>, `;
    return html`<span class="tag">${word}</span> <span class="muted small">${who}${moment(at, timeZone)}</span>`;
  }
  if (operation.awaiting.some(({ chatIds }) => chatIds?.includes(chatId))) {
    return html`<span class="tag warn">исключаем: −${count(held)}</span>`;
  }
  return operation.state === 'held' || operation.state === 'running'
    ? html`<span class="tag warn">ждёт решения: −${count(held)}</span>`
    : html`<span class="tag">решать не пришлось: ${count(held)}</span>`;
}

function openActions({ names, operation, decisions }: PlanView, { actions, chatId }: OpenChat): Html {
  const tense = { done: !operation.dryRun, decision: decisions.get(chatId)?.decision };
  const shown = byKindAndName(actions, names).slice(0, ACTIONS_SHOWN);
  const more = actions.length - shown.length;
  return html`<ul class="row-body">${shown.map(
    (action) =>
      html`<li class="does-${action.held ? 'wait' : action.action}"><bdi>${describe(action, names, tense)}</bdi></li>`,
  )}${more > 0 ? html`<li class="muted">и ещё ${count(more)}: их видно во вкладке «По людям»</li>` : ''}</ul>`;
}

function personRow({ names, operation, decisions }: PlanView, person: PlanPersonItem): Html {
  const word = (action: Action) => {
    const tense = { done: !operation.dryRun, decision: decisions.get(action.chatId)?.decision };
    const text = actionWord(action, tense);
    return lowerFirst(text);
  };
  return html`<li><div class="row-head"><span class="row-name">${personLink({ id: person.personId, name: person.name })}</span> <span class="muted">${roleWord(person)}</span></div>
<ul class="row-body">${person.actions.map(
    ({ chatTitle, action }) =>
      html`<li class="does-${action.held ? 'wait' : action.action}">${word(action)}: <bdi>${chatTitle}</bdi>${why(action, names)}</li>`,
  )}</ul></li>`;
}
