import { sql } from 'kysely';
import type { Sql } from '../../src/store/database.ts';
import { delayFigures } from '../../src/store/queries/delay-figures.ts';

/** How long chats took to hold what came into force (J9); null where nothing did. */
export interface Delays {
  count: number;
  p50Seconds: number | null;
  p95Seconds: number | null;
  maxSeconds: number | null;
}

/** Of the chats that settled from the day (UTC) of `from` up to `to`; days that are over count as wholes. */
export async function findDelays(db: Sql, schoolId: string, from: Date, to: Date): Promise<Delays> {
  const figures = delayFigures(sql`${schoolId}`, sql`${from}::timestamptz`, sql`${to}::timestamptz`);
  const { rows } = await sql<Delays>`
    select count, p50_ms / 1000 as "p50Seconds", p95_ms / 1000 as "p95Seconds", most_ms / 1000 as "maxSeconds"
    from ${figures} f`.execute(db);
  return rows[0]!;
}
