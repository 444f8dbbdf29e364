import { sql } from 'kysely';
import { machineNow } from '../clock.ts';
import type { Sql } from './database.ts';
import { oneRow } from './rows.ts';

/**
 * BullMQ on PostgreSQL keeps its locks by the clients' clocks. Clients whose clocks differ by more than this take
 * jobs from each other.
 */
const CLOCK_SKEW_MS = 2_000;

/** What the database's clock said, and between which moments of this machine's clock. */
interface ToldTime {
  askedMs: number;
  theirsMs: number;
  answeredMs: number;
}

/** Asks the database for its time. `ask` gives milliseconds since the epoch. */
export async function askTime(ask: () => Promise<number>): Promise<ToldTime> {
  const askedMs = machineNow();
  const theirsMs = await ask();
  return { askedMs, theirsMs, answeredMs: machineNow() };
}

/**
 * Compares this machine's own clock with the database's, whatever clock the program was given (reliability 20).
 * @throws where they differ by more than CLOCK_SKEW_MS
 */
export function assertAgree({ askedMs, theirsMs, answeredMs }: ToldTime): void {
  // The database read its clock somewhere between the question and the answer, so only a time outside that span is a
  // difference.
  const skewMs = Math.max(askedMs - theirsMs, theirsMs - answeredMs, 0);
  if (skewMs > CLOCK_SKEW_MS) {
    throw new Error(
      `the clocks of this machine and of PostgreSQL differ by ${Math.round(skewMs / 1000)} s: set them by NTP`,
    );
  }
}

/**
 * Asks the database for its time now and compares the clocks.
 * @throws as `assertAgree` does
 */
export async function assertClocksAgree(db: Sql): Promise<void> {
  const told = await askTime(async () => {
    const { rows } = await sql<{ ms: number }>`
      select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms`.execute(db);
    return oneRow(rows).ms;
  });
  assertAgree(told);
}
