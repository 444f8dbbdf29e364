import type { Viewer } from '../../../src/store/queries/viewer.ts';
import { journalViews } from '../../api/journal-view.ts';
import { listJournal } from '../../read/journal.ts';
import { groupJournal } from '../../read/journal-groups.ts';
import { findNames } from '../../read/names.ts';
import { noteShown } from '../../trail/shown-people.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { type Html, html } from '../html.ts';
import { type ConsoleContext, page } from '../page.ts';
import { csvFile, csvLink } from '../parts/csv.ts';
import { earlier } from '../parts/earlier.ts';
import { hrefOf } from '../parts/links.ts';
import { momentText } from '../parts/numbers.ts';
import { emptyState } from '../parts/states.ts';
import { withSought } from '../sought.ts';
import { ADMINS, viewerIn } from '../visitor.ts';
import {
  addressOf,
  askedLines,
  changesHref,
  changesQuery,
  chosen,
  type Filter,
  filterForm,
  kindChips,
  settle,
  showsLines,
} from './changes-filter.ts';
import { groupsList } from './changes-groups.ts';
import { linesTable } from './changes-lines.ts';

/** A file of the changes holds the newest of them, at most so many. */
const FILE_ROWS = 5_000;

/** «Изменения»: what was done, why and by whom, with what Sferum answered (J1), newest first. */
export function changesRoutes(parts: ConsoleParts): void {
  const { screens, ctx } = parts;
  changesFile(parts);
  screens.get('/changes', ADMINS, async (c) => {
    const viewer = await viewerIn(ctx, c.get('visitor'));
    const { filter, choices } = await settle(
      ctx,
      c,
      viewer,
      changesQuery.parse(withSought(c, c.req.query())),
    );
    const shown = showsLines(filter)
      ? await lines(parts, c, viewer, filter)
      : await groups(parts, c, viewer, filter);
    return page({
      c,
      section: 'changes',
      title: 'Изменения',
      actions: csvLink(
        hrefOf('/changes.csv', addressOf({ ...filter, before: filter.cause ? filter.before : undefined })),
      ),
      body: html`${filterForm(filter)}${kindChips(filter)}${await chosen(ctx, viewer, filter)}${choices}${shown}`,
      styles: ['overview.css', 'manage.css'],
    });
  });
}

const nothing = (filter: Filter) =>
  emptyState({
    title: 'Записей нет',
    text: filter.kind
      ? 'Среди последних записей такого нет.'
      : 'За эти дни с такими людьми и чатами ничего не менялось.',
  });

function pages(filter: Filter, next: string | null): Html {
  return earlier({
    isFirst: filter.before === undefined,
    first: changesHref(filter, { before: undefined }),
    next: next && changesHref(filter, { before: next }),
  });
}

async function lines(
  { ctx }: ConsoleParts,
  c: ConsoleContext,
  viewer: Viewer,
  filter: Filter,
): Promise<Html> {
  const { id: schoolId, timeZone } = c.get('visitor').school;
  const db = ctx.db.of(schoolId);
  const { items, next } = await listJournal(
    db,
    { schoolId, timeZone },
    { ...askedLines(filter), before: filter.before, perPage: filter.perPage },
  );
  const { entries, people } = await journalViews(db, viewer, items);
  noteShown(c, schoolId, people);
  if (entries.length === 0) return nothing(filter);
  return html`${linesTable(entries, timeZone)}${pages(filter, next)}`;
}

async function groups(
  { ctx }: ConsoleParts,
  c: ConsoleContext,
  viewer: Viewer,
  filter: Filter,
): Promise<Html> {
  const { id: schoolId, timeZone } = c.get('visitor').school;
  const db = ctx.db.of(schoolId);
  const asked = { ...askedLines(filter), before: filter.before };
  const { groups: found, next } = await groupJournal(db, { schoolId, timeZone }, asked);
  const authors = found.flatMap(({ by }) => by?.id ?? []);
  const names = await findNames(db, viewer, { people: authors, classes: [], groups: [], orders: [] });
  noteShown(c, schoolId, names.people);
  if (found.length === 0) return nothing(filter);
  return html`${groupsList({ groups: found, filter, names, timeZone })}${pages(filter, next)}`;
}

/** The changes by the filters of the page, as a file. */
function changesFile({ screens, ctx }: ConsoleParts): void {
  screens.get('/changes.csv', ADMINS, async (c) => {
    const visitor = c.get('visitor');
    const { id: schoolId, timeZone } = visitor.school;
    const viewer = await viewerIn(ctx, visitor);
    const { filter } = await settle(ctx, c, viewer, changesQuery.parse(withSought(c, c.req.query())));
    const db = ctx.db.of(schoolId);
    const asked = {
      ...askedLines(filter),
      before: filter.cause ? filter.before : undefined,
      perPage: FILE_ROWS,
    };
    const { items } = await listJournal(db, { schoolId, timeZone }, asked);
    const { entries: rows, people } = await journalViews(db, viewer, items);
    noteShown(c, schoolId, people);
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
