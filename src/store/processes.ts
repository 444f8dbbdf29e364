import { type RawBuilder, sql } from 'kysely';
import type { Sql } from './database.ts';
import { oneRow } from './rows.ts';

/** A process as the others see it. */
export interface ThisProcess {
  id: string;
  role: string;
  /** The connections to PostgreSQL that the process may open at most. */
  connections: number;
  /** What the process tells of itself. */
  figures: () => object;
}

/** A process that was not seen for this long is gone. */
const GONE_AFTER = sql`interval '2 minutes'`;

/** True in SQL where a row of `process` gave a sign of life lately. */
const isAlive = sql<boolean>`(seen_at > clock_timestamp() - ${GONE_AFTER})`;

/** True in SQL where a row of `process` carries jobs. */
export const isWorker = sql<boolean>`(role in ('all', 'worker') and ${isAlive})`;

/** An alert about silent processes must come within two minutes, so figures count no longer than this. */
const SILENT_AFTER = sql`interval '45 seconds'`;

/** True in SQL where a row of `process` gave a sign of life so lately that the process surely works. */
export const isHeard = sql<boolean>`(seen_at > clock_timestamp() - ${SILENT_AFTER})`;

/**
 * Notes that this process is alive, and gives the database's time in milliseconds since the epoch. It writes, so it
 * fails where the database only reads.
 */
export async function beat(db: Sql, { id, role, connections, figures }: ThisProcess): Promise<number> {
  const { rows } = await sql<{ ms: number }>`
    insert into process (id, role, connections, seen_at, figures)
      values (${id}, ${role}, ${connections}, clock_timestamp(), ${JSON.stringify(figures())}::jsonb)
    on conflict (id) do update set seen_at = excluded.seen_at, figures = excluded.figures
    returning (extract(epoch from clock_timestamp()) * 1000)::float8 as ms`.execute(db);
  return oneRow(rows).ms;
}

/** A process that ended without leaving is told of for so long. */
const MISSED_FOR = sql`interval '1 day'`;

/**
 * Gives in SQL the processes that carried jobs and fell silent without leaving, each with the time it was seen last. A
 * process in whose place another has started since is not among them.
 */
export const silentWorkers = (silentMs: number): RawBuilder<unknown> =>
  sql`select dead.id, dead.seen_at from process dead where dead.role in ('all', 'worker')
    and dead.seen_at between clock_timestamp() - ${MISSED_FOR}
      and clock_timestamp() - interval '1 millisecond' * ${silentMs}::float8
    and not exists (select from process fresh where fresh.role in ('all', 'worker')
      and fresh.started_at > dead.seen_at)`;

/**
 * Removes this process and others that were not seen for long. It also removes those that fell silent before it
 * started. It has replaced them, and once its own row is gone they would count as missed again.
 */
export async function leave(db: Sql, { id }: Pick<ThisProcess, 'id'>): Promise<void> {
  await sql`delete from process where id = ${id} or seen_at < clock_timestamp() - ${GONE_AFTER}
    or seen_at < (select own.started_at from process own where own.id = ${id})`.execute(db);
}

/**
 * Gives how many processes there are, this one included, how many connections they may open, and how many the server
 * allows.
 */
export async function processesNow(
  db: Sql,
): Promise<{ processes: number; connections: number; allowed: number }> {
  const { rows } = await sql<{ processes: number; connections: number; allowed: number }>`
    select count(*)::int as processes, coalesce(sum(connections), 0)::int as connections,
      current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
        - coalesce(current_setting('reserved_connections', true)::int, 0) as allowed
    from process where ${isAlive}`.execute(db);
  return oneRow(rows);
}
