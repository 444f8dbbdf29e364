/**
 * Decides which zone a school lives in and what day it is there (D6). Nothing else decides that. A school without a
 * zone of its own lives in the region's (SCHOOL_TIME_ZONE).
 */
import { type RawBuilder, sql } from 'kysely';
import { type Clock, dayIn } from '../clock.ts';
import type { Sql } from './database.ts';

/** Now, and the zone of schools that have none of their own. */
export interface Moment {
  nowMs: number;
  timeZone: string;
}

/** A school and the zone in which it lives. */
export interface SchoolZone {
  schoolId: string;
  timeZone: string;
}

export interface SchoolTime {
  timeZone: string;
  /** `YYYY-MM-DD`. */
  today: string;
  /** Gives the school's day of an instant (ISO 8601). */
  dayOf: (at: string) => string;
}

interface Region {
  config: { schoolTimeZone: string };
}

/** Gives a school's time zone: its own, else the region's. */
export const zoneOf = ({ config }: Region, own: string | null): string => own ?? config.schoolTimeZone;

/** Gives the zone that a school stores as its own; null where it wants the region's, whatever that will be. */
export const ownZone = ({ config }: Region, wanted: string | null | undefined): string | null =>
  !wanted || wanted === config.schoolTimeZone ? null : wanted;

/** Gives this moment, with the zone of schools that have none of their own. */
export const momentOf = (ctx: Region & { clock: Clock }): Moment => ({
  nowMs: ctx.clock.now(),
  timeZone: ctx.config.schoolTimeZone,
});

/** Gives the time at a school whose own zone is `own`. */
export function timeIn(own: string | null | undefined, { nowMs, timeZone: ofRegion }: Moment): SchoolTime {
  const timeZone = own ?? ofRegion;
  // Many statements bear one stamp, so each instant is turned into a day once.
  const known = new Map<string, string>();
  const dayOf = (at: string) => {
    const day = known.get(at) ?? dayIn(timeZone, Date.parse(at));
    known.set(at, day);
    return day;
  };
  return { timeZone, today: dayIn(timeZone, nowMs), dayOf };
}

/** Gives the time at a school. A school that is not known yet has the region's. */
export async function timeOf(db: Sql, schoolId: string, moment: Moment): Promise<SchoolTime> {
  const school = await db
    .selectFrom('school')
    .select('time_zone')
    .where('id', '=', schoolId)
    .executeTakeFirst();
  return timeIn(school?.time_zone, moment);
}

/** Gives the school's day in SQL, for a statement that reads the zone itself. `own`: a column. */
export const dayThere = (own: RawBuilder<unknown>, { nowMs, timeZone }: Moment): RawBuilder<unknown> =>
  sql`(${new Date(nowMs)}::timestamptz at time zone coalesce(${own}, ${timeZone}))::date`;

/** Gives in SQL when a day begins in a zone, or the day so many days later. `day`: a column, or `YYYY-MM-DD`. */
export const beginningOf = (day: RawBuilder<unknown> | string, timeZone: string, daysLater = 0) =>
  sql<string>`((${day}::date + ${daysLater}::int)::timestamp at time zone ${timeZone})`;
