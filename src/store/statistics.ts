import { sql } from 'kysely';
import type { Sql } from './database.ts';

/**
 * Tells PostgreSQL's planner anew what the tables that a whole school fills hold: half a second for the manual's
 * school, beside which nobody waits. To be called after their bulk changes are committed: until autovacuum comes by, a minute later, the planner
 * takes full tables for empty ones, and pages that need milliseconds take seconds.
 */
export async function refreshStatistics(db: Sql): Promise<void> {
  await sql`select refresh_statistics()`.execute(db);
}
