import { Pool, type PoolClient } from 'pg';
import {
  BoundedClient,
  IDLE_TIMEOUT_MS,
  KEEP_ALIVE_AFTER_MS,
  outliveConnections,
  SERVER_KEEP_ALIVE,
  type SessionSettings,
} from './bounded-client.ts';
import { QUEUE_SCHEMA } from './migrate.ts';
import { whenFree } from './patience.ts';
import { APP_ROLE } from './roles.ts';

const CONNECT_TIMEOUT_MS = 10_000;
const COMMAND_TIMEOUT_MS = 10_000;

/** A command that a crash of the server loses is given again by the sweep, so nobody needs to wait for the disk. */
const SESSION: SessionSettings = {
  ...{ synchronous_commit: 'off', role: APP_ROLE, search_path: QUEUE_SCHEMA },
  ...{ statement_timeout: COMMAND_TIMEOUT_MS, ...SERVER_KEEP_ALIVE },
};

/** The connections of all queues and workers of one process, where the queue lives in PostgreSQL. */
export class QueuePool extends Pool implements AsyncDisposable {
  constructor(databaseUrl: string, max: number) {
    super({
      connectionString: databaseUrl,
      max,
      Client: BoundedClient,
      ...{ session: SESSION },
      idleTimeoutMillis: IDLE_TIMEOUT_MS,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: COMMAND_TIMEOUT_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
      application_name: 'sferum-sync queue',
    });
    outliveConnections(this);
  }

  // biome-ignore lint/suspicious/noExplicitAny: by a promise, or by a callback, as the driver's own.
  override connect(callback?: any): any {
    const connecting = whenFree(() => super.connect(), CONNECT_TIMEOUT_MS);
    if (!callback) return connecting;
    connecting.then(
      (client: PoolClient) => callback(undefined, client, client.release),
      (error: unknown) => callback(error, undefined, () => undefined),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }
}
