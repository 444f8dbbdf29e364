/**
 * The embedded PostgreSQL of one DATA_DIR, shared by all processes that start it there.
 *
 *   none ──► starting ──► in use ──► stopped
 *     └──────► attached ────┘
 *
 * none      Under the start lock (the kernel's, which ends with its holder) postmaster.pid is read. It counts only
 *           if its process is a server on this directory. A pid that is dead, a zombie's or a stranger's is stale.
 *           Strangers are never signalled.
 * attached  A server is there, left by a killed process or started by another one. It must answer with our
 *           password and name our data directory. While it starts up or shuts down we wait. If it never answers
 *           we fail, because there must not be two.
 * starting  Otherwise a server is started, in its own session. After a crash it recovers by itself.
 * in use    Each user holds one connection with a shared advisory lock. These locks count the users and go with
 *           them. When the server ends by itself, `lost` resolves. Nobody starts it again behind the application's
 *           back: the application ends loudly (V6), and its supervisor starts everything anew.
 * stopped   The last user stops the server, whichever process started it. The others just leave. A killed user
 *           does not count, so a server without users waits for the next start.
 */
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureDataDir } from '../../data-dir.ts';
import {
  APPLICATION,
  applicationUrl,
  type Cluster,
  ensureApplicationDatabase,
  openCluster,
  ownerUrl,
} from './cluster.ts';
import { pollUntil } from './poll-until.ts';
import {
  isPostmasterOf,
  launchPostmaster,
  type PostmasterFile,
  readPostmasterFile,
  shutDownPostmaster,
} from './postmaster.ts';
import { enterServer, type Presence } from './presence.ts';
import { socketDirectory } from './settings.ts';
import { takeStartLock } from './start-lock.ts';

/** How long a server that was found running may take to answer, because it may be in recovery or shutting down. */
const ANSWER_LIMIT_MS = 45_000;

export type EmbeddedPostgres = {
  /** The address of the application's role, which is no superuser and owns its database. */
  url: string;
  /** The address of the superuser in the same database, for CREATE DATABASE and the like. */
  ownerUrl: string;
  /** Where it also listens by a socket. Null: nowhere. */
  socketDirectory: string | null;
  /** Resolves if the server ends or hangs while we use it; never after `stop`. */
  lost: Promise<Error>;
  /** Leaves the server and ends it if nobody else uses it, in bounded time. May be called again. */
  stop(): Promise<void>;
} & AsyncDisposable;

/**
 * Starts the PostgreSQL of `dataDir` (made where missing), or attaches to the one that runs there already, and makes
 * sure of the application's role and database.
 * `durable: false` is faster, and its data are lost when the machine crashes. It is for tests. An attached server
 * keeps its own choice.
 * @throws within a minute and a half at worst, when no server can be had; the text says why
 */
export async function startEmbeddedPostgres(options: {
  dataDir: string;
  durable?: boolean;
  log?: { info(fields: object, message: string): void };
}): Promise<EmbeddedPostgres> {
  ensureDataDir(options.dataDir);
  const lockFile = join(await realpath(options.dataDir), 'postgres.lock');
  using _lock = await takeStartLock(lockFile);
  const cluster = await openCluster(options.dataDir, options.durable ?? true);
  const lost = Promise.withResolvers<Error>();

  const found = await attach(cluster, lost.resolve);
  const { server, presence } = found ?? (await start(cluster, lost.resolve));
  options.log?.info(
    { pid: server.pid, port: server.port, attached: found !== undefined },
    'embedded PostgreSQL in use',
  );

  const stop = async () => {
    using _lock = await takeStartLock(lockFile);
    const last = await presence.leave();
    if (last) await shutDownPostmaster(server.pid, cluster.directory);
    options.log?.info({ pid: server.pid, stopped: last }, 'embedded PostgreSQL left');
  };
  let stopping: Promise<void> | undefined;
  const stopOnce = () => (stopping ??= stop());
  return {
    url: applicationUrl(cluster, server.port),
    ownerUrl: ownerUrl(cluster, server.port, APPLICATION),
    socketDirectory: socketDirectory(cluster),
    lost: lost.promise,
    stop: stopOnce,
    [Symbol.asyncDispose]: stopOnce,
  };
}

type InUse = { server: PostmasterFile; presence: Presence };

async function attach(cluster: Cluster, onLost: (reason: Error) => void): Promise<InUse | undefined> {
  const { inUse } = await pollUntil('the running PostgreSQL answers', ANSWER_LIMIT_MS, async () => {
    const server = await readPostmasterFile(cluster.directory);
    if (!server || !(await isPostmasterOf(server.pid, cluster.directory))) return { inUse: undefined };
    if (!server.ready) return undefined;
    return { inUse: await use(cluster, server, onLost) };
  });
  return inUse;
}

async function start(cluster: Cluster, onLost: (reason: Error) => void): Promise<InUse> {
  const server = await launchPostmaster(cluster);
  try {
    return await use(cluster, server, onLost);
  } catch (error) {
    await shutDownPostmaster(server.pid, cluster.directory);
    throw error;
  }
}

/** Enters the server first, because that proves that the server is ours. */
async function use(
  cluster: Cluster,
  server: PostmasterFile,
  onLost: (reason: Error) => void,
): Promise<InUse> {
  const presence = await enterServer(cluster, server, onLost);
  try {
    await ensureApplicationDatabase(cluster, server.port);
    return { server, presence };
  } catch (error) {
    await presence.leave();
    throw error;
  }
}
