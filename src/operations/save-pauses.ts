/** Windows of days in which lists move nobody (K3): what may be asked for, and those of the region. */

import { sql } from 'kysely';
import type { Author } from '../author.ts';
import type { Context } from '../context.ts';
import { PAUSE_DAYS_AT_MOST, PAUSES_AT_MOST, type Pause, wrongPause } from '../desired/pauses.ts';
import { notFound, Refusal } from '../refusal.ts';
import { difference, noteLine } from '../rows/journal.ts';
import { changePauses, computeAnew } from '../rows/school.ts';
import type { Sql } from '../store/database.ts';
import { PAUSES_KEY, pausedSince } from '../store/queries/pauses.ts';
import { momentOf } from '../store/school-day.ts';
import { shownDay } from '../text/days.ts';
import { count } from '../text/numbers.ts';

/** A window of all schools, or of one. */
export interface RegionPause extends Pause {
  schoolId?: string | undefined;
}

const REASONS = {
  reversed: 'заканчивается раньше, чем начинается',
  'too-long': `длиннее ${count(PAUSE_DAYS_AT_MOST)} дней`,
  overlapping: 'пересекается с другой',
  'too-many': `лишняя: их может быть не больше ${count(PAUSES_AT_MOST)}`,
} as const;

/** @throws Refusal(422) `pause-invalid` for windows that cannot be, with the window and the reason */
export function assertPauses(windows: readonly Pause[]): void {
  const wrong = wrongPause(windows);
  if (!wrong) return;
  const { from, to } = wrong.pause;
  throw new Refusal(
    422,
    'pause-invalid',
    `Пауза ${shownDay(from)} – ${shownDay(to)} ${REASONS[wrong.reason]}`,
  );
}

/**
 * Replaces a school's own windows, within a transaction of that school. Where they differ, its chats are computed anew.
 * Returns those before.
 */
export async function replacePauses(
  tx: Sql,
  schoolId: string,
  pauses: readonly Pause[],
): Promise<{ before: Pause[]; after: Pause[] }> {
  const after = pauses.map(({ from, to }) => ({ from, to }));
  const before = await changePauses(tx, schoolId, after);
  if (difference({ before }, { before: after })) await computeAnew(tx, [schoolId]);
  return { before, after };
}

/**
 * Replaces a school's own windows. Where that ends a pause, its chats follow at once what has waited for it.
 * @throws Refusal(422) `pause-invalid`
 */
export async function savePauses(
  ctx: Context,
  { schoolId, pauses, by }: { schoolId: string; pauses: readonly Pause[]; by: Author },
): Promise<void> {
  assertPauses(pauses);
  await ctx.db.transactionOf(schoolId, async ({ sql: tx }) => {
    const { before, after } = await replacePauses(tx, schoolId, pauses);
    const changed = difference({ pauses: before }, { pauses: after });
    if (!changed) return;
    const at = new Date(ctx.clock.now());
    const cause = `settings:${ctx.newId()}`;
    await noteLine(tx, { schoolId, at, what: 'settings', cause, author: by, details: changed });
  });
  ctx.wake('days');
}

/** Gives the region's windows, in the order of their days. */
export async function regionPauses(db: Sql): Promise<RegionPause[]> {
  const { rows } = await sql<{ value: RegionPause[] }>`
    select value from setting where key = ${PAUSES_KEY}`.execute(db);
  return rows[0]?.value ?? [];
}

/**
 * Replaces the region's windows, or those that it has set for one school (`within`). Schools whose pause begins or ends
 * by that are computed anew. The journal of each school that a changed window concerns has a line of it (K8).
 * @throws Refusal(422) `pause-invalid`, `school-unknown`; Refusal(404) for windows of another school
 */
export async function saveRegionPauses(
  ctx: Context,
  { pauses, by, within }: { pauses: readonly RegionPause[]; by: Author; within: string },
): Promise<void> {
  const given = within === '*' ? pauses : pauses.map((one) => ({ schoolId: within, ...one }));
  if (within !== '*' && given.some(({ schoolId }) => schoolId !== within)) throw notFound();
  for (const [, windows] of Map.groupBy(given, ({ schoolId }) => schoolId)) assertPauses(windows);
  await ctx.db.transactionAcross('pauses', async ({ sql: tx }) => {
    const before = await regionPauses(tx);
    const others = within === '*' ? [] : before.filter(({ schoolId }) => schoolId !== within);
    const byDay = [...given, ...others].sort((a, b) => (a.from < b.from ? -1 : 1));
    const schools = await schoolsIn(ctx, tx);
    const unknown = byDay.find(({ schoolId }) => schoolId !== undefined && !schools.has(schoolId));
    if (unknown) throw new Refusal(422, 'school-unknown', `Нет школы «${unknown.schoolId}»`);
    await sql`insert into setting (key, value) values (${PAUSES_KEY}, ${JSON.stringify(byDay)}::jsonb)
      on conflict (key) do update set value = excluded.value`.execute(tx);
    const after = await schoolsIn(ctx, tx);
    await computeAnew(
      tx,
      [...after].flatMap(([id, isPaused]) => (schools.get(id) === isPaused ? [] : id)),
    );
    await noteEach(ctx, tx, { ids: [...after.keys()], before, after: byDay, by });
  });
  ctx.wake('days');
}

/** All schools, and whether the lists of each are paused now. */
async function schoolsIn(ctx: Context, tx: Sql): Promise<Map<string, boolean>> {
  const { rows } = await sql<{ id: string; isPaused: boolean }>`
    select s.id, ${pausedSince(sql`s`, momentOf(ctx))} is not null as "isPaused" from school s order by id`.execute(
    tx,
  );
  return new Map(rows.map(({ id, isPaused }) => [id, isPaused]));
}

async function noteEach(
  ctx: Context,
  tx: Sql,
  change: {
    ids: readonly string[];
    before: readonly RegionPause[];
    after: readonly RegionPause[];
    by: Author;
  },
): Promise<void> {
  const at = new Date(ctx.clock.now());
  const cause = `settings:${ctx.newId()}`;
  for (const id of change.ids) {
    const of = (all: readonly RegionPause[]) =>
      all.flatMap(({ schoolId, from, to }) =>
        schoolId === undefined || schoolId === id ? [{ from, to }] : [],
      );
    const details = difference({ regionPauses: of(change.before) }, { regionPauses: of(change.after) });
    if (details)
      await noteLine(tx, { schoolId: id, at, what: 'settings', cause, author: change.by, details });
  }
}
