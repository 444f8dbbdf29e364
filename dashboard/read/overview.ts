/** What «Обзор» shows of a school. Nothing here reads whole lists: what costs that much is counted beforehand (K1). */

import { sql } from 'kysely';
import { instant, type Sql } from '../../src/store/database.ts';
import { oneRow } from '../../src/store/rows.ts';

/** How many people belong somewhere, and how many of them have a linked profile. */
interface Share {
  people: number;
  linked: number;
}

export interface Overview {
  /** False: no chat was ever initialised. */
  isInitialized: boolean;
  /** When СГО wrote the last list; null: none came. */
  rosterTakenAt: string | null;
  /** Chats that are there, and those that are not as the lists say, by condition. */
  chats: { total: number; behind: number; held: number; failing: number; deleting: number };
  /** For each day, the last day last. */
  shares: (Share & { day: string })[];
  /** From the last count. */
  classes: (Share & { id: string; title: string; grade: string | null })[];
  /** The p95 from an order to its chats over 30 days (J9); null: no order. */
  delayMs: number | null;
  /** Signed orders that are not in force yet, and the first day on which one is. */
  ahead: { orders: number; nextDay: string | null };
  /** Chats that followed news of СГО within a day, and the last time one did. */
  followed: { chats: number; at: string | null };
}

/** The trend covers so many days. */
const TREND_DAYS = 90;

/** `today`: the school's own day. */
export async function findOverview(
  db: Sql,
  schoolId: string,
  { today, now }: { today: string; now: Date },
): Promise<Overview> {
  const own = sql`school_id = ${schoolId} and deleted_at is null`;
  const { rows } = await sql<Overview>`
    select cardinality(s.switched_on) > 0 as "isInitialized", s.roster_taken_at as "rosterTakenAt",
      (select jsonb_build_object('total', (select count(*) from chat where ${own}),
          'behind', count(*) filter (where condition = 'behind'), 'held', count(*) filter (where condition = 'held'),
          'failing', count(*) filter (where condition = 'failing'),
          'deleting', count(*) filter (where condition = 'deleting'))
        from chat where ${own} and condition not in ('synced', 'archived')) as chats,
      (select coalesce(jsonb_agg(jsonb_build_object('day', day, 'people', people, 'linked', linked) order by day), '[]')
        from school_figures where school_id = s.id and day > ${today}::date - ${TREND_DAYS}::int) as shares,
      (select coalesce(jsonb_agg(jsonb_build_object('id', k.id, 'title', k.title, 'grade', k.grade, 'people', f.people,
          'linked', f.linked)), '[]')
        from jsonb_to_recordset(last.by_class) as f("classId" text, people int, linked int)
          join class k on k.school_id = s.id and k.id = f."classId" and k.present) as classes,
      last.delay_ms as "delayMs",
      (select jsonb_build_object('orders', count(*), 'nextDay', min(effective_on)) from roster_order
        where school_id = s.id and effective_on > ${today}::date and issued_at is not null and cancelled_at is null) as ahead,
      (select jsonb_build_object('chats', count(distinct chat_id), 'at', max(settled_at)) from order_delay
        where school_id = s.id and settled_at > ${now}::timestamptz - interval '1 day') as followed
    from school s left join lateral (select by_class, delay_ms from school_figures
      where school_id = s.id order by day desc limit 1) last on true
    where s.id = ${schoolId}`.execute(db);
  const { rosterTakenAt, followed, ...found } = oneRow(rows);
  return {
    ...found,
    rosterTakenAt: instant(rosterTakenAt),
    followed: { ...followed, at: instant(followed.at) },
  };
}

/** Counts the people and classes of the lists, for a school that has no chats yet. */
export async function countListed(db: Sql, schoolId: string): Promise<{ people: number; classes: number }> {
  const { rows } = await sql<{ people: number; classes: number }>`
    select (select count(*)::int from person where school_id = ${schoolId} and present) as people,
      (select count(*)::int from class where school_id = ${schoolId} and present) as classes`.execute(db);
  return oneRow(rows);
}
