import { sql } from 'kysely';
import type { Sql } from './database.ts';

/**
 * Refreshes the planner's statistics of the tables that have changed much. Until autovacuum comes by, a minute after
 * a whole school has filled them, the planner takes full tables for empty ones. Pages that need milliseconds then
 * take seconds.
 * Nobody waits for the refresh, and one process at a time does it.
 */
export async function refreshStatistics(db: Sql): Promise<void> {
  await sql`select refresh_statistics()`.execute(db);
}
