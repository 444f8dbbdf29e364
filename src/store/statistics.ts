import { sql } from 'kysely';
import type { Sql } from './database.ts';

/**
 * Tells PostgreSQL's planner anew what those tables hold that have changed much. Until autovacuum comes by, a minute
 * after a whole school has filled them, the planner takes full tables for empty ones, and pages that need milliseconds
 * take seconds. Nobody waits for it, and one process at a time does it.
 */
export async function refreshStatistics(db: Sql): Promise<void> {
  await sql`select refresh_statistics()`.execute(db);
}
