/** All schools as operators see them (K1): the state of each in one word, the worst first. */

import { type RawBuilder, sql } from 'kysely';
import { instant, type Sql } from '../../src/store/database.ts';
import { isOverdue, lastRosterAt } from '../../src/store/queries/overdue.ts';
import { type Listed, limitTo, listed, type Page } from '../../src/store/queries/page.ts';
import { pausedSince } from '../../src/store/queries/pauses.ts';
import { oneRow } from '../../src/store/rows.ts';
import type { Moment } from '../../src/store/school-day.ts';
import { searchFold } from '../../src/text/title-key.ts';

/**
 * broken   nothing goes to Sferum: the school is not connected, or its account is refused or waits for a confirmation
 * failing  some chat does not get through
 * held     something waits for a person's decision
 * behind   some chat has waited for more than `BEHIND_AFTER`
 * overdue  СГО has sent no list for too long (src/store/queries/overdue.ts)
 * paused   its lists are paused (K3)
 * fine     none of these
 */
export const SCHOOL_STATES = ['broken', 'failing', 'held', 'behind', 'overdue', 'paused', 'fine'] as const;
export type SchoolState = (typeof SCHOOL_STATES)[number];

/**
 * A change may wait so long before its school counts as behind, because changes are usually followed within seconds.
 */
const BEHIND_AFTER = sql`interval '1 minute'`;

export interface SchoolItem {
  id: string;
  name: string;
  state: SchoolState;
  /** A code. Null where the state says everything. */
  reason: string | null;
  since: string | null;
  chats: number;
  /** The share of the people in the lists, 0 to 1. Null until they are counted, and where there is nobody. */
  linkedShare: number | null;
  /** What waits for a decision. */
  held: number;
  failing: number;
  behind: number;
  /** Since when the oldest change of a list has not reached Sferum. */
  behindSince: string | null;
  lastRosterAt: string | null;
  delayP95Ms: number | null;
  /** Null: the school is not connected. */
  account: 'ok' | 'broken' | null;
}

interface SchoolFilter extends Page {
  state?: SchoolState | undefined;
  /** Anywhere in the name, or the id. */
  q?: string | undefined;
  /** The one school of an operator who is bound to it; null for all. */
  only: string | null;
  moment: Moment;
}

/** Schools in each state, whatever state is asked for. */
export type StateCounts = Readonly<Record<SchoolState, number>>;

type Row = Omit<SchoolItem, 'id'> & { id: string | null; total: number; counts: StateCounts };

/**
 * Gives a page of schools, the worst first and those of one state in natural order, and how many there are in each
 * state.
 */
export async function listSchools(
  db: Sql,
  filter: SchoolFilter,
): Promise<Listed<SchoolItem> & { counts: StateCounts }> {
  const isAsked = filter.state ? sql`rank = ${SCHOOL_STATES.indexOf(filter.state)}` : sql`true`;
  const { rows } = await sql<Row>`
    with ${states(filter)},
    counted as (select ${countsByState} as counts, count(*) filter (where ${isAsked})::int as total from known),
    page as (select * from known where ${isAsked}
      order by rank, name_key collate "C", name, id ${limitTo(filter)})
    select t.total, t.counts, p.id, p.name, p.held, p.failing, p.behind, p.since, p.account,
      p."behindSince", p."lastRosterAt", (${names})[p.rank + 1] as state, ${reason} as reason,
      (select count(*)::int from chat c where c.school_id = p.id and c.deleted_at is null) as chats,
      f.linked::float8 / nullif(f.people, 0) as "linkedShare", f.delay_ms as "delayP95Ms"
    from counted t left join page p on true
      left join lateral (select g.people, g.linked, g.delay_ms from school_figures g
        where g.school_id = p.id order by g.day desc limit 1) f on true
    order by p.rank, p.name_key collate "C", p.name, p.id`.execute(db);
  const page = listed(rows, ({ total: _, counts: __, ...school }) => ({
    ...school,
    since: at(school.since),
    behindSince: at(school.behindSince),
    lastRosterAt: at(school.lastRosterAt),
  }));
  return { ...page, counts: oneRow(rows).counts };
}

const at = (value: string | null): string | null => (value === null ? null : instant(value));

const names = sql`array[${sql.join(SCHOOL_STATES.map((state) => sql.lit(state)))}]::text[]`;
const rankOf = (state: SchoolState): RawBuilder<number> => sql.lit(SCHOOL_STATES.indexOf(state));
const countsByState = sql`jsonb_build_object(${sql.join(
  SCHOOL_STATES.map((state) => sql`${sql.lit(state)}, count(*) filter (where rank = ${rankOf(state)})`),
)})`;

/** What is open in any school is found by indexes that hold nothing else (chat_open, operation_open). */
function states({ q, only, moment }: SchoolFilter): RawBuilder<unknown> {
  const isFound = q
    ? sql`(strpos(split_part(s.name_key, E'\t', 2), ${searchFold(q)}) > 0 or s.id = ${q})`
    : sql`true`;
  const now = new Date(moment.nowMs);
  const isHis = only === null ? sql`true` : sql`s.id = ${only}`;
  const ago = (interval: RawBuilder<unknown>) => sql`(${now}::timestamptz - ${interval})`;
  return sql`open as (
      select school_id, count(*) filter (where condition = 'failing')::int as failing,
        min(condition_since) filter (where condition = 'failing') as failing_since,
        count(*) filter (where condition = 'behind')::int as behind,
        min(condition_since) filter (where condition = 'behind') as behind_since
      from chat where deleted_at is null and condition not in ('synced', 'archived') group by school_id),
    waiting as (
      select school_id, count(*)::int as held, min(created_at) as since
      from operation where state = 'held' and school_id is not null group by school_id),
    looked as (
      select s.id, s.name, s.name_key, a.status as account, a.status_reason, s.roster_taken_at as "lastRosterAt",
        coalesce(w.held, 0) as held, coalesce(o.failing, 0) as failing, coalesce(o.behind, 0) as behind,
        o.behind_since as "behindSince", o.failing_since, w.since as held_since,
        coalesce(a.status_since, s.created_at) as account_since, ${lastRosterAt} as roster_since,
        case when a.status is distinct from 'ok' then ${rankOf('broken')}
          when o.failing > 0 then ${rankOf('failing')}
          when w.held > 0 then ${rankOf('held')}
          when o.behind_since < ${ago(BEHIND_AFTER)} then ${rankOf('behind')}
          when ${isOverdue(sql`${now}::timestamptz`)} then ${rankOf('overdue')}
          when ${pausedSince(sql`s`, moment)} is not null then ${rankOf('paused')}
          else ${rankOf('fine')} end as rank, ${pausedSince(sql`s`, moment)} as paused_since, s.time_zone
      from school s left join sferum_account a on a.school_id = s.id
        left join open o on o.school_id = s.id left join waiting w on w.school_id = s.id
      where ${isHis} and ${isFound}),
    known as materialized (select *, case rank when ${rankOf('broken')} then account_since
        when ${rankOf('failing')} then failing_since when ${rankOf('held')} then held_since
        when ${rankOf('behind')} then "behindSince" when ${rankOf('overdue')} then roster_since
        when ${rankOf('paused')} then paused_since::timestamp at time zone coalesce(time_zone, ${moment.timeZone}) end as since from looked)`;
}

/** Gives in SQL, for a row `page p`, what the state is about, by code. It is asked only for the schools of the page. */
const reason = sql<string | null>`case p.rank
  when ${rankOf('broken')} then coalesce(p.status_reason, 'sferum-not-connected')
  when ${rankOf('failing')} then (select c.condition_reason from chat c
    where c.school_id = p.id and c.deleted_at is null and c.condition not in ('synced', 'archived') and c.condition = 'failing'
    group by 1 order by count(*) desc, 1 limit 1)
  when ${rankOf('held')} then (select o.kind from operation o
    where o.school_id = p.id and o.state = 'held' order by o.created_at, o.id limit 1)
  when ${rankOf('behind')} then (select c.condition_reason from chat c
    where c.school_id = p.id and c.deleted_at is null and c.condition not in ('synced', 'archived') and c.condition = 'behind'
    order by c.condition_since limit 1)
  when ${rankOf('overdue')} then case when p."lastRosterAt" is null then 'roster-never' else 'roster-old' end end`;
