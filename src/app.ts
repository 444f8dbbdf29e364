import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Caught } from '../dashboard/console/entry/caught.ts';
import type { Probes } from '../dashboard/health.ts';
import { createOpsHttp } from '../dashboard/ops-http.ts';
import type { Queues } from '../jobs/queues.ts';
import { openQueue, openSferum, openStore, openTraces, type Sferum, type Store } from './app-parts.ts';
import type { AppRole } from './app-role.ts';
import { ChatsInHand } from './chats-in-hand.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Config } from './config.ts';
import type { Context } from './context.ts';
import { createLog } from './log.ts';
import { createMetrics } from './metrics.ts';
import { sandboxConnector } from './operations/connect-sandbox.ts';
import { type RelayLoop, startRelayLoop } from './outbox/relay-loop.ts';
import { RecentCalls } from './recent-calls.ts';
import { sayConnections } from './say-connections.ts';
import { SecretBox } from './secrets.ts';
import type { createSandbox, Sandbox } from './sferum/sandbox/sandbox.ts';
import type { VkLimits } from './sferum/vk/limits.ts';
import type { Database } from './store/database.ts';
import { beat, leave, type ThisProcess } from './store/processes.ts';
import { startTeller } from './told/teller.ts';
import { type Watch, watchProcess } from './watch.ts';

/** Each half is loaded only where it runs, because to load the program is most of what a start takes. */
const edge = () => import('../dashboard/open-http.ts');
const work = () => import('../workers/start-workers.ts');

const NEVER = new Promise<never>(() => undefined);

/** What tests and the demonstration put in place of the real parts. */
export interface Overrides {
  clock?: Clock;
  log?: Logger;
  newId?: () => string;
  random?: () => number;
  sandbox?: Partial<Parameters<typeof createSandbox>[0]>;
  /** In place of bounds of the adapter to Sferum. */
  vkLimits?: Partial<VkLimits>;
  /** True for the demonstration, which has `/demo`. */
  demo?: boolean;
  /** What the demonstration's own mail server and receiver of webhooks have caught. */
  caught?: Caught;
  /** Looks at the database before anything is written to it. An error that it throws ends the start. */
  beforeMigrating?: (ownerUrl: string) => Promise<void>;
}

export interface App extends AsyncDisposable {
  ctx: Context;
  /** The whole edge; health and figures alone where the process serves no people. */
  http: ReturnType<typeof createOpsHttp>;
  queues: Queues;
  /** The sandbox; null where SFERUM_API_URL is set. */
  sandbox: Sandbox | null;
  databaseUrl: string;
  /** Registers something that ends before any part is stopped, while the workers finish what they have in hand. */
  beforeStop: (end: () => Promise<void>) => void;
  /** Resolves when a part that the process cannot live without is gone. The process must then end and say so (V6). */
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
  const traces = await openTraces(parts, { config, role, log });
  const store = await openStore(parts, { config, role, log, before: overrides.beforeMigrating });
  const { db } = store;
  let sferum: Sferum | undefined;
  const requests = () => sferum?.gateway.stats().requests ?? 0;
  const recent = new RecentCalls(() => clock.elapsed(), requests);
  const self = await enterProcesses(parts, { config, role, log, store, recent });
  sferum = await openSferum(parts, {
    ...{ config, db, clock, random, log, traces, standIn: overrides.sandbox, vkLimits: overrides.vkLimits },
    onCall: (method, outcome, code) => {
      metrics.sferumCall(method, outcome);
      recent.note(outcome, code);
    },
  });
  const { sandbox, gateway, leadsToSferum } = sferum;
  const queues = await openQueue(parts, { config, store, log });
  let relay: RelayLoop | undefined;
  let watch: Watch | undefined;
  const connect = sandbox && sandboxConnector(sandbox, overrides.sandbox?.paceUserPerSecond ?? null);
  const ctx: Context = {
    ...{ config, db, gateway, leadsToSferum, clock, log, metrics, traces },
    newId: overrides.newId ?? randomUUID,
    secrets: new SecretBox(config.secretsKeys),
    chatsInHand: new ChatsInHand(),
    wake: (what, how) => relay?.wake(what, how),
    newSchools: async (schoolIds) => connect?.(ctx, schoolIds),
  };
  if (role.api || role.workers) {
    relay = parts.use(startRelayLoop(ctx, queues, { sweeps: role.workers }));
    parts.use(await startTeller(ctx));
    const workers = role.workers ? await (await work()).startWorkers(ctx, queues) : [];
    watch = parts.use(watchProcess(ctx, { self, queues, workers, relay }));
  }
  const closing = new AbortController();
  const probes = probesOf(db, self, { queues, watch });
  const http = role.api
    ? (await edge()).openHttp(parts, {
        ...{ ctx, queues, probes, closing: closing.signal },
        surroundings: {
          ...{ ...sferum.places, demo: (overrides.demo ?? false) && sandbox !== null },
          ...(overrides.caught ? { caught: overrides.caught } : {}),
        },
      })
    : createOpsHttp({ ...ctx, db: db.forPages() }, probes);
  const beforeStop = endFirst(parts, { closing, queues });
  const owned = parts.move();
  return {
    ...{ ctx, http, queues, sandbox, beforeStop },
    databaseUrl: store.url,
    lost: Promise.race([store.lost, watch?.lost ?? NEVER]),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Lists this process among those at work until it ends. Warns where together they have too many connections. */
async function enterProcesses(
  parts: AsyncDisposableStack,
  given: { config: Config; role: AppRole; log: Logger; store: Store; recent: RecentCalls },
): Promise<ThisProcess> {
  const { db, connections } = given.store;
  const self: ThisProcess = {
    ...{ id: randomUUID(), role: given.role.name, connections: connections.total },
    figures: () => given.recent.figures(),
  };
  await beat(db.ofNone, self);
  parts.defer(() => leave(db.ofNone, self).catch(() => undefined));
  await sayConnections(db.ofNone, given.config.limits.databaseConnections, connections, given.log);
  return self;
}

function probesOf(
  db: Database,
  self: ThisProcess,
  { queues, watch }: { queues: Queues; watch: Watch | undefined },
): Probes {
  return {
    database: async () => void (await beat(db.forPages().ofNone, self)),
    queue: () => queues.ping(),
    ...(watch ? { process: () => watch.check() } : {}),
  };
}

/** Ends streams and jobs before any part is stopped, and beside them what is registered with the returned function. */
function endFirst(
  parts: AsyncDisposableStack,
  { closing, queues }: { closing: AbortController; queues: Queues },
): App['beforeStop'] {
  const ends: (() => Promise<void>)[] = [() => queues.drain()];
  parts.defer(async () => {
    closing.abort();
    await Promise.all(ends.map((end) => end()));
  });
  return (end) => void ends.push(end);
}
