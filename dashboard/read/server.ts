/** What operators see of the service itself: processes, waiting work, pace, and what Sferum refuses. */

import { sql } from 'kysely';
import type { RecentFigures } from '../../src/recent-calls.ts';
import { instant, type Sql } from '../../src/store/database.ts';
import { oneRow } from '../../src/store/rows.ts';

export interface ProcessItem {
  id: string;
  role: string;
  startedAt: string;
  /** Ms since its last sign of life. */
  silentMs: number;
  figures: Partial<RecentFigures>;
}

/** Gives the processes that were seen lately. Those that gave a sign of life last come last. */
export async function listProcesses(db: Sql): Promise<ProcessItem[]> {
  const { rows } = await sql<ProcessItem>`
    select id, role, started_at as "startedAt", figures,
      (extract(epoch from clock_timestamp() - seen_at) * 1000)::float8 as "silentMs"
    from process order by role, started_at, id`.execute(db);
  return rows.map((row) => ({
    ...row,
    startedAt: instant(row.startedAt),
    silentMs: Math.max(0, row.silentMs),
  }));
}

export interface WaitingWork {
  /** Chats that a change has not reached, in schools whose account works. */
  chats: number;
  oldestSince: string | null;
  /** How long the oldest of them has waited, by the database's clock. 0: nothing waits. */
  oldestSeconds: number;
  /** Operations that run or wait for their turn. */
  operations: number;
  /** Requests a second that all accounts together may send. */
  allowedPerSecond: number;
  accounts: number;
  /** Tokens that Sferum has asked to wait. */
  pausedTokens: number;
}

/** Counts the work of all connected schools that waits for Sferum. */
export async function waitingWork(db: Sql): Promise<WaitingWork> {
  const { rows } = await sql<WaitingWork>`
    select count(c.id)::int as chats, min(c.condition_since) as "oldestSince",
      coalesce(extract(epoch from clock_timestamp() - min(c.condition_since)), 0)::float8 as "oldestSeconds",
      (select count(*)::int from operation where state in ('queued', 'running')) as operations,
      (select coalesce(sum(requests_per_second), 0)::float8 from sferum_account where status = 'ok') as "allowedPerSecond",
      (select count(*)::int from sferum_account where status = 'ok') as accounts,
      (select count(*)::int from sferum_pace where paused_until > clock_timestamp()) as "pausedTokens"
    from chat c join sferum_account a on a.school_id = c.school_id and a.status = 'ok'
    where c.deleted_at is null and c.condition not in ('synced', 'archived') and c.condition = 'behind'`.execute(
    db,
  );
  const { oldestSince, ...work } = oneRow(rows);
  return { ...work, oldestSince: oldestSince === null ? null : instant(oldestSince) };
}

export interface LaggingSchool {
  id: string;
  name: string;
  since: string;
  chats: number;
}

/**
 * Gives the schools whose changes wait longest. A school whose account does not work is left out, because its state
 * says so (schools.ts).
 */
export async function slowestSchools(db: Sql, most: number): Promise<LaggingSchool[]> {
  const { rows } = await sql<LaggingSchool>`
    select s.id, s.name, o.since, o.chats from (
      select school_id, min(condition_since) as since, count(*)::int as chats from chat
      where deleted_at is null and condition not in ('synced', 'archived') and condition = 'behind' group by school_id) o
      join school s on s.id = o.school_id join sferum_account a on a.school_id = s.id and a.status = 'ok'
    order by o.since, s.name_key collate "C", s.id limit ${most}`.execute(db);
  return rows.map((row) => ({ ...row, since: instant(row.since) }));
}
