import type { Client } from 'pg';
import { singleClient } from '../single-client.ts';
import { type Cluster, ownerUrl } from './cluster.ts';
import { FatalError, pollUntil } from './poll-until.ts';
import { isPostmasterOf, type PostmasterFile } from './postmaster.ts';

/** The advisory lock that every process using the server shares. Any number serves that nobody else takes here. */
const USERS_LOCK = 7_201_937;
const CONNECT_LIMIT_MS = 5_000;
/** A server that lost one of its processes restarts by itself and throws everybody out for a moment. */
const RETURN_LIMIT_MS = 30_000;
const WRONG_PASSWORD = '28P01';

/** Our connection to the server. By it the server counts us among its users, and we notice the server's end. */
export type Presence = {
  /**
   * Leaves the server. Gives whether nobody else uses it. Call under the start lock, so that nobody can come in
   * meanwhile.
   */
  leave(): Promise<boolean>;
};

/**
 * Enters the server and insists that it is the one of this cluster. `onLost` is called once, when the server has
 * ended or answers no more.
 * @throws FatalError where waiting cannot help
 */
export async function enterServer(
  cluster: Cluster,
  server: PostmasterFile,
  onLost: (reason: Error) => void,
): Promise<Presence> {
  let leaving = false;
  const enter = async (): Promise<Client> => {
    const client = await connect(cluster, server);
    client.once('end', () => {
      if (leaving) return;
      entered = comeBack();
      entered.catch((error) => {
        if (!leaving) onLost(error);
      });
    });
    return client;
  };
  const comeBack = (): Promise<Client> =>
    pollUntil('PostgreSQL answers again', RETURN_LIMIT_MS, async () => {
      if (await isPostmasterOf(server.pid, cluster.directory)) return enter();
      throw new FatalError(`PostgreSQL has ended by itself; its log is ${cluster.logFile}`);
    });
  let entered = Promise.resolve(await enter());

  return {
    async leave() {
      leaving = true;
      try {
        const client = await entered;
        const alone = await askWhetherAlone(client);
        await client.end();
        return alone;
      } catch {
        return true; // A server that does not answer serves nobody.
      }
    },
  };
}

async function connect(cluster: Cluster, server: PostmasterFile): Promise<Client> {
  const client = singleClient({
    connectionString: ownerUrl(cluster, server.port, 'postgres'),
    application_name: 'sferum-sync presence',
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
  });
  try {
    await client.connect();
    const { rows } = await client.query<{ directory: string }>(
      `select current_setting('data_directory') as directory, pg_advisory_lock_shared($1)`,
      [USERS_LOCK],
    );
    if (rows[0]?.directory === cluster.directory) return client;
    throw new FatalError(
      `the PostgreSQL at port ${server.port} serves another directory: ${rows[0]?.directory}`,
    );
  } catch (error) {
    await client.end().catch(() => {});
    if (error instanceof Error && 'code' in error && error.code === WRONG_PASSWORD) {
      throw new FatalError(`the PostgreSQL of ${cluster.directory} runs with another password`, {
        cause: error,
      });
    }
    throw error;
  }
}

async function askWhetherAlone(client: Client): Promise<boolean> {
  await client.query('select pg_advisory_unlock_shared($1)', [USERS_LOCK]);
  const { rows } = await client.query<{ alone: boolean }>('select pg_try_advisory_lock($1) as alone', [
    USERS_LOCK,
  ]);
  return rows[0]?.alone === true;
}
