import type { MikroORM, SqlEntityManager } from '@mikro-orm/postgresql';
import { type Kysely, sql } from 'kysely';

/** Where statements run: the pool, or one transaction. */
// biome-ignore lint/suspicious/noExplicitAny: statements are written as SQL; their row types stand beside them.
export type Sql = Kysely<any>;

/** A transaction that lost a race (serialization failure, deadlock) is tried again, whole, this often. */
const TRANSACTION_ATTEMPTS = 5;
const RETRIABLE_STATES = new Set(['40001', '40P01']);

export interface Transaction {
  sql: Sql;
}

/** The one door to PostgreSQL. */
export class Database implements AsyncDisposable {
  readonly orm: MikroORM;
  readonly sql: Sql;

  constructor(orm: MikroORM) {
    this.orm = orm;
    this.sql = orm.em.getKysely() as Sql;
  }

  /** A fresh identity map, one per request or job (a long-lived one reads stale). */
  em(): SqlEntityManager {
    return this.orm.em.fork();
  }

  /**
   * Runs `work` in one transaction. `work` may run more than once (lost races), so it has no effect outside.
   * Never await HTTP inside. Not by the ORM's own transactions: where a connection ends inside one, its rollback
   * fails and the connection is never given back, so an outage of the database would use up the pool for good.
   */
  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.sql.transaction().execute((tx) => work({ sql: tx }));
      } catch (error) {
        if (attempt >= TRANSACTION_ATTEMPTS || !RETRIABLE_STATES.has(stateOf(error))) throw error;
      }
    }
  }

  /** Throws unless the database answers. */
  async ping(): Promise<void> {
    await sql`select 1`.execute(this.sql);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.orm.close(true);
  }
}

/** The SQLSTATE of a database error, wherever the driver put it; empty for others. */
export function stateOf(error: unknown): string {
  for (let e = error; e instanceof Error; e = e.cause) {
    const { code } = e as { code?: unknown };
    if (typeof code === 'string') return code;
  }
  return '';
}

/** No connection, no resources, lost races, shutting down, out of disk, read-only: what time or an operator cures. */
const PASSING_STATES = /^(08|40|53|57|58)|^25006$|^E[A-Z]{3,}$/;
/** The driver gives no code where a connection ends under a statement, or is not to be had in time. */
const PASSING_TEXTS =
  /connection terminated|connection error|client was closed|trying to connect|query read timeout/i;

/** Whether a database error says nothing about the work itself: the same may well succeed later. */
export function isPassing(error: unknown): boolean {
  if (PASSING_STATES.test(stateOf(error))) return true;
  for (let e = error; e instanceof Error; e = e.cause) if (PASSING_TEXTS.test(e.message)) return true;
  return false;
}

/** Holds a school's plan-and-write section: facts, memberships and the outbox of one school change one at a time. */
export async function lockSchool(tx: Sql, schoolId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`school:${schoolId}`}, 0))`.execute(tx);
}

/** `timestamptz` as the driver gives it → ISO 8601 UTC with milliseconds. */
export function instant(value: string): string;
export function instant(value: string | null): string | null;
export function instant(value: string | null): string | null {
  return value === null ? null : new Date(value).toISOString();
}
