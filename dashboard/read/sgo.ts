/** What СГО has sent last: of one school, or of all. */
import { sql } from 'kysely';
import { instant, type Sql } from '../../src/store/database.ts';

export interface LastSent {
  event: { type: string; receivedAt: string } | null;
  list: { takenAt: string | null; receivedAt: string; state: string } | null;
}

/** `schoolId`: null for all schools. The newest event of each is found by its index. */
export async function lastSent(db: Sql, schoolId: string | null): Promise<LastSent> {
  const newest = sql`select type, received_at from received_event where school_id = s.id
    order by received_at desc limit 1`;
  const isAsked = schoolId === null ? sql`true` : sql`s.id = ${schoolId}`;
  const { rows: events } = await sql<{ type: string; receivedAt: string }>`
    select e.type, e.received_at as "receivedAt" from school s cross join lateral (${newest}) e
    where ${isAsked} order by e.received_at desc limit 1`.execute(db);
  const { rows: lists } = await sql<{ takenAt: string | null; receivedAt: string; state: string }>`
    select params->>'takenAt' as "takenAt", created_at as "receivedAt", state from operation
    where kind = 'roster-import' and school_id ${schoolId === null ? sql`is not null` : sql`= ${schoolId}`}
    order by created_at desc, id desc limit 1`.execute(db);
  const [event = null] = events;
  const [list = null] = lists;
  return {
    event: event && { ...event, receivedAt: instant(event.receivedAt) },
    list: list && { ...list, receivedAt: instant(list.receivedAt) },
  };
}
