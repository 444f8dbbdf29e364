import type { MigrationObject } from '@mikro-orm/core';
import { Migrator } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';
import {
  IDLE_TIMEOUT_MS,
  KEEP_ALIVE_AFTER_MS,
  SERVER_KEEP_ALIVE,
  type SessionSettings,
} from './bounded-client.ts';
import type { ENTITIES } from './entities.ts';
import { PreparingClient } from './preparing-client.ts';
import { APP_ROLE } from './roles.ts';

/**
 * Nothing may wait for ever on a database that hangs, is not there, or is cut off by a silent network. Together these
 * limits leave what is stuck behind within a minute (V6).
 */
const STATEMENT_TIMEOUT_MS = 25_000;
const CONNECT_TIMEOUT_MS = 10_000;
const ANSWER_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + 2_000;
/** No transaction waits for HTTP. One that stands still this long belongs to a stopped process, and is ended. */
const IDLE_IN_TRANSACTION_MS = 30_000;
const LOCK_TIMEOUT_MS = 10_000;

const OF_THE_APPLICATION: SessionSettings = {
  role: APP_ROLE,
  statement_timeout: STATEMENT_TIMEOUT_MS,
  idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
};

/** The number of connections where no other is given. */
export const POOL_MAX = 20;

export interface OrmOptions {
  /** Connections of one process. Each running statement or transaction holds one. */
  poolMax?: number;
  /** What its migrator runs. */
  migrations?: readonly MigrationObject[];
  /** Connects as the role that owns the tables, for migrations, and takes on no role of the application's. */
  asOwner?: boolean;
  /**
   * How long a statement waits for a row or a table that another one holds. It waits with a connection and holds up
   * those that come after it.
   */
  lockTimeoutMs?: number;
  /**
   * The tables that the ORM is asked about (entities.ts). The program itself needs only its pool and its migrations.
   * To look at all entities would cost each start 0.15 s.
   */
  entities?: typeof ENTITIES;
}

/** Makes the ORM. It connects lazily: the first query opens a connection. */
export async function createOrm(databaseUrl: string, options: OrmOptions = {}): Promise<MikroORM> {
  return MikroORM.init({
    clientUrl: databaseUrl,
    entities: [...(options.entities ?? [])],
    discovery: { warnWhenNoEntities: false },
    extensions: [Migrator],
    migrations: { migrationsList: [...(options.migrations ?? [])], snapshot: false },
    // The queue's own tables live in schema `bullmq`; a schema diff must never drop them.
    schemaGenerator: { ignoreSchema: ['bullmq'] },
    pool: { min: 0, max: options.poolMax ?? POOL_MAX, idleTimeoutMillis: IDLE_TIMEOUT_MS },
    driverOptions: {
      // The ORM itself drops what the address asks for in its query, TLS too. The driver reads it.
      connectionString: databaseUrl,
      Client: PreparingClient,
      application_name: 'sferum-sync',
      session: {
        ...(options.asOwner ? {} : OF_THE_APPLICATION),
        ...{ timezone: 'UTC', lock_timeout: options.lockTimeoutMs ?? LOCK_TIMEOUT_MS, ...SERVER_KEEP_ALIVE },
      } satisfies SessionSettings,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      // A migration may take any time.
      ...(options.asOwner ? {} : { query_timeout: ANSWER_TIMEOUT_MS }),
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
      // A statement is sent before the last one is answered (school-driver.ts).
      pipeline: true,
    },
    forceUtcTimezone: true,
    logger: () => undefined,
    contextName: 'sferum-sync',
  });
}
