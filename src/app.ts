import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { createHttp } from '../dashboard/http.ts';
import { createRates } from '../dashboard/rates.ts';
import { QUEUE_NAMES } from '../jobs/contract.ts';
import { openQueues, type Queues } from '../jobs/queues.ts';
import { startWorkers } from '../workers/start-workers.ts';
import { BulkInHand } from './bulk-in-hand.ts';
import { type Clock, systemClock } from './clock.ts';
import { commandsOf } from './commands.ts';
import type { Config } from './config.ts';
import type { Context } from './context.ts';
import { ensureDataDir } from './data-dir.ts';
import { startEnding } from './ending/end-due.ts';
import { startDayTick } from './follow/day-tick.ts';
import { createLog } from './log.ts';
import { createMetrics } from './metrics.ts';
import { connectSandboxSchools } from './operations/connect-sandbox.ts';
import { type RelayLoop, startRelayLoop } from './outbox/relay-loop.ts';
import { RecentCalls } from './recent-calls.ts';
import { sayConnections } from './say-connections.ts';
import { SecretBox } from './secrets.ts';
import { linkCheck } from './sferum/links.ts';
import type { createSandbox, Listening, Sandbox } from './sferum/sandbox/sandbox.ts';
import { createVkGateway } from './sferum/vk/vk-gateway.ts';
import { AccessLog } from './store/access-log.ts';
import { assertClocksAgree } from './store/clocks.ts';
import { shareOut } from './store/connections.ts';
import { Database } from './store/database.ts';
import { startEmbeddedPostgres } from './store/embedded-postgres/start.ts';
import { assertMigrated, migrate } from './store/migrate.ts';
import { postgresPace } from './store/pace.ts';
import { beat, leave, type ThisProcess } from './store/processes.ts';
import { QueuePool } from './store/queue-pool.ts';
import { type Watch, watchProcess } from './watch.ts';

/** Which halves run in this process, and whether it migrates. */
export interface AppRole {
  name: string;
  api: boolean;
  workers: boolean;
  /** True: the start brings the schema up to date. False: an older schema refuses the start. */
  migrates: boolean;
}
export const ALL: AppRole = { name: 'all', api: true, workers: true, migrates: true };
export const API: AppRole = { name: 'api', api: true, workers: false, migrates: false };
export const WORKER: AppRole = { name: 'worker', api: false, workers: true, migrates: false };
/** An operator's command, which gives out no work of its own. */
export const COMMAND: AppRole = { name: 'command', api: false, workers: false, migrates: false };

/** A start that migrates gives up and says why before its own time is over. */
const MIGRATION_PATIENCE_MS = 40_000;

const NEVER = new Promise<never>(() => undefined);

/** What tests and the demonstration put in place of the real parts. */
export interface Overrides {
  clock?: Clock;
  log?: Logger;
  newId?: () => string;
  random?: () => number;
  sandbox?: Partial<Parameters<typeof createSandbox>[0]>;
  /** True for the demonstration, which has `/demo`. */
  demo?: boolean;
  /** Looks at the database before anything is written to it. An error that it throws ends the start. */
  beforeMigrating?: (ownerUrl: string) => Promise<void>;
}

export interface App extends AsyncDisposable {
  ctx: Context;
  http: ReturnType<typeof createHttp>;
  queues: Queues;
  /** The sandbox; null where SFERUM_API_URL is set. */
  sandbox: Sandbox | null;
  databaseUrl: string;
  /** Registers something that ends before any part is stopped, while the workers finish what they have in hand. */
  beforeStop: (end: () => Promise<void>) => void;
  /** Resolves when a part is gone that the process cannot live without, so that it must end and say so (V6). */
  lost: Promise<Error>;
}

/**
 * Makes the whole object graph. Parts are started in this order and stopped in the reverse one, the database last.
 * @throws where a part cannot be started, after stopping the parts that had started
 */
export async function createApp(config: Config, role: AppRole, overrides: Overrides = {}): Promise<App> {
  await using parts = new AsyncDisposableStack();
  const clock = overrides.clock ?? systemClock;
  const random = overrides.random ?? Math.random;
  const log = overrides.log ?? createLog(config.logLevel);
  const metrics = createMetrics();

  const embedded = config.database.url
    ? null
    : parts.use(await startEmbeddedPostgres({ dataDir: config.dataDir, log }));
  const databaseUrl = config.database.url ?? embedded!.url;
  const migrationUrl = config.database.migrationUrl ?? databaseUrl;
  await overrides.beforeMigrating?.(databaseUrl);
  await (role.migrates
    ? migrate(migrationUrl, databaseUrl, {
        say: (text) => log.warn(text),
        patienceMs: MIGRATION_PATIENCE_MS,
      })
    : assertMigrated(databaseUrl));
  const connections = shareOut(config.limits.databaseConnections, {
    queueInPostgres: config.redisUrl === null,
    listening: role.workers && config.redisUrl === null ? QUEUE_NAMES.length : 0,
  });
  const db = parts.use(await Database.open(databaseUrl, { poolMax: connections.database }));
  await assertClocksAgree(db.ofNone);
  const newId = overrides.newId ?? randomUUID;
  let requestsSent = () => 0;
  const recent = new RecentCalls(
    () => clock.elapsed(),
    () => requestsSent(),
  );
  const self: ThisProcess = {
    ...{ id: randomUUID(), role: role.name, connections: connections.total },
    figures: () => recent.figures(),
  };
  await beat(db.ofNone, self);
  parts.defer(() => leave(db.ofNone, self).catch(() => undefined));
  await sayConnections(db.ofNone, config.limits.databaseConnections, connections, log);

  if (!config.sferum.apiUrl) ensureDataDir(config.dataDir);
  const sandbox = config.sferum.apiUrl
    ? null
    : // The sandbox is loaded only where it is asked for, because a production install has no such files.
      (await import('./sferum/sandbox/sandbox.ts')).createSandbox({
        now: clock.now,
        random,
        stateFile: join(config.dataDir, 'sandbox.json'),
        ...overrides.sandbox,
      });
  if (sandbox) parts.defer(() => sandbox.close());
  const listening = sandbox && (await listenBeside(sandbox, config.port));
  const baseUrl = config.sferum.apiUrl ?? listening!.url;
  const places = placesOf(config, listening?.origin ?? null);
  const leadsToSferum = linkCheck([baseUrl, ...(places.messengerUrl ? [places.messengerUrl] : [])]);
  const gateway = parts.use(
    createVkGateway({
      leadsToSferum,
      ...{ baseUrl, pace: postgresPace(db.ofNone), clock, random, log },
      onCall: (method, outcome, code) => {
        metrics.sferumCall(method, outcome);
        recent.note(outcome, code);
      },
      limits: { requestTimeoutMs: config.limits.sferumTimeoutMs },
    }),
  );
  requestsSent = () => gateway.stats().requests;

  const queues = parts.use(
    await openQueues(
      config.redisUrl
        ? { redisUrl: config.redisUrl }
        : { postgres: parts.use(new QueuePool(databaseUrl, connections.queue)) },
      {
        onError: (error) => log.error({ error: error.message }, 'the queue reports trouble'),
        onWarning: (text) => log.warn(text),
      },
    ),
  );
  let relay: RelayLoop | undefined;
  let watch: Watch | undefined;
  let connecting = Promise.resolve();
  const ctx: Context = {
    config,
    db,
    gateway,
    leadsToSferum,
    clock,
    newId,
    secrets: new SecretBox(config.secretsKeys),
    log,
    metrics,
    bulkInHand: new BulkInHand(),
    wake: (what, inMs) => relay?.wake(what, inMs),
    newSchools: (schoolIds) => {
      if (!sandbox) return Promise.resolve();
      const requestsPerSecond = overrides.sandbox?.paceUserPerSecond ?? null;
      // Schools are connected one after another, because each takes the next community.
      connecting = connecting
        .catch(() => undefined)
        .then(() => connectSandboxSchools(ctx, sandbox, schoolIds, requestsPerSecond));
      return connecting;
    },
  };
  if (role.api || role.workers) {
    relay = parts.use(startRelayLoop(ctx, queues));
    const workers = role.workers ? await startWorkers(ctx, queues) : [];
    watch = parts.use(watchProcess(ctx, { self, queues, workers, relay }));
  }
  if (role.workers) {
    parts.use(startDayTick(ctx));
    parts.use(startEnding(ctx));
  }
  const closing = new AbortController();
  const access = parts.use(
    new AccessLog({
      ...{ db, limits: config.limits, metrics },
      onError: (error) =>
        log.error({ err: error }, 'who looked could not be written; it will be tried again'),
    }),
  );
  const rates = parts.use(
    createRates(config, (error) =>
      log.error({ error: error.message }, 'rates are counted in memory: Redis is away'),
    ),
  );
  const http = createHttp(
    { ...ctx, db: db.forPages() },
    {
      ...{ access, rates },
      commands: commandsOf(ctx),
      queues: queues.all,
      closing: closing.signal,
      surroundings: {
        ...places,
        demo: (overrides.demo ?? false) && sandbox !== null,
      },
      probes: {
        database: async () => void (await beat(db.forPages().ofNone, self)),
        queue: () => queues.ping(),
        ...(watch ? { process: () => watch!.check() } : {}),
      },
    },
  );

  const firstEnds: (() => Promise<void>)[] = [() => queues.drain()];
  parts.defer(async () => {
    closing.abort();
    await Promise.all(firstEnds.map((end) => end()));
  });
  const owned = parts.move();
  return {
    beforeStop: (end) => void firstEnds.push(end),
    ctx,
    http,
    queues,
    sandbox,
    databaseUrl,
    lost: Promise.race([embedded?.lost ?? NEVER, watch?.lost ?? NEVER]),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/**
 * Listens on the port after ours, so that links that people were given outlive a restart, or on any other where that
 * port is taken.
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
