/**
 * Shares the connections of one process out, so that nobody waits for another's trouble:
 *
 *   the pool ──┬─ pages: may take any
 *              └─ work: leaves some to the pages ── of one school: leaves some to the other schools
 *
 * A statement that waits for a lock holds its connection as long as it waits. So a school whose rows are locked can
 * keep no more connections than its own share.
 */
import type { PostgresPool } from 'kysely';
import type { Pool } from 'pg';
import { BusyError } from './busy.ts';
import { whenFree } from './patience.ts';
import { Turns } from './turns.ts';

/** A caller that waits longer for a connection is told to come again. */
const WAIT_MS = 10_000;
/** The share of the connections for pages alone. */
const PAGES_SHARE = 1 / 4;
/** The share of work's connections that one school may have. */
const SCHOOL_SHARE = 2 / 3;

/** What the query builder accepts as a pool. */
export type Lane = Required<Pick<PostgresPool, 'connect' | 'end' | 'options'>>;

/** How many connections are open, how many of them nobody uses, and how many callers wait for one. */
export interface ConnectionCounts {
  open: number;
  idle: number;
  waiting: number;
}

export interface Lanes {
  all: Lane;
  counts(): ConnectionCounts;
  of(schoolId: string): Lane;
  /** Lanes of pages, whose places nobody else takes. */
  forPages: Lanes;
}

/**
 * Makes the lanes of a pool with `max` connections.
 * @throws BusyError at a connect that gets no connection in time
 */
export function lanesOf(pool: Pool, max: number): Lanes {
  const every = lane(pool, []);
  const places = Math.max(1, max - Math.max(1, Math.floor(max * PAGES_SHARE)));
  const work = new Turns(places);
  const counts = () => ({
    open: pool.totalCount,
    idle: pool.idleCount,
    waiting: pool.waitingCount + work.waiting,
  });
  const forPages: Lanes = {
    all: every,
    of: () => every,
    counts,
    get forPages() {
      return forPages;
    },
  };
  const bySchool = new Map<string, Turns>();
  const schoolPlaces = Math.max(1, Math.floor(places * SCHOOL_SHARE));
  const enterSchool = async (schoolId: string) => {
    const own = bySchool.get(schoolId) ?? new Turns(schoolPlaces);
    bySchool.set(schoolId, own);
    const letGo = await inTime(own);
    return () => {
      letGo();
      if (own.isIdle) bySchool.delete(schoolId);
    };
  };
  const enter = () => inTime(work);
  return {
    all: lane(pool, [enter]),
    of: (schoolId) => lane(pool, [() => enterSchool(schoolId), enter]),
    counts,
    forPages,
  };
}

/** Takes a place and gives the function that frees it. */
type Enter = () => Promise<() => void>;

async function inTime(turns: Turns): Promise<() => void> {
  const letGo = await turns.take(WAIT_MS);
  if (!letGo) throw new BusyError('no connection to the database was free in time');
  return letGo;
}

function lane(pool: Pool, entries: readonly Enter[]): Lane {
  return {
    options: pool.options,
    // The pool is ended by its owner.
    end: async () => undefined,
    async connect() {
      const held: (() => void)[] = [];
      const letGo = () => {
        for (const release of held.reverse()) release();
      };
      try {
        for (const enter of entries) held.push(await enter());
        const client = await whenFree(() => pool.connect(), WAIT_MS);
        const release = client.release.bind(client);
        return Object.assign(client, {
          release(error?: Error | boolean) {
            release(error);
            letGo();
          },
        });
      } catch (error) {
        letGo();
        throw error;
      }
    },
  };
}
