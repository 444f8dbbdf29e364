import type { MikroORM } from '@mikro-orm/postgresql';
import { Kysely, PostgresDialect, sql } from 'kysely';
import type { Pool } from 'pg';
import type { AcrossSchools } from './across-schools.ts';
import { outliveConnections } from './bounded-client.ts';
import { stateOf } from './errors.ts';
import { type ConnectionCounts, type Lanes, lanesOf } from './lanes.ts';
import { createOrm, type OrmOptions, POOL_MAX } from './orm.ts';
import { EVERY_SCHOOL } from './roles.ts';
import { oneRow } from './rows.ts';
import { asRole, doorThrough, inSchool } from './school-driver.ts';
import { lockSchool, SchoolTurns } from './school-turns.ts';
import type { Sql } from './sql.ts';

export type { Sql } from './sql.ts';

/** A transaction that lost a race (serialization failure, deadlock) is tried again, whole, this often. */
const TRANSACTION_ATTEMPTS = 5;
const RETRIABLE_STATES = new Set(['40001', '40P01']);

export interface Transaction {
  sql: Sql;
}

/**
 * The one door to PostgreSQL. What belongs to a school is reached within that school (`of`, `transactionOf`). For the
 * few purposes that `ACROSS_SCHOOLS` lists it is reached across all (`across`, `transactionAcross`). A query that names
 * neither (`ofNone`) finds only tables that belong to no school: the database itself shows it no other rows (rule 16).
 */
export class Database implements AsyncDisposable {
  readonly orm: MikroORM;
  /** For tables of no school: the pace, used tokens. */
  readonly ofNone: Sql;
  readonly #lanes: Lanes;
  readonly #everySchool: Sql;
  readonly #recurring: Sql;
  readonly #turns: SchoolTurns;
  readonly #keepsPlan: boolean;

  private constructor(orm: MikroORM, lanes: Lanes, turns: SchoolTurns, keepsPlan = false) {
    this.orm = orm;
    this.#lanes = lanes;
    this.#turns = turns;
    this.#keepsPlan = keepsPlan;
    this.#everySchool = doorThrough(lanes.all, { ...asRole(EVERY_SCHOOL), keepsPlan });
    this.#recurring = doorThrough(lanes.all, { ...asRole(EVERY_SCHOOL), keepsPlan: true });
    this.ofNone = new Kysely({ dialect: new PostgresDialect({ pool: lanes.all }) });
  }

  /** Connects lazily: the first query opens a connection. */
  static async open(databaseUrl: string, options: OrmOptions = {}): Promise<Database> {
    const orm = await createOrm(databaseUrl, options);
    // Our driver gives its pool of `pg` (school-driver.ts).
    const pool = (await orm.em.getConnection().getNativeClient()) as Pool;
    outliveConnections(pool);
    return new Database(orm, lanesOf(pool, options.poolMax ?? POOL_MAX), new SchoolTurns());
  }

  /**
   * Gives the same database for pages. Pages find connections free, whatever the work waits for (lanes.ts). Their
   * statements are few, large and always the same, so each is planned once on a connection. The statements of work
   * differ in length, so they are not.
   */
  forPages(): Database {
    return new Database(this.orm, this.#lanes.forPages, this.#turns, true);
  }

  /** The connections of this process. */
  connections(): ConnectionCounts {
    return this.#lanes.counts();
  }

  /** Statements within one school, each a transaction of its own. */
  of(schoolId: string): Sql {
    return doorThrough(this.#lanes.of(schoolId), { ...inSchool(schoolId), keepsPlan: this.#keepsPlan });
  }

  /** Statements across all schools, each a transaction of its own. */
  across(_purpose: AcrossSchools): Sql {
    return this.#everySchool;
  }

  /**
   * Does the same for large statements that every process asks again and again in the same words. Each is planned once
   * on a connection. To plan the sweep's costs ten times as much as to run it.
   */
  recurring(_purpose: AcrossSchools): Sql {
    return this.#recurring;
  }

  /**
   * Runs `work` in one transaction within the school. `work` may run again after a lost race, so it has no effect
   * outside. Never await HTTP inside.
   */
  transactionOf<T>(schoolId: string, work: (tx: Transaction) => Promise<T>): Promise<T> {
    return transaction(this.of(schoolId), work);
  }

  /**
   * Does the same while nobody else holds the school, so that its facts, memberships and outbox change one at a time.
   * Throws BusyError where the school is not free in time, or where too many wait for it already.
   */
  holdingSchool<T>(schoolId: string, work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#turns.hold(schoolId, () =>
      this.transactionOf(schoolId, async (tx) => {
        await lockSchool(tx.sql, schoolId);
        return work(tx);
      }),
    );
  }

  /** Does the same for work that also touches rows of no school. */
  holdingSchoolAcross<T>(
    purpose: AcrossSchools,
    schoolId: string,
    work: (tx: Transaction) => Promise<T>,
  ): Promise<T> {
    return this.#turns.hold(schoolId, () =>
      this.transactionAcross(purpose, async (tx) => {
        await lockSchool(tx.sql, schoolId);
        return work(tx);
      }),
    );
  }

  /** Runs `work` in one transaction across all schools. */
  transactionAcross<T>(purpose: AcrossSchools, work: (tx: Transaction) => Promise<T>): Promise<T> {
    return transaction(this.across(purpose), work);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.orm.close(true);
  }
}

/**
 * Uses Kysely's own transactions and not the ORM's (`em.transactional`, `em.begin`), and so no unit of work, which
 * flushes within them. The ORM's hold Kysely's controlled transaction, which gives its connection back only once the
 * rollback is answered. Where the server ends a connection inside one, the rollback fails and its place in the pool is
 * lost, so an outage of the database would use up the pool for good. Seen with MikroORM 7.2.1: in a pool of one
 * connection whose backend was terminated within `em.transactional`, the next statement waited for ever.
 * `transaction().execute` gives the connection back in any case.
 */
async function transaction<T>(db: Sql, work: (tx: Transaction) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction().execute((tx) => work({ sql: tx }));
    } catch (error) {
      if (attempt >= TRANSACTION_ATTEMPTS || !RETRIABLE_STATES.has(stateOf(error))) throw error;
    }
  }
}

/**
 * Lets `work` see all schools within a transaction of one school. Afterwards the transaction sees the one school again.
 * Where `work` throws, the caller must give up the transaction.
 */
export async function beyondSchool<T>(tx: Sql, _purpose: AcrossSchools, work: () => Promise<T>): Promise<T> {
  const { rows } = await sql<{ was: string }>`
    select current_setting('role') as was, set_config('role', ${EVERY_SCHOOL}, true)`.execute(tx);
  const result = await work();
  await sql`select set_config('role', ${oneRow(rows).was}, true)`.execute(tx);
  return result;
}

/** Turns a `timestamptz` as the driver gives it into ISO 8601 UTC with milliseconds. */
export function instant(value: string): string;
export function instant(value: string | null): string | null;
export function instant(value: string | null): string | null {
  return value === null ? null : new Date(value).toISOString();
}

/** Turns a `timestamptz` as the driver gives it into a Date. */
export function instantDate(value: string | null): Date | null {
  return value === null ? null : new Date(value);
}
