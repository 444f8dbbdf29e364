/**
 * The parts of the object graph that stand between the process and what is outside: database, queue, Sferum. Each is
 * given to the stack as soon as it is open, so that a start that fails later stops it.
 */

import { join } from 'node:path';
import type { Logger } from 'pino';
import { QUEUE_NAMES } from '../jobs/contract.ts';
import { openQueues, type Queues } from '../jobs/queues.ts';
import type { AppRole } from './app-role.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { ensureDataDir } from './data-dir.ts';
import { codeOf } from './errors.ts';
import { linkCheck } from './sferum/links.ts';
import type { createSandbox, Listening, Sandbox } from './sferum/sandbox/sandbox.ts';
import type { VkLimits } from './sferum/vk/limits.ts';
import { createVkGateway } from './sferum/vk/vk-gateway.ts';
import { assertClocksAgree } from './store/clocks.ts';
import { shareOut } from './store/connections.ts';
import { Database } from './store/database.ts';
import { startEmbeddedPostgres } from './store/embedded-postgres/start.ts';
import { assertMigrated, migrate } from './store/migrate.ts';
import { QueuePool } from './store/queue-pool.ts';
import { postgresPace } from './store/token-pace.ts';
import { sure } from './sure.ts';
import { sferumCalls } from './traces/sferum-calls.ts';
import { NO_TRACES, type Traces } from './traces/span.ts';

/** A start that migrates gives up and says why before its own time is over. */
const MIGRATION_PATIENCE_MS = 40_000;

const NEVER = new Promise<never>(() => undefined);

export interface Store {
  url: string;
  db: Database;
  connections: ReturnType<typeof shareOut>;
  /** Resolves when the server that this process has started is gone. */
  lost: Promise<Error>;
}

/** Opens the database, migrated or known to be migrated, and shares out the connections. */
export async function openStore(
  parts: AsyncDisposableStack,
  {
    config,
    role,
    log,
    before,
  }: {
    config: Config;
    role: AppRole;
    log: Logger;
    before: ((ownerUrl: string) => Promise<void>) | undefined;
  },
): Promise<Store> {
  const embedded = config.database.url
    ? null
    : parts.use(await startEmbeddedPostgres({ dataDir: config.dataDir, log }));
  const url = config.database.url ?? sure(embedded).url;
  await before?.(url);
  await (role.migrates
    ? migrate(config.database.migrationUrl ?? url, url, {
        say: (text) => log.warn(text),
        patienceMs: MIGRATION_PATIENCE_MS,
      })
    : assertMigrated(url));
  const connections = shareOut(config.limits.databaseConnections, {
    queueInPostgres: config.redisUrl === null,
    listening: role.workers && config.redisUrl === null ? QUEUE_NAMES.length : 0,
  });
  const db = parts.use(await Database.open(url, { poolMax: connections.database }));
  await assertClocksAgree(db.ofNone);
  return { url, db, connections, lost: embedded?.lost ?? NEVER };
}

/** Opens the way of traces. Their packages are loaded only where an address is set. */
export async function openTraces(
  parts: AsyncDisposableStack,
  { config, role, log }: { config: Config; role: AppRole; log: Logger },
): Promise<Traces> {
  if (config.traces === null) return NO_TRACES;
  const { openOtlp } = await import('./traces/otlp.ts');
  return parts.use(
    openOtlp({ ...config.traces, role: role.name }, (error) =>
      log.warn({ error: error.name, code: codeOf(error) }, 'traces are not taken; work goes on without them'),
    ),
  );
}

export interface Sferum {
  /** The sandbox; null where SFERUM_API_URL is set. */
  sandbox: Sandbox | null;
  gateway: ReturnType<typeof createVkGateway>;
  leadsToSferum: ReturnType<typeof linkCheck>;
  places: ReturnType<typeof placesOf>;
}

/** Opens the way to Sferum, or to a sandbox in this process where no address is set. */
export async function openSferum(
  parts: AsyncDisposableStack,
  {
    config,
    db,
    standIn,
    vkLimits,
    traces,
    ...given
  }: {
    config: Config;
    db: Database;
    clock: Clock;
    random: () => number;
    log: Logger;
    standIn: Partial<Parameters<typeof createSandbox>[0]> | undefined;
    vkLimits: Partial<VkLimits> | undefined;
    onCall: NonNullable<Parameters<typeof createVkGateway>[0]['onCall']>;
    traces: Traces;
  },
): Promise<Sferum> {
  if (!config.sferum.apiUrl) ensureDataDir(config.dataDir);
  const sandbox = config.sferum.apiUrl
    ? null
    : // The sandbox is loaded only where it is asked for, because a production install has no such files.
      (await import('./sferum/sandbox/sandbox.ts')).createSandbox({
        now: given.clock.now,
        random: given.random,
        stateFile: join(config.dataDir, 'sandbox.json'),
        ...standIn,
      });
  if (sandbox) parts.defer(() => sandbox.close());
  const listening = sandbox && (await listenBeside(sandbox, config.port));
  const baseUrl = config.sferum.apiUrl ?? sure(listening).url;
  const places = placesOf(config, listening?.origin ?? null);
  const leadsToSferum = linkCheck([baseUrl, ...(places.messengerUrl ? [places.messengerUrl] : [])]);
  const gateway = parts.use(
    createVkGateway({
      ...{ ...given, leadsToSferum, baseUrl, pace: postgresPace(db.ofNone) },
      ...(traces.isOn ? { traces: sferumCalls(traces) } : {}),
      limits: { requestTimeoutMs: config.limits.sferumTimeoutMs, ...vkLimits },
    }),
  );
  return { sandbox, gateway, leadsToSferum, places };
}

/** Opens the queue, in Redis where its address is set, else in the database. */
export async function openQueue(
  parts: AsyncDisposableStack,
  { config, store, log }: { config: Config; store: Store; log: Logger },
): Promise<Queues> {
  const backend = config.redisUrl
    ? { redisUrl: config.redisUrl }
    : { postgres: parts.use(new QueuePool(store.url, store.connections.queue)) };
  return parts.use(
    await openQueues(backend, {
      onError: (error) => log.error({ error: error.message }, 'the queue reports trouble'),
      onWarning: (text) => log.warn(text),
    }),
  );
}

/**
 * Listens on the port after ours, so that links which people were given outlive a restart. Where that port is taken, it
 * listens on any other.
 */
async function listenBeside(sandbox: Sandbox, port: number): Promise<Listening> {
  if (port === 0) return sandbox.listen();
  return sandbox.listen(port + 1).catch(() => sandbox.listen());
}

/**
 * Gives the addresses of VK ID and of the messenger. Given ones come first, and the sandbox stands in for those that
 * are missing.
 */
function placesOf({ vkId, messengerUrl }: Config, sandboxOrigin: string | null) {
  const vkIdUrl = vkId.url ?? sandboxOrigin;
  const messenger = messengerUrl ?? (sandboxOrigin && `${sandboxOrigin}/messenger`);
  return { ...(vkIdUrl ? { vkIdUrl } : {}), ...(messenger ? { messengerUrl: messenger } : {}) };
}
