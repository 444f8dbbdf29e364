import { z } from 'zod';
import { dayIn } from '../../../src/clock.ts';
import { notFound } from '../../../src/refusal.ts';
import type { RowFault } from '../../../src/roster/one-roster/row-report.ts';
import { loadFaults } from '../../../src/roster/row-faults.ts';
import type { SchoolDay } from '../../../src/store/queries/places.ts';
import { isImportOf, lastLists } from '../../read/roster-lists.ts';
import { countGaps, GAPS, type Gap, type GapItem, listGap } from '../../read/roster-quality.ts';
import { noteShown } from '../../trail/shown-people.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { html } from '../html.ts';
import { type ConsoleContext, page } from '../page.ts';
import { ago } from '../parts/age.ts';
import { csvFile, csvLink } from '../parts/csv.ts';
import { earlier } from '../parts/earlier.ts';
import { hrefOf } from '../parts/links.ts';
import { count, counted, moment } from '../parts/numbers.ts';
import { pager } from '../parts/pager.ts';
import { personLink } from '../parts/person-link.ts';
import { emptyState } from '../parts/states.ts';
import { dataTable } from '../parts/table.ts';
import { ADMINS } from '../visitor.ts';
import {
  countsTable,
  type FaultKind,
  GAP_WORDS,
  gapCount,
  gapHref,
  incompleteNotice,
  leftOut,
  listsTable,
  qualityTable,
} from './roster-view.ts';

const LISTS_SHOWN = 10;
const PER_PAGE = 100;
/** A file of a table holds at most so many rows. */
const FILE_ROWS = 100_000;

const rowsQuery = z.object({
  operation: z.uuid(),
  list: z.enum(['rejected', 'lost']).catch('rejected'),
  page: z.coerce.number().int().min(1).max(100_000).catch(1),
});
const gapQuery = z.object({
  of: z.enum(GAPS).catch('pupils'),
  after: z.string().max(200).optional().catch(undefined),
});

/** «Списки из СГО»: when the last one came, what it holds beside the one before, and what is wrong with it (J2, K5). */
export function rosterRoutes(parts: ConsoleParts): void {
  const { screens, ctx } = parts;
  screens.get('/rosters', ADMINS, async (c) => {
    const { id: schoolId, timeZone } = c.get('visitor').school;
    const db = ctx.db.of(schoolId);
    const [lists, gaps] = await Promise.all([
      lastLists(db, schoolId, LISTS_SHOWN),
      countGaps(db, schoolDay(parts, c), GAPS),
    ]);
    // A list that could not be read has no totals to compare.
    const [last, before] = lists.filter(({ people }) => typeof people === 'number');
    return page({
      c,
      section: 'rosters',
      title: 'Списки из СГО',
      ...(last
        ? {
            subtitle: html`Последние составлены ${moment(last.takenAt ?? last.receivedAt, timeZone)}, ${ago(last.takenAt ?? last.receivedAt, ctx.clock.now())}`,
          }
        : {}),
      body:
        lists.length === 0
          ? emptyState({
              title: 'Списков ещё не было',
              text: 'СГО присылает их сам, обычно раз в сутки. Здесь будет видно, когда они пришли и что в них.',
            })
          : html`${incompleteNotice(lists)}${last ? html`<div class="compact">${countsTable(last, before)}</div>` : ''}${qualityTable(gaps)}${last ? leftOut(last) : ''}${listsTable(lists, timeZone)}`,
    });
  });
  faultRoutes(parts);
  gapRoutes(parts);
}

function schoolDay({ ctx }: ConsoleParts, c: ConsoleContext): SchoolDay {
  const { id: schoolId, timeZone } = c.get('visitor').school;
  return { schoolId, timeZone, day: dayIn(timeZone, ctx.clock.now()) };
}

const FAULT_TITLES: Readonly<Record<FaultKind, string>> = {
  rejected: 'Отклонённые строки',
  lost: 'Принято без одного из полей',
};
const FAULT_LISTS = { rejected: ['rejected'], lost: ['lost', 'links'] } as const;
const UP = [{ label: 'Списки из СГО', href: '/rosters' }];

const FAULT_COLUMNS: Parameters<typeof dataTable<RowFault>>[0]['columns'] = [
  { head: 'Файл', narrow: true, cell: ({ file }) => file },
  { head: 'Строка', numeric: true, narrow: true, cell: ({ line }) => count(line) },
  { head: 'Поле', cell: ({ field }) => field || 'строка целиком' },
  { head: 'Почему', phone: 'title', cell: ({ message }) => message },
];

/** The bad rows of a list. They name places in files and kinds of values, never a value. */
function faultRoutes({ screens, ctx }: ConsoleParts): void {
  const load = async (c: ConsoleContext, perPage: number) => {
    const asked = rowsQuery.safeParse(c.req.query());
    const { id: schoolId } = c.get('visitor').school;
    if (!asked.success || !(await isImportOf(ctx.db.of(schoolId), schoolId, asked.data.operation))) {
      throw notFound();
    }
    const { operation, list, page: n } = asked.data;
    const range = { offset: (n - 1) * perPage, limit: perPage };
    return { ...asked.data, ...(await loadFaults(ctx.db.ofNone, operation, FAULT_LISTS[list], range)) };
  };

  screens.get('/rosters/rows', ADMINS, async (c) => {
    const { items, total, operation, list, page: n } = await load(c, PER_PAGE);
    return page({
      c,
      section: 'rosters',
      crumbs: UP,
      title: FAULT_TITLES[list],
      subtitle: counted(total, 'строка', 'строки', 'строк'),
      actions: csvLink(hrefOf('/rosters/rows.csv', { operation, list })),
      body:
        items.length === 0
          ? emptyState({ title: 'Таких строк нет' })
          : html`${dataTable({
              caption: FAULT_TITLES[list],
              rows: items,
              columns: FAULT_COLUMNS,
            })}${pager({ page: n, perPage: PER_PAGE, total, href: (p) => hrefOf('/rosters/rows', { operation, list, page: p }) })}`,
    });
  });

  screens.get('/rosters/rows.csv', ADMINS, async (c) => {
    const { items, list } = await load(c, FILE_ROWS);
    return csvFile(c, {
      name: FAULT_TITLES[list],
      rows: items,
      columns: [
        { head: 'Файл', cell: ({ file }) => file },
        { head: 'Строка', cell: ({ line }) => line },
        { head: 'Поле', cell: ({ field }) => field },
        { head: 'Вид значения', cell: ({ valueKind }) => valueKind },
        { head: 'Почему', cell: ({ message }) => message },
      ],
    });
  });
}

/** The people and units about which the lists are incomplete (K5). */
function gapRoutes(parts: ConsoleParts): void {
  const { screens, ctx } = parts;
  const load = async (c: ConsoleContext, limit: number) => {
    const { of, after } = gapQuery.parse(c.req.query());
    const db = ctx.db.of(c.get('visitor').school.id);
    const found = await listGap(db, of, schoolDay(parts, c), { after, limit });
    noteShown(c, c.get('visitor').school.id, isOfPeople(of) ? found.items.map(({ id }) => id) : []);
    return { of, after, ...found };
  };

  screens.get('/rosters/quality', ADMINS, async (c) => {
    const { of, after, items, more } = await load(c, PER_PAGE);
    const gaps = await countGaps(ctx.db.of(c.get('visitor').school.id), schoolDay(parts, c), [of]);
    const last = items.at(-1);
    return page({
      c,
      section: 'rosters',
      crumbs: UP,
      title: GAP_WORDS[of].title,
      subtitle: `${gapCount(of, gaps[of])}. ${GAP_WORDS[of].help}`,
      actions: csvLink(hrefOf('/rosters/quality.csv', { of })),
      body:
        items.length === 0
          ? emptyState({ title: 'Здесь всё на месте' })
          : html`<div class="compact">${gapTable(of, items)}</div>${earlier({
              words: { first: 'К началу', next: 'Дальше' },
              isFirst: after === undefined,
              first: gapHref(of),
              next: more && last ? hrefOf('/rosters/quality', { of, after: last.id }) : null,
            })}`,
    });
  });

  screens.get('/rosters/quality.csv', ADMINS, async (c) => {
    const { of, items } = await load(c, FILE_ROWS);
    return csvFile(c, {
      name: GAP_WORDS[of].title,
      rows: items,
      columns: [
        { head: isOfPeople(of) ? 'Имя' : 'Наименование', cell: ({ name }) => name },
        ...(of === 'groups' ? [{ head: 'Предмет', cell: ({ detail }: GapItem) => detail }] : []),
        { head: 'Идентификатор в СГО', cell: ({ id }) => id },
      ],
    });
  });
}

function isOfPeople(gap: Gap): boolean {
  return gap !== 'classes' && gap !== 'groups';
}

function gapTable(of: Gap, items: readonly GapItem[]) {
  return dataTable<GapItem>({
    caption: GAP_WORDS[of].title,
    rows: items,
    columns: [
      {
        head: isOfPeople(of) ? 'Имя' : 'Наименование',
        phone: 'title',
        cell: ({ id, name }) =>
          isOfPeople(of) ? personLink({ id, name: name || id }) : html`<bdi>${name}</bdi>`,
      },
      ...(of === 'groups' ? [{ head: 'Предмет', cell: ({ detail }: GapItem) => detail ?? '–' }] : []),
      { head: 'Идентификатор в СГО', cell: ({ id }) => html`<span class="muted">${id}</span>` },
    ],
  });
}
