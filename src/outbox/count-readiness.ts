import { sql } from 'kysely';
import { nextFirstOfSeptember } from '../clock.ts';
import type { Context } from '../context.ts';
import { foresee } from '../planning/foresee.ts';
import { askReadiness, type Counted, keepDays, noteReadiness, toForesee } from '../rows/school-readiness.ts';
import { type Moment, momentOf } from '../store/school-day.ts';

/** So many schools are planned in one sweep, so that other work of the process is not delayed for long. */
const SCHOOLS_AT_ONCE = 10;
const ASKED_EVERY = sql`interval '1 minute'`;
/** The row of `setting` that holds when every school was asked last and none was left over. */
const KEY = 'readiness-counted';
/** The row that holds the day which an operator asked about last, besides the next 1 September. */
const ASKED_DAY = 'readiness-day';

/** True in SQL where schools are to be asked again whose readiness is out of date. */
export const readinessIsDue = () => sql<boolean>`not exists (select from setting where key = ${KEY}
  and (value #>> '{}')::timestamptz between clock_timestamp() - ${ASKED_EVERY} and clock_timestamp())`;

/** Counts how ready schools are for the next 1 September, and for the day that an operator asked about (K4). */
export async function countReadiness(ctx: Context): Promise<void> {
  const moment = momentOf(ctx);
  const all = ctx.db.across('figures');
  const days = await askedDays(ctx, moment);
  for (const day of days) await askReadiness(all, day);
  await keepDays(all, days);
  const due = await toForesee(all, moment, SCHOOLS_AT_ONCE);
  for (const one of due) {
    const counted = await tryToForesee(ctx, one.schoolId, one.day);
    await noteReadiness(ctx.db.of(one.schoolId), one, counted, new Date(ctx.clock.now()));
  }
  if (due.length === SCHOOLS_AT_ONCE) return;
  await sql`insert into setting (key, value) values (${KEY}, to_jsonb(clock_timestamp()))
    on conflict (key) do update set value = excluded.value`.execute(ctx.db.ofNone);
}

/** Lets all schools be counted for a day besides the next 1 September. It takes the place of the day before it. */
export async function askAbout(ctx: Context, day: string): Promise<void> {
  if (day === nextFirstOfSeptember(momentOf(ctx))) return;
  const { rows } = await sql`insert into setting (key, value) values (${ASKED_DAY}, to_jsonb(${day}::text))
    on conflict (key) do update set value = excluded.value where setting.value <> excluded.value
    returning 1`.execute(ctx.db.ofNone);
  if (rows.length === 0) return;
  await askReadiness(ctx.db.across('figures'), day);
  await sql`delete from setting where key = ${KEY}`.execute(ctx.db.ofNone);
}

async function askedDays(ctx: Context, moment: Moment): Promise<string[]> {
  const { rows } = await sql<{ day: string }>`select value #>> '{}' as day from setting
    where key = ${ASKED_DAY}`.execute(ctx.db.ofNone);
  return [nextFirstOfSeptember(moment), ...rows.map(({ day }) => day)];
}

/** A school whose facts cannot be planned is told and passed over, so that it keeps no other. */
async function tryToForesee(ctx: Context, schoolId: string, day: string): Promise<Counted> {
  try {
    return await foresee(ctx, schoolId, day);
  } catch (err) {
    ctx.log.error({ err, schoolId, day }, 'how ready a school is could not be counted');
    return null;
  }
}
