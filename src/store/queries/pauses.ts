/** Windows in which lists move nobody (K3), in SQL: a school's own, and the region's that concern it. */
import { type RawBuilder, sql } from 'kysely';
import type { Pause } from '../../desired/pauses.ts';
import type { Sql } from '../database.ts';
import { dayThere, type Moment } from '../school-day.ts';

/** The row of `setting` with the region's windows. */
export const PAUSES_KEY = 'pauses';

/** Gives the windows that concern a school, as a JSON array. `school`: the name of a row of `school`. */
export const pausesOf = (school: RawBuilder<unknown>): RawBuilder<Pause[]> => sql<Pause[]>`(
  ${school}.pauses || coalesce((select jsonb_agg(w - 'schoolId') from setting r cross join jsonb_array_elements(r.value) w
    where r.key = ${PAUSES_KEY} and coalesce(w->>'schoolId', ${school}.id) = ${school}.id), '[]'))`;

/** Gives the windows that concern a school. */
export async function schoolPauses(db: Sql, schoolId: string): Promise<Pause[]> {
  const { rows } = await sql<{ pauses: Pause[] }>`
    select ${pausesOf(sql`s`)} as pauses from school s where s.id = ${schoolId}`.execute(db);
  return rows[0]?.pauses ?? [];
}

/** Gives in SQL the first day of the window in which the school's day lies. Null where its lists are not paused. */
export const pausedSince = (school: RawBuilder<unknown>, moment: Moment): RawBuilder<string | null> => sql`(
  select min((w->>'from')::date) from jsonb_array_elements(${pausesOf(school)}) w
  where ${dayThere(sql`${school}.time_zone`, moment)} between (w->>'from')::date and (w->>'to')::date)`;
