import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  PostgresDialect,
  type QueryResult,
} from 'kysely';
import pg, { type PoolClient } from 'pg';
import type { Lane } from './lanes.ts';
import type { PreparingClient } from './preparing-client.ts';
import type { Setting } from './setting.ts';

/**
 * Makes a door to one lane. Every statement through it stands in a transaction with this setting. The setting ends with
 * the transaction, so a connection that is given back carries nothing.
 */
export function doorThrough<Tables>(pool: Lane, setting: Setting): Kysely<Tables> {
  const dialect = new PostgresDialect({ pool });
  return new Kysely({
    dialect: {
      createAdapter: () => dialect.createAdapter(),
      createDriver: () => new SettingDriver(pool, setting),
      createIntrospector: (db) => dialect.createIntrospector(db),
      createQueryCompiler: () => dialect.createQueryCompiler(),
    },
  });
}

/** The setting under which a transaction sees the rows of this school and no others. */
export function inSchool(schoolId: string): Setting {
  // A text with NUL cannot be an id, nor be sent; the empty one is no school's.
  return { name: 'app.school', value: schoolId.includes('\0') ? '' : schoolId };
}

/** The setting under which a transaction has this role. */
export function asRole(role: string): Setting {
  return { name: 'role', value: role };
}

class SettingDriver implements Driver {
  readonly #pool: Lane;
  readonly #setting: Setting;

  constructor(pool: Lane, setting: Setting) {
    this.#pool = pool;
    this.#setting = setting;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<Connection> {
    // The pool makes clients of this class.
    return new Connection((await this.#pool.connect()) as PoolClient & PreparingClient, this.#setting);
  }

  async beginTransaction(connection: Connection): Promise<void> {
    await connection.begin();
  }

  async commitTransaction(connection: Connection): Promise<void> {
    await connection.end('commit');
  }

  async rollbackTransaction(connection: Connection): Promise<void> {
    await connection.end('rollback');
  }

  async releaseConnection(connection: Connection): Promise<void> {
    connection.release();
  }

  /** The owner of the lane ends it. */
  async destroy(): Promise<void> {}
}

class Connection implements DatabaseConnection {
  readonly #client: PoolClient & PreparingClient;
  readonly #setting: Setting;
  #isInside = false;

  constructor(client: PoolClient & PreparingClient, setting: Setting) {
    this.#client = client;
    this.#setting = setting;
  }

  async begin(): Promise<void> {
    this.#isInside = true;
    const { name, value } = this.#setting;
    await this.#client.query(`begin; set local ${name} = ${pg.escapeLiteral(value)}`);
  }

  async end(how: 'commit' | 'rollback'): Promise<void> {
    this.#isInside = false;
    await this.#client.query(how);
  }

  release(): void {
    this.#client.release();
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const { rowCount, rows } = this.#isInside
      ? await this.#client.query(sql, [...parameters])
      : await this.#client.queryUnder(this.#setting, sql, parameters);
    return { rows, numAffectedRows: BigInt(rowCount ?? 0) };
  }

  streamQuery(): never {
    throw new Error('rows are not streamed through this door');
  }
}
