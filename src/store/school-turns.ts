/**
 * Holds a school: it has one holder at a time across all processes. Within each process callers take turns in the order
 * in which they came.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { escapeLiteral } from 'pg';
import { codeOf } from '../errors.ts';
import { BusyError } from './busy.ts';
import type { Sql } from './sql.ts';
import { Turns } from './turns.ts';

/** A caller that waits longer for a school is told to come again. A request may take twice as long. */
const WAIT_MS = 15_000;
/** At most this many wait for one school in one process. The others are told at once. */
const WAITERS_MAX = 50;
/** While another process holds the school, a connection waits for it this long at a time. */
const LOOK_MS = 300;
/** Between two such waits no connection is held for this long. */
const PAUSE_MS = 50;
const LOCK_NOT_AVAILABLE = '55P03';

class LockTaken extends Error {}

/**
 * Keeps the turns of schools. One process waits for a school with one connection at most, and not all the time. The
 * other callers wait without a connection.
 */
export class SchoolTurns {
  readonly #schools = new Map<string, Turns>();

  /**
   * Runs `work` in its turn; `work` locks the school first (`lockSchool`).
   * @throws BusyError
   */
  async hold<T>(schoolId: string, work: () => Promise<T>): Promise<T> {
    const turns = this.#schools.get(schoolId) ?? new Turns(1);
    this.#schools.set(schoolId, turns);
    if (turns.waiting >= WAITERS_MAX) throw new BusyError('too many requests wait for this school');
    const endsAtMs = performance.now() + WAIT_MS;
    const letGo = await turns.take(WAIT_MS);
    if (!letGo) throw new BusyError('this school was not free in time');
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
      if (performance.now() >= endsAtMs) throw new BusyError('this school was not free in time');
      await delay(PAUSE_MS);
    }
  }
}

/**
 * Holds a school to the end of the transaction, in one flight to the server.
 * @throws LockTaken where another process holds the school for longer than LOOK_MS
 */
export async function lockSchool(tx: Sql, schoolId: string): Promise<void> {
  const key = escapeLiteral(`school:${schoolId.replaceAll('\0', '')}`);
  try {
    await sql
      .raw(`set local lock_timeout = ${LOOK_MS};
        select pg_advisory_xact_lock(hashtextextended(${key}, 0));
        set local lock_timeout to default`)
      .execute(tx);
  } catch (error) {
    if (codeOf(error) !== LOCK_NOT_AVAILABLE) throw error;
    throw new LockTaken('another process holds this school', { cause: error });
  }
}
