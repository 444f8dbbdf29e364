import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { countSchool, schoolsToCount } from '../rows/school-figures.ts';
import { momentOf } from '../store/school-day.ts';

/** So many schools are counted in one sweep, so that a region that is new delays nothing else for long. */
const SCHOOLS_AT_ONCE = 100;
/** To find who is to be counted is to ask every school, so it is asked so often at most. */
const ASKED_EVERY = sql`interval '1 minute'`;
/** The row of `setting` that holds when every school was asked last and none was left over. */
const KEY = 'schools-counted';

/** True in SQL where the schools are to be asked again whose figures are out of date. */
export const countsAreDue = () => sql<boolean>`not exists (select from setting where key = ${KEY}
  and (value #>> '{}')::timestamptz between clock_timestamp() - ${ASKED_EVERY} and clock_timestamp())`;

/** Counts the schools whose figures are out of date (K1). */
export async function countSchools(ctx: Context): Promise<void> {
  const moment = momentOf(ctx);
  const schools = await schoolsToCount(ctx.db.across('figures'), moment, SCHOOLS_AT_ONCE);
  for (const id of schools) await countSchool(ctx.db.of(id), id, moment);
  if (schools.length === SCHOOLS_AT_ONCE) return;
  await sql`insert into setting (key, value) values (${KEY}, to_jsonb(clock_timestamp()))
    on conflict (key) do update set value = excluded.value`.execute(ctx.db.ofNone);
}
