import { z } from 'zod';
import type { Names } from '../../../src/plan/describe.ts';
import { isDay } from '../../../src/text/clean-text.ts';
import { findNames } from '../../read/names.ts';
import {
  countOperations,
  type LogFilter,
  type LoggedOperation,
  type LogPlace,
  logOperations,
  openOperations,
} from '../../read/operation-log.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { html } from '../html.ts';
import { liveOfSchool } from '../live.ts';
import { type ConsoleContext, page } from '../page.ts';
import { chips } from '../parts/chips.ts';
import { csvFile, csvLink } from '../parts/csv.ts';
import { earlier } from '../parts/earlier.ts';
import { hrefOf } from '../parts/links.ts';
import { counted } from '../parts/numbers.ts';
import { RUNNING_PATH, runningPart } from '../parts/running.ts';
import { emptyState } from '../parts/states.ts';
import { ADMINS } from '../visitor.ts';
import { logFile, logTable, openPart } from './operation-log.ts';

const PER_PAGE = 50;
/** A file of a table holds at most so many rows. */
const FILE_ROWS = 10_000;
const REFRESH_SECONDS = 5;

/** The kinds in the words of the filter. What СГО tells and what the look at Sferum finds is here where it was held. */
const KINDS = [
  ['initialization', 'Инициализации'],
  ['roster-import', 'Списки из СГО'],
  ['events', 'Изменения из СГО'],
  ['drift', 'Сверка'],
  ['check', 'Сверки по просьбе'],
  ['delete-chat', 'Удаления'],
  ['undo', 'Отмены'],
] as const satisfies readonly (readonly [LogFilter['kind'], string])[];
const STATES = [
  ['held', 'Ждут решения'],
  ['failed', 'Не удались'],
] as const satisfies readonly (readonly [LogFilter['state'], string])[];

const query = z.object({
  kind: z
    .enum(KINDS.map(([kind]) => kind))
    .optional()
    .catch(undefined),
  state: z
    .enum(STATES.map(([state]) => state))
    .optional()
    .catch(undefined),
  after: z.string().max(100).optional().catch(undefined),
});

/** «Работы»: what was done to the school's chats as a whole, by whom, how long it took and how it ended. */
export function operationLogRoutes(parts: ConsoleParts): void {
  const { screens, ctx } = parts;
  screens.get('/operations', ADMINS, (c) => showLog(parts, c));
  screens.get('/operations.csv', ADMINS, async (c) => {
    const { id: schoolId, timeZone } = c.get('visitor').school;
    const { after: _, ...filter } = query.parse(c.req.query());
    const { items } = await logOperations(ctx.db.of(schoolId), schoolId, { ...filter, limit: FILE_ROWS });
    return csvFile(c, logFile(items, { names: await authorsOf(ctx, schoolId, items), timeZone }));
  });
  partRoutes(parts);
}

/** Parts of pages that their scripts ask for again while work goes on. */
function partRoutes({ screens, ctx }: ConsoleParts): void {
  screens.get(
    RUNNING_PATH,
    ADMINS,
    (c) => {
      c.header('Cache-Control', 'no-store');
      return c.html(runningPart(c.get('visitor').running));
    },
    { unconnected: true },
  );

  screens.get('/operations/open', ADMINS, async (c) => {
    const { id: schoolId, timeZone } = c.get('visitor').school;
    const open = await openOperations(ctx.db.of(schoolId), schoolId);
    c.header('Cache-Control', 'no-store');
    return c.html(openPart(open, { names: await authorsOf(ctx, schoolId, open), timeZone }));
  });
}

async function showLog(parts: ConsoleParts, c: ConsoleContext): Promise<Response> {
  const { ctx } = parts;
  const live = await liveOfSchool(parts, c);
  const { id: schoolId, timeZone } = c.get('visitor').school;
  const { after, ...filter } = query.parse(c.req.query());
  const db = ctx.db.of(schoolId);
  const [{ items, more }, open, counts] = await Promise.all([
    logOperations(db, schoolId, { ...filter, after: placeOf(after), limit: PER_PAGE }),
    openOperations(db, schoolId),
    countOperations(db, schoolId),
  ]);
  const names = await authorsOf(ctx, schoolId, [...items, ...open]);
  const last = items.at(-1);
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const log =
    items.length === 0
      ? emptyState({ title: 'Работ нет', text: 'Здесь появится всё, что меняет чаты школы.' })
      : html`${logTable(items, { names, timeZone })}${earlier({
          isFirst: after === undefined,
          first: hrefOf('/operations', filter),
          next: more && last ? hrefOf('/operations', { ...filter, after: afterOf(last) }) : null,
        })}`;
  return page({
    c,
    section: 'operations',
    live,
    title: 'Работы',
    actions: csvLink(hrefOf('/operations.csv', filter)),
    subtitle: `Инициализации, списки из СГО, удаления, отмены и всё, что ждало решения: ${counted(total, 'работа', 'работы', 'работ')}`,
    body: html`${openPart(open, { names, timeZone })}${filterChips(filter, counts)}${log}`,
    styles: ['manage.css'],
    scripts: ['manage.js'],
    ...(open.length > 0 ? { refreshSeconds: REFRESH_SECONDS } : {}),
  });
}

function authorsOf(
  { db }: ConsoleParts['ctx'],
  schoolId: string,
  operations: readonly LoggedOperation[],
): Promise<Names> {
  const people = operations.map(({ by }) => by.id);
  return findNames(
    db.of(schoolId),
    { sees: 'school', schoolId },
    { people, classes: [], groups: [], orders: [] },
  );
}

function filterChips(filter: LogFilter, counts: Awaited<ReturnType<typeof countOperations>>) {
  const sum = (of: LogFilter) =>
    counts
      .filter(({ kind, state }) => (of.kind ?? kind) === kind && (of.state ?? state) === state)
      .reduce((n, { count }) => n + count, 0);
  const chip = (label: string, of: LogFilter) => ({
    ...{ label, href: hrefOf('/operations', { ...of }), count: sum(of) },
    current: of.kind === filter.kind && of.state === filter.state,
  });
  const some = [
    ...STATES.map(([state, label]) => chip(label, { state })),
    ...KINDS.map(([kind, label]) => chip(label, { kind })),
  ];
  return chips('Какие работы показать', [
    chip('Все', {}),
    ...some.filter(({ count, current }) => count > 0 || current),
  ]);
}

const afterOf = ({ createdAt, id }: LoggedOperation) => `${createdAt}~${id}`;

/** Reads the place from an address; one that cannot be read shows the newest page. */
function placeOf(after: string | undefined): LogPlace | undefined {
  const [at = '', id = ''] = after?.split('~') ?? [];
  const isInstant = isDay(at.slice(0, 10)) && !Number.isNaN(Date.parse(at));
  return isInstant && z.uuid().safeParse(id).success ? { at, id } : undefined;
}
