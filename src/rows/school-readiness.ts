/**
 * The only writer of `school_readiness`: what a day will bring to each school (K4). A school is counted once, and
 * again where that is a day ago or the school has changed. So a page of 900 schools plans none of them.
 */
import { type RawBuilder, sql } from 'kysely';
import type { Readiness, ReadinessState } from '../plan/readiness-model.ts';
import type { Sql } from '../store/database.ts';
import { dayThere, type Moment } from '../store/school-day.ts';

/** A plan of a whole school is costly, so a school that changes all the time is planned at most so often. */
const AGAIN_AFTER_CHANGE = sql`interval '30 minutes'`;
/** A new day may bring other figures without any change. */
const AGAIN_IN_ANY_CASE = sql`interval '1 day'`;

interface SchoolOnDay {
  schoolId: string;
  day: string;
}

/** Deletes the days that nobody asks about any more. */
export async function keepDays(db: Sql, days: readonly string[]): Promise<void> {
  await sql`delete from school_readiness where day <> all(${[...days]}::date[])`.execute(db);
}

/**
 * Gives in SQL the schools to be counted, with the day, at most `most`. Those never counted come first. `days`: the
 * days that are asked about, in SQL as day.
 */
export function schoolsToForesee(
  days: RawBuilder<unknown>,
  moment: Moment,
  most: number,
): RawBuilder<{ id: string; day: string }> {
  const now = sql`${new Date(moment.nowMs)}::timestamptz`;
  return sql`select s.id, d.day from (${days}) d cross join school s
      left join school_readiness r on r.school_id = s.id and r.day = d.day
    where d.day >= ${dayThere(sql.ref('s.time_zone'), moment)} and (r.counted_at is null
      or r.counted_at < ${now} - ${AGAIN_IN_ANY_CASE}
      or r.revision is distinct from s.revision and r.counted_at < ${now} - ${AGAIN_AFTER_CHANGE})
    order by r.counted_at nulls first, d.day, s.id limit ${most}`;
}

/** What was counted, and from which revision of the school. Null where it could not be counted. */
type Counted = { readiness: Readiness; state: ReadinessState; revision: number } | null;

/** Notes what was counted. */
export async function noteReadiness(
  db: Sql,
  { schoolId, day }: SchoolOnDay,
  counted: Counted,
  at: Date,
): Promise<void> {
  const figures = counted === null ? null : JSON.stringify(counted.readiness);
  await sql`insert into school_readiness (school_id, day, state, figures, revision, counted_at)
    values (${schoolId}, ${day}, ${counted?.state ?? null}, ${figures}::jsonb, ${counted?.revision ?? null}, ${at})
    on conflict (school_id, day) do update set state = excluded.state, figures = excluded.figures,
      revision = excluded.revision, counted_at = excluded.counted_at`.execute(db);
}
