/** What is counted of every school in the background: the figures of a day (K1), and how ready it is for a day (K4). */
import { sql } from 'kysely';
import { nextFirstOfSeptember } from '../clock.ts';
import type { Context } from '../context.ts';
import { foresee } from '../planning/foresee.ts';
import { countSchool, schoolsToCount } from '../rows/school-figures.ts';
import { keepDays, noteReadiness, schoolsToForesee } from '../rows/school-readiness.ts';
import { momentOf } from '../store/school-day.ts';

/** So many schools are counted in one sweep, so that a new region delays nothing else for long. */
const COUNTED_AT_ONCE = 100;
/** So many are planned in one sweep, for the same reason. */
const FORESEEN_AT_ONCE = 10;
/** Finding what is to be counted means asking every school, so it is done at most so often. */
const ASKED_EVERY = sql`interval '1 minute'`;
/** The row of `setting` that holds when every school was asked last and none was left over. */
const KEY = 'schools-counted';
/** The row that holds the day which an operator asked about last, besides the next 1 September. */
const ASKED_DAY = 'readiness-day';

/** True in SQL where it is time to ask again which schools' figures are out of date. */
export const countsAreDue = () => sql<boolean>`not exists (select from setting where key = ${KEY}
  and (value #>> '{}')::timestamptz between clock_timestamp() - ${ASKED_EVERY} and clock_timestamp())`;

/** Counts the schools whose figures are out of date, and those whose readiness is. */
export async function countFigures(ctx: Context): Promise<void> {
  const moment = momentOf(ctx);
  for (const { schoolId, day } of await toCount(ctx)) {
    const db = ctx.db.of(schoolId);
    if (day === null) {
      await orNull(ctx, { schoolId, day }, () => countSchool(db, schoolId, moment));
      continue;
    }
    const counted = await orNull(ctx, { schoolId, day }, () => foresee(ctx, schoolId, day));
    await noteReadiness(db, { schoolId, day }, counted, new Date(ctx.clock.now()));
  }
}

/**
 * Lets all schools be counted for a day besides the next 1 September. The day replaces the one that was asked about
 * before.
 */
export async function askAbout(ctx: Context, day: string): Promise<void> {
  const usual = nextFirstOfSeptember(momentOf(ctx));
  if (day === usual) return;
  const { rows } = await sql`insert into setting (key, value) values (${ASKED_DAY}, to_jsonb(${day}::text))
    on conflict (key) do update set value = excluded.value where setting.value <> excluded.value
    returning 1`.execute(ctx.db.ofNone);
  if (rows.length === 0) return;
  await keepDays(ctx.db.across('figures'), [usual, day]);
  await sql`delete from setting where key = ${KEY}`.execute(ctx.db.ofNone);
}

/** True where all schools are counted for the day. */
export async function isAskedAbout(ctx: Context, day: string): Promise<boolean> {
  if (day === nextFirstOfSeptember(momentOf(ctx))) return true;
  const { rows } =
    await sql`select from setting where key = ${ASKED_DAY} and value #>> '{}' = ${day}`.execute(
      ctx.db.ofNone,
    );
  return rows.length > 0;
}

/** What is to be counted of a school. `day`: null for the figures of today, else the day it is to be ready for. */
interface Asked {
  schoolId: string;
  day: string | null;
}

/**
 * Gives what is to be counted. The same statement notes that every school was asked, unless some are left over. So a
 * minute at rest costs one statement.
 */
async function toCount(ctx: Context): Promise<Asked[]> {
  const moment = momentOf(ctx);
  const days = sql`select ${nextFirstOfSeptember(moment)}::date as day
    union select (value #>> '{}')::date from setting where key = ${ASKED_DAY}`;
  const { rows } = await sql<Asked>`
    with counted as materialized (${schoolsToCount(moment, COUNTED_AT_ONCE)}),
    foreseen as materialized (${schoolsToForesee(days, moment, FORESEEN_AT_ONCE)}),
    asked as (insert into setting (key, value) select ${KEY}, to_jsonb(clock_timestamp())
        where (select count(*) from counted) < ${COUNTED_AT_ONCE} and (select count(*) from foreseen) < ${FORESEEN_AT_ONCE}
      on conflict (key) do update set value = excluded.value)
    select id as "schoolId", null as day from counted union all select id, day::text from foreseen`.execute(
    ctx.db.across('figures'),
  );
  return rows;
}

/**
 * Gives what was counted, or null. A school that cannot be counted is logged and passed over, so that it delays no
 * other.
 */
async function orNull<Counted>(
  ctx: Context,
  which: Asked,
  count: () => Promise<Counted>,
): Promise<Counted | null> {
  try {
    return await count();
  } catch (err) {
    ctx.log.error({ err, ...which }, 'a school could not be counted');
    return null;
  }
}
