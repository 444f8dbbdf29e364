/** Holding a school: one at a time across all processes, and in each of them in the order of coming. */
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { escapeLiteral } from 'pg';
import { BusyError } from './busy.ts';
import type { Sql } from './sql.ts';
import { Turns } from './turns.ts';

/** Who waits longer for a school is told to come again; a request may take twice as long. */
const WAIT_MS = 15_000;
/** So many wait for one school in one process; the others are told at once. */
const WAITERS_MAX = 50;
/** Another process that holds the school is waited for with a connection so long at a time … */
const LOOK_MS = 300;
/** … and without one in between. */
const PAUSE_MS = 50;
const LOCK_NOT_AVAILABLE = '55P03';

class LockTaken extends Error {}

/** One process waits for a school with one connection at most, and not all the time; the others wait without. */
export class SchoolTurns {
  readonly #schools = new Map<string, Turns>();

  /** Runs `work`, which locks the school first (`lockSchool`), in its turn. Throws BusyError. */
  async hold<T>(schoolId: string, work: () => Promise<T>): Promise<T> {
    const turns = this.#schools.get(schoolId) ?? new Turns(1);
    this.#schools.set(schoolId, turns);
    if (turns.waiting >= WAITERS_MAX) throw new BusyError('too many wait for this school');
    const endsAtMs = performance.now() + WAIT_MS;
    const letGo = await turns.take(WAIT_MS);
    if (!letGo) throw new BusyError('this school was not to be had in time');
    try {
      return await untilLocked(work, endsAtMs);
    } finally {
      letGo();
      if (turns.isIdle) this.#schools.delete(schoolId);
    }
  }
}

async function untilLocked<T>(work: () => Promise<T>, endsAtMs: number): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof LockTaken)) throw error;
      if (performance.now() >= endsAtMs) throw new BusyError('this school was not to be had in time');
      await delay(PAUSE_MS);
    }
  }
}

/** Holds a school to the end of the transaction. One flight to the server; throws where another holds it for long. */
export async function lockSchool(tx: Sql, schoolId: string): Promise<void> {
  const key = escapeLiteral(`school:${schoolId.replaceAll('\0', '')}`);
  try {
    await sql
      .raw(`set local lock_timeout = ${LOOK_MS};
        select pg_advisory_xact_lock(hashtextextended(${key}, 0));
        set local lock_timeout to default`)
      .execute(tx);
  } catch (error) {
    if ((error as { code?: string }).code !== LOCK_NOT_AVAILABLE) throw error;
    throw new LockTaken('another process holds this school', { cause: error });
  }
}
