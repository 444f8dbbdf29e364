/**
 * Makes schools follow the facts that wait for their day: orders dated ahead (D6), terms (D11), dated enrollments.
 * A school is due when its day is later than the one it was last computed for. That day is a column
 * (school.computed_on), so a restart loses nothing.
 */

import { sql } from 'kysely';
import { bySystem } from '../author.ts';
import type { Context } from '../context.ts';
import { followRelinked, wakeRelinked } from '../profile/follow-profiles.ts';
import { contestedIn } from '../profile/profile-links.ts';
import { settleProfiles } from '../profile/settle-profiles.ts';
import type { Sql } from '../store/database.ts';
import { oneRow } from '../store/rows.ts';
import { beginningOf, momentOf, timeOf } from '../store/school-day.ts';
import { afterFollowing } from './follow-events.ts';
import { followFacts } from './follow-facts.ts';

/** The schools with a new day, as a query. Each half has its index (school_by_day, school_by_own_day). */
function newDays(ctx: Context) {
  const { nowMs, timeZone } = momentOf(ctx);
  const now = sql`${new Date(nowMs)}::timestamptz`;
  const isOn = sql`cardinality(s.switched_on) > 0`;
  return sql`
    select s.id from school s where s.time_zone is null and ${isOn}
      and coalesce(s.computed_on, '-infinity'::date) < (${now} at time zone ${timeZone})::date
    union all select s.id from school s where s.time_zone is not null and ${isOn}
      and (coalesce(s.computed_on + 1, '-infinity'::date))::timestamp at time zone s.time_zone <= ${now}`;
}

/** True in SQL where a school has a new day. */
export const daysBegin = (ctx: Context) => sql<boolean>`exists (${newDays(ctx)})`;

/** Gives the schools that have a new day. */
export async function schoolsToBegin(ctx: Context): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select id from (${newDays(ctx)}) s order by id`.execute(
    ctx.db.across('sweep'),
  );
  return rows.map(({ id }) => id);
}

/** Begins the school's new day. It does nothing where that has been done. */
export async function beginDay(ctx: Context, schoolId: string): Promise<void> {
  const begun = await ctx.db.holdingSchool(schoolId, ({ sql: tx }) => follow(ctx, tx, schoolId));
  if (begun === null) return;
  wakeRelinked(ctx, begun.relinked);
  await afterFollowing(ctx, schoolId, begun.followed);
}

async function follow(ctx: Context, tx: Sql, schoolId: string) {
  const moment = momentOf(ctx);
  const { timeZone, today: day } = await timeOf(tx, schoolId, moment);
  if (!(await isNew(tx, schoolId, day))) return null;
  const at = new Date(moment.nowMs);
  // A person who departs by an order dated ahead gives way to somebody who waits for the same VK ID (A7).
  const relinked = await settleProfiles(tx, await contestedIn(tx, schoolId), moment);
  await followRelinked(tx, relinked, { cause: `day:${day}`, priority: 'event', at });
  const followed = await followFacts(ctx, tx, schoolId, {
    ...{ cause: `day:${day}`, author: bySystem('day'), priority: 'event', operationId: null, at },
    causedAt: await dayStart(tx, day, timeZone),
  });
  return { followed, relinked };
}

async function isNew(tx: Sql, schoolId: string, day: string): Promise<boolean> {
  const { rows } = await sql`select from school where id = ${schoolId} and cardinality(switched_on) > 0
    and (computed_on is null or computed_on < ${day})`.execute(tx);
  return rows.length > 0;
}

async function dayStart(tx: Sql, day: string, zone: string): Promise<Date> {
  const { rows } = await sql<{ at: string }>`select ${beginningOf(day, zone)} as at`.execute(tx);
  return new Date(oneRow(rows).at);
}
