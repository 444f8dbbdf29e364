import { z } from 'zod';
import type { Context } from '../../../src/context.ts';
import type { Viewer } from '../../../src/store/queries/viewer.ts';
import { typedDay } from '../../../src/text/clean-text.ts';
import { saw } from '../../access.ts';
import { journalViews } from '../../api/journal-view.ts';
import { findChat, listChats } from '../../read/chat-list.ts';
import { LINE_ID, listJournal } from '../../read/journal.ts';
import { findNames } from '../../read/names.ts';
import { listPeople } from '../../read/people.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { type Html, html } from '../html.ts';
import { lessonPath } from '../lessons/parts.ts';
import { type ConsoleContext, page } from '../page.ts';
import { submitButton } from '../parts/button.ts';
import { csvFile, csvLink } from '../parts/csv.ts';
import { earlier } from '../parts/earlier.ts';
import { hiddenField, perPageField, textField } from '../parts/field.ts';
import { hrefOf } from '../parts/links.ts';
import { count, moment, momentText } from '../parts/numbers.ts';
import { personLink } from '../parts/person-link.ts';
import { emptyState, notice } from '../parts/states.ts';
import { dataTable } from '../parts/table.ts';
import { findForm, withSought } from '../sought.ts';
import { ADMINS, viewerIn } from '../visitor.ts';

type Entry = Awaited<ReturnType<typeof journalViews>>['entries'][number];

const PER_PAGE = 50;
const LARGEST_PAGE = 100;
/** A file of the changes holds the newest of them, at most so many. */
const FILE_ROWS = 5_000;
/** Where several match, this many are offered to choose from. */
const OFFERED = 10;

const day = z.string().transform(typedDay).optional().catch(undefined);
const words = z.string().trim().max(200).optional().catch(undefined);
const query = z.object({
  personId: words,
  chatId: z.uuid().optional().catch(undefined),
  lastName: words,
  sought: z.string().optional(),
  title: words,
  from: day,
  to: day,
  before: z.string().regex(LINE_ID).optional().catch(undefined),
  perPage: z.coerce.number().int().min(1).max(LARGEST_PAGE).catch(PER_PAGE),
});
type Filter = z.infer<typeof query>;

/** «Изменения»: what was done, why and by whom, with what Sferum answered (J1), newest first. */
export function changesRoutes(parts: ConsoleParts): void {
  const { screens, ctx } = parts;
  changesFile(parts);
  screens.get('/changes', ADMINS, async (c) => {
    const visitor = c.get('visitor');
    const { id: schoolId, timeZone } = visitor.school;
    const viewer = await viewerIn(ctx, visitor);
    const { filter, choices } = await settle(ctx, c, viewer, query.parse(withSought(c, c.req.query())));
    const { items, next } = await listJournal(
      ctx.db.of(schoolId),
      { schoolId, timeZone },
      { ...filter, perPage: filter.perPage },
    );
    const { entries, people } = await journalViews(ctx.db.of(schoolId), viewer, items);
    saw(c, schoolId, people);
    const href = (change: Partial<Filter>) => hrefOf('/changes', addressOf({ ...filter, ...change }));
    return page({
      c,
      section: 'changes',
      title: 'Изменения',
      actions: csvLink(hrefOf('/changes.csv', addressOf({ ...filter, before: undefined }))),
      body: html`${filterForm(filter)}${await chosen(ctx, viewer, filter)}${choices}${
        entries.length === 0
          ? emptyState({
              title: 'Записей нет',
              text: 'За эти дни с такими людьми и чатами ничего не менялось.',
            })
          : html`${table(entries, timeZone)}${earlier({ isFirst: filter.before === undefined, first: href({ before: undefined }), next: next && href({ before: next }) })}`
      }`,
    });
  });
}

/** The changes by the filters of the page, as a file. */
function changesFile({ screens, ctx }: ConsoleParts): void {
  screens.get('/changes.csv', ADMINS, async (c) => {
    const visitor = c.get('visitor');
    const { id: schoolId, timeZone } = visitor.school;
    const viewer = await viewerIn(ctx, visitor);
    const { filter } = await settle(ctx, c, viewer, query.parse(withSought(c, c.req.query())));
    const db = ctx.db.of(schoolId);
    const asked = { ...filter, before: undefined, perPage: FILE_ROWS };
    const { items } = await listJournal(db, { schoolId, timeZone }, asked);
    const { entries: rows, people } = await journalViews(db, viewer, items);
    saw(c, schoolId, people);
    return csvFile(c, {
      name: 'Изменения',
      rows,
      columns: [
        { head: 'Когда', cell: ({ at }) => momentText(at, timeZone) },
        { head: 'Что', cell: ({ sentence }) => sentence },
        { head: 'Чат', cell: ({ chatTitle }) => chatTitle },
        { head: 'Почему', cell: ({ cause }) => cause.text },
        { head: 'Кто', cell: ({ cause }) => cause.by?.name ?? null },
        { head: 'Пояснение', cell: ({ cause }) => cause.reason },
      ],
    });
  });
}

function addressOf({ perPage, lastName: _, ...filter }: Filter): Record<string, string | number | undefined> {
  return { ...filter, perPage: perPage === PER_PAGE ? undefined : perPage };
}

/**
 * Turns what was typed into the one person or chat that it means. Where it may mean several, they are offered; where
 * it means none, the page says so.
 */
async function settle(
  ctx: Context,
  c: ConsoleContext,
  viewer: Viewer,
  filter: Filter,
): Promise<{ filter: Filter; choices: Html[] }> {
  const first = { page: 1, perPage: OFFERED };
  const choices: Html[] = [];
  let settled = filter;
  if (filter.lastName) {
    const { items, total } = await listPeople(ctx.db.of(viewer.schoolId), viewer, {
      ...first,
      lastName: filter.lastName,
    });
    const offered = items.map(({ id }) => id);
    saw(c, viewer.schoolId, offered);
    const [only] = items;
    const base = { ...settled, lastName: undefined, sought: undefined, before: undefined };
    if (total === 1 && only) settled = { ...base, personId: only.id };
    else
      choices.push(
        offer(
          'Фамилия',
          filter.lastName,
          total,
          items.map((p) => ({
            label: p.name,
            href: hrefOf('/changes', addressOf({ ...base, personId: p.id })),
          })),
        ),
      );
  }
  if (filter.title) {
    const { items, total } = await listChats(ctx.db.of(viewer.schoolId), viewer, {
      ...first,
      title: filter.title,
      descending: false,
    });
    const [only] = items;
    const base = { ...settled, title: undefined, before: undefined };
    if (total === 1 && only) settled = { ...base, chatId: only.id };
    else
      choices.push(
        offer(
          'Наименование чата',
          filter.title,
          total,
          items.map((chat) => ({
            label: chat.title,
            href: hrefOf('/changes', addressOf({ ...base, chatId: chat.id })),
          })),
        ),
      );
  }
  return { filter: settled, choices };
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

function filterForm(filter: Filter): Html {
  return findForm(
    '/changes',
    'Отбор изменений',
    html`${textField({ label: 'С', name: 'from', type: 'day', value: filter.from })}
${textField({ label: 'По', name: 'to', type: 'day', value: filter.to })}
${textField({ label: 'Фамилия', name: 'lastName', value: filter.lastName, maxLength: 200 })}
${textField({ label: 'Наименование чата', name: 'title', value: filter.title, maxLength: 200 })}
${perPageField(filter.perPage)}
${filter.personId ? hiddenField('personId', filter.personId) : ''}${filter.chatId ? hiddenField('chatId', filter.chatId) : ''}
${submitButton({ label: 'Загрузить', kind: 'primary' })}`,
  );
}

/** The person and the chat whose changes are shown, each with a link back to all. */
async function chosen(ctx: Context, viewer: Viewer, filter: Filter): Promise<Html> {
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
  return parts.length === 0 ? html`` : html`<ul class="inline-list">${parts}</ul>`;
}

function table(entries: readonly Entry[], timeZone: string): Html {
  return dataTable({
    caption: 'Изменения, новые сверху',
    rows: entries,
    columns: [
      { head: 'Когда', narrow: true, cell: (e) => moment(e.at, timeZone) },
      { head: 'Что', phone: 'title', cell: (e) => whatOf(e) },
      {
        head: 'Чат',
        cell: (e) =>
          e.chatId
            ? html`<a href="${hrefOf('/changes', { chatId: e.chatId })}">${e.chatTitle ?? 'удалён'}</a>`
            : '–',
      },
      { head: 'Почему', cell: (e) => causeOf(e) },
    ],
  });
}

/** Makes the person's name in the sentence a link to their page. */
function whatOf({ sentence, personId, personName }: Entry): Html {
  const at = personId && personName ? sentence.indexOf(personName) : -1;
  if (at < 0 || !personId || !personName) return html`<span>${sentence}</span>`;
  const name = personLink({ id: personId, name: personName });
  return html`<span>${sentence.slice(0, at)}${name}${sentence.slice(at + personName.length)}</span>`;
}

function causeOf({ cause }: Entry): Html {
  const { kind, id, text } = cause;
  const what = kind === 'lesson' ? html`<a href="${lessonPath(id)}">${text}</a>` : text;
  return html`${what}${cause.by && cause.by.kind !== 'system' ? html`<br><span class="muted small">${cause.by.name}</span>` : ''}${
    cause.reason ? html`<br><span class="muted small">«${cause.reason}»</span>` : ''
  }`;
}
