import { sql } from 'kysely';
import { machineNow } from '../clock.ts';
import type { Sql } from './database.ts';

/** BullMQ on PostgreSQL keeps its locks by the clients' clocks: with more than this they take jobs from each other. */
const CLOCK_SKEW_MS = 2_000;

/**
 * Throws where this machine's clock and the database's differ by more than CLOCK_SKEW_MS (scenario 20). It is the
 * machine's own clock that counts, whatever clock the program was given.
 */
export async function assertClocksAgree(db: Sql): Promise<void> {
  const askedMs = machineNow();
  const { rows } = await sql<{ ms: number }>`
    select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms`.execute(db);
  const theirsMs = rows[0]!.ms;
  // Somewhere between the question and the answer the clocks were compared.
  const skewMs = Math.max(askedMs - theirsMs, theirsMs - machineNow(), 0);
  if (skewMs > CLOCK_SKEW_MS) {
    throw new Error(
      `the clocks of this machine and of PostgreSQL differ by ${Math.round(skewMs / 1000)} s: set them by NTP`,
    );
  }
}
