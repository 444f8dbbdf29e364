import { sql } from 'kysely';
import { bySystem } from '../author.ts';
import { dayIn } from '../clock.ts';
import type { Context } from '../context.ts';
import { followRelinked } from '../profile/follow-profiles.ts';
import { contestedIn } from '../profile/profile-links.ts';
import { settleProfiles } from '../profile/settle-profiles.ts';
import { makeMonths } from '../rows/months.ts';
import type { Sql } from '../store/database.ts';
import { beginningOf, momentOf, timeIn, timeOf } from '../store/school-day.ts';
import { afterFollowing } from './follow-events.ts';
import { followFacts } from './follow-facts.ts';

/**
 * Makes schools follow the facts that wait for their day: orders dated ahead (D6), terms (D11), dated enrollments.
 * At every sweep interval it looks for schools whose day is later than the one they were last computed for. That day
 * is a column (school.computed_on), so a restart loses nothing. Once a day the tables by month are given their next
 * months. Stops when disposed.
 */
export function startDayTick(ctx: Context): AsyncDisposable {
  const stop = new AbortController();
  let monthsMadeOn = '';
  const loop = (async () => {
    while (!stop.signal.aborted) {
      try {
        const today = dayIn('UTC', ctx.clock.now());
        if (today !== monthsMadeOn) await makeMonths(ctx.db.ofNone, today);
        monthsMadeOn = today;
      } catch (error) {
        ctx.log.error({ err: error }, 'no month could be made ahead; it will be tried at the next sweep');
      }
      try {
        await dayTick(ctx);
      } catch (error) {
        ctx.log.error({ err: error }, 'the day tick failed; it will be tried at the next sweep');
      }
      await ctx.clock.sleep(ctx.config.limits.sweepIntervalMs, stop.signal).catch(() => undefined);
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await loop;
    },
  };
}

/** Makes one round over all schools. Several processes may do so at once. */
async function dayTick(ctx: Context): Promise<void> {
  for (const schoolId of await schoolsOfYesterday(ctx, ctx.db.across('sweep'))) {
    try {
      const followed = await ctx.db.holdingSchool(schoolId, ({ sql: tx }) => beginDay(ctx, tx, schoolId));
      await afterFollowing(ctx, schoolId, followed);
    } catch (error) {
      ctx.log.error({ err: error, schoolId }, 'a school could not begin its day; it will be tried again');
    }
  }
}

interface SchoolDay {
  id: string;
  zone: string | null;
  computed: string | null;
}

async function schoolsOfYesterday(ctx: Context, db: Sql, schoolId?: string): Promise<string[]> {
  const { rows } = await sql<SchoolDay>`
    select id, time_zone as zone, computed_on::text as computed from school
    where cardinality(switched_on) > 0 ${schoolId === undefined ? sql`` : sql`and id = ${schoolId}`}
    order by id`.execute(db);
  const moment = momentOf(ctx);
  const days = new Map(
    [...new Set(rows.map(({ zone }) => zone))].map((zone) => [zone, timeIn(zone, moment).today]),
  );
  return rows.flatMap(({ id, zone, computed }) =>
    computed === null || computed < days.get(zone)! ? [id] : [],
  );
}

async function beginDay(ctx: Context, tx: Sql, schoolId: string) {
  if ((await schoolsOfYesterday(ctx, tx, schoolId)).length === 0) return null;
  const moment = momentOf(ctx);
  const { timeZone, today: day } = await timeOf(tx, schoolId, moment);
  const at = new Date(moment.nowMs);
  // A person who departs by an order dated ahead gives way to somebody who waits for the same VK ID (A7).
  const relinked = await settleProfiles(tx, await contestedIn(tx, schoolId), moment);
  await followRelinked(tx, relinked, { cause: `day:${day}`, priority: 'event', at });
  return followFacts(ctx, tx, schoolId, {
    ...{ cause: `day:${day}`, author: bySystem('day'), priority: 'event', operationId: null, at },
    causedAt: await dayStart(tx, day, timeZone),
  });
}

async function dayStart(tx: Sql, day: string, zone: string): Promise<Date> {
  const { rows } = await sql<{ at: string }>`select ${beginningOf(day, zone)} as at`.execute(tx);
  return new Date(rows[0]!.at);
}
