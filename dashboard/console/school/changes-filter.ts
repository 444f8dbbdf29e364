/** Which changes are shown: what the address says, what was typed, and the links to further choices. */

import { z } from 'zod';
import { causeOf } from '../../../src/chats/journal-words.ts';
import type { Context } from '../../../src/context.ts';
import { keysOf } from '../../../src/keys-of.ts';
import type { Viewer } from '../../../src/store/queries/viewer.ts';
import { typedDay } from '../../../src/text/clean-text.ts';
import { findChat, listChats } from '../../read/chat-list.ts';
import { type JournalFilter, LINE_ID } from '../../read/journal.ts';
import { findNames } from '../../read/names.ts';
import { listPeople } from '../../read/people.ts';
import { noteShown } from '../../trail/shown-people.ts';
import { type Html, html } from '../html.ts';
import type { ConsoleContext } from '../page.ts';
import { submitButton } from '../parts/button.ts';
import { chips } from '../parts/chips.ts';
import { hiddenField, perPageField, textField } from '../parts/field.ts';
import { hrefOf } from '../parts/links.ts';
import { count } from '../parts/numbers.ts';
import { personLink } from '../parts/person-link.ts';
import { notice } from '../parts/states.ts';
import { findForm } from '../sought.ts';

const PER_PAGE = 50;
const LARGEST_PAGE = 100;
/** Where several match, this many are offered to choose from. */
const OFFERED = 10;

/** The kinds of the filter with the causes that they hold. Lessons stand apart. */
const KINDS = {
  lists: ['Списки из СГО', ['import']],
  orders: ['Приказы и изменения', ['event', 'day']],
  runs: ['Инициализации и отмены', ['initialization', 'undo', 'cancellation']],
  decisions: [
    'Решения и правки',
    ['approval', 'rejection', 'edit', 'creation', 'deletion', 'settings', 'connection', 'webhook'],
  ],
  profiles: ['Профили VK ID', ['profile']],
  drift: ['Сверка', ['drift']],
  lessons: ['Дистанционные уроки', ['lesson']],
} as const;
type Kind = keyof typeof KINDS;
const KIND_NAMES = keysOf(KINDS);

const day = z.string().transform(typedDay).optional().catch(undefined);
const words = z.string().trim().max(200).optional().catch(undefined);
export const changesQuery = z.object({
  personId: words,
  chatId: z.uuid().optional().catch(undefined),
  lastName: words,
  sought: z.string().optional(),
  title: words,
  from: day,
  to: day,
  kind: z.enum(KIND_NAMES).optional().catch(undefined),
  view: z.enum(['groups', 'lines']).catch('groups'),
  /** Lines of one thing: its cause, or the kind of it, with its oldest line. */
  cause: words,
  since: z.string().regex(LINE_ID).optional().catch(undefined),
  before: z.string().regex(LINE_ID).optional().catch(undefined),
  perPage: z.coerce.number().int().min(1).max(LARGEST_PAGE).catch(PER_PAGE),
});
export type Filter = z.infer<typeof changesQuery>;

/** Gives the lines of the journal that the filter asks for. */
export function askedLines({ kind, cause, ...filter }: Filter): JournalFilter {
  if (cause) return { ...filter, causes: cause.includes(':') ? { exact: cause } : { kinds: [cause] } };
  const isOfOne = filter.personId !== undefined || filter.chatId !== undefined;
  if (kind) return { ...filter, causes: { kinds: KINDS[kind][1] } };
  return isOfOne ? filter : { ...filter, causes: { kinds: KINDS.lessons[1], without: true } };
}

/** Whether the changes are shown line by line. What concerns one person or chat is short enough for that. */
export const showsLines = ({ view, personId, chatId, cause }: Filter): boolean =>
  view === 'lines' || personId !== undefined || chatId !== undefined || cause !== undefined;

/** The address of the changes with the filter changed in these fields. */
export const changesHref = (filter: Filter, change: Partial<Filter>): string =>
  hrefOf('/changes', addressOf({ ...filter, ...change }));

/** The kinds, and whether what was done or each line is shown. */
export function kindChips(filter: Filter): Html {
  const anew = { before: undefined, cause: undefined, since: undefined };
  const chip = (label: string, kind: Kind | undefined) => ({
    ...{ label, current: filter.kind === kind, href: changesHref(filter, { ...anew, kind }) },
  });
  const tab = (view: Filter['view'], label: string) =>
    html`<li><a href="${changesHref(filter, { ...anew, view })}"${
      showsLines(filter) === (view === 'lines') ? html` aria-current="page"` : ''
    }>${label}</a></li>`;
  const isOfOne = filter.personId !== undefined || filter.chatId !== undefined;
  return html`${
    isOfOne
      ? ''
      : html`<nav class="tabs" aria-label="Как показать"><ul>${tab('groups', 'По работам')}${tab('lines', 'По записям')}</ul></nav>`
  }${chips('Какие изменения показать', [
    chip('Все', undefined),
    ...KIND_NAMES.map((kind) => chip(KINDS[kind][0], kind)),
  ])}`;
}

/** A filter as the query of an address. Defaults are left out, and a typed name never stands in an address. */
export function addressOf({
  perPage,
  view,
  lastName: _,
  ...filter
}: Filter): Record<string, string | number | undefined> {
  return {
    ...filter,
    view: view === 'groups' ? undefined : view,
    perPage: perPage === PER_PAGE ? undefined : perPage,
  };
}

interface Settled {
  filter: Filter;
  /** What the typed text may mean, to choose from. */
  choices: Html[];
}

/**
 * Turns what was typed into the one person or chat that it means. Where it may mean several, the page offers them.
 * Where it means none, the page says so.
 */
export async function settle(
  ctx: Context,
  c: ConsoleContext,
  viewer: Viewer,
  filter: Filter,
): Promise<Settled> {
  const { filter: named, choices } = await settleName(ctx, c, viewer, filter);
  const { filter: settled, choices: more } = await settleTitle(ctx, viewer, named);
  return { filter: settled, choices: [...choices, ...more] };
}

const ONE_SCREEN = { page: 1, perPage: OFFERED };

async function settleName(ctx: Context, c: ConsoleContext, viewer: Viewer, filter: Filter): Promise<Settled> {
  const { lastName } = filter;
  if (!lastName) return { filter, choices: [] };
  const db = ctx.db.of(viewer.schoolId);
  const { items, total } = await listPeople(db, viewer, { ...ONE_SCREEN, lastName });
  noteShown(
    c,
    viewer.schoolId,
    items.map(({ id }) => id),
  );
  const [only] = items;
  const base = { ...filter, lastName: undefined, sought: undefined, before: undefined };
  if (total === 1 && only) return { filter: { ...base, personId: only.id }, choices: [] };
  const found = items.map(({ id, name }) => ({
    label: name,
    href: hrefOf('/changes', addressOf({ ...base, personId: id })),
  }));
  return { filter, choices: [offer('Фамилия', lastName, total, found)] };
}

async function settleTitle(ctx: Context, viewer: Viewer, filter: Filter): Promise<Settled> {
  const { title } = filter;
  if (!title) return { filter, choices: [] };
  const asked = { ...ONE_SCREEN, title, descending: false };
  const { items, total } = await listChats(ctx.db.of(viewer.schoolId), viewer, asked);
  const [only] = items;
  const base = { ...filter, title: undefined, before: undefined };
  if (total === 1 && only) return { filter: { ...base, chatId: only.id }, choices: [] };
  const found = items.map((chat) => ({
    label: chat.title,
    href: hrefOf('/changes', addressOf({ ...base, chatId: chat.id })),
  }));
  return { filter, choices: [offer('Наименование чата', title, total, found)] };
}

function offer(what: string, typed: string, total: number, found: { label: string; href: string }[]): Html {
  if (total === 0)
    return notice({
      kind: 'warn',
      title: `${what}: «${typed}» – не найдено`,
      text: 'Показаны изменения без этого условия.',
    });
  const more = total - found.length;
  return notice({
    kind: 'info',
    title: `${what}: «${typed}» – подходит несколько, выберите`,
    text: html`<span class="inline-list">${found.map(({ label, href }) => html`<a href="${href}">${label}</a>`)}${more > 0 ? html`<span class="muted">и ещё ${count(more)}</span>` : ''}</span>`,
  });
}

/** The form of the filter. */
export function filterForm(filter: Filter): Html {
  return findForm(
    '/changes',
    'Отбор изменений',
    html`${textField({ label: 'С', name: 'from', type: 'day', value: filter.from })}
${textField({ label: 'По', name: 'to', type: 'day', value: filter.to })}
${textField({ label: 'Фамилия', name: 'lastName', value: filter.lastName, maxLength: 200 })}
${textField({ label: 'Наименование чата', name: 'title', value: filter.title, maxLength: 200 })}
${perPageField(filter.perPage)}
${filter.kind ? hiddenField('kind', filter.kind) : ''}${filter.view === 'lines' ? hiddenField('view', 'lines') : ''}
${filter.personId ? hiddenField('personId', filter.personId) : ''}${filter.chatId ? hiddenField('chatId', filter.chatId) : ''}
${submitButton({ label: 'Загрузить', kind: 'primary' })}`,
  );
}

/** The person and the chat whose changes are shown, each with a link back to all. */
export async function chosen(ctx: Context, viewer: Viewer, filter: Filter): Promise<Html> {
  const { personId, chatId } = filter;
  const names = personId
    ? await findNames(ctx.db.of(viewer.schoolId), viewer, {
        people: [personId],
        classes: [],
        groups: [],
        orders: [],
      })
    : null;
  const chat = chatId ? await findChat(ctx.db.of(viewer.schoolId), viewer, chatId) : null;
  const without = (change: Partial<Filter>) =>
    hrefOf('/changes', addressOf({ ...filter, ...change, before: undefined }));
  const parts = [
    ...(personId && names
      ? [
          html`<li>Человек: ${personLink({ id: personId, name: names.person(personId) })} <a class="small" href="${without({ personId: undefined })}">показать всех</a></li>`,
        ]
      : []),
    ...(chatId
      ? [
          html`<li>Чат: <a href="/manage/chats/${chatId}">${chat?.chat.title ?? 'удалён'}</a> <a class="small" href="${without({ chatId: undefined })}">показать все</a></li>`,
        ]
      : []),
  ];
  if (filter.cause) {
    const text = causeOf(filter.cause).text;
    const all = changesHref(filter, {
      view: 'groups',
      cause: undefined,
      since: undefined,
      before: undefined,
    });
    parts.push(html`<li>${text} <a class="small" href="${all}">показать всё</a></li>`);
  }
  return parts.length === 0 ? html`` : html`<ul class="inline-list">${parts}</ul>`;
}
