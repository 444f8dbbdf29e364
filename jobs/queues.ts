import {
  createPostgresBackend,
  type Job,
  type JobsOptions,
  type Processor,
  Queue,
  type QueueOptions,
  Worker,
  type WorkerOptions,
} from 'bullmq';
import { Redis } from 'ioredis';
import type { JobContract, QueueName } from './contract.ts';
import { QUEUE_NAMES } from './contract.ts';
import { checkRedis } from './redis-checks.ts';

/** A backend that does not answer in this time is not there; BullMQ itself would wait and say nothing. */
const READY_TIMEOUT_MS = 15_000;
/** The same for one command later on: a silent network must not hold up who asks. */
const COMMAND_TIMEOUT_MS = 30_000;
const PROBE_LIFE_MS = 60_000;
/** Handlers give up what is not sent yet at once; an answer under way may take as long as a request may. */
const DRAIN_TIMEOUT_MS = 20_000;
const CLOSE_TIMEOUT_MS = 5_000;
/**
 * A worker in PostgreSQL that finds nothing asks again after so long. Before that a NOTIFY or the end of a delay wakes
 * it. It may miss a NOTIFY while the server restarts, so whoever asks what waits gives another (`waiting`).
 */
const DRAIN_DELAY_SECONDS = 300;
/** A chat that is being worked for the tenth worker in a row is no reason to give it up: our rows decide that. */
const MAX_STALLED_COUNT = 10;

/** Where the queue lives: Redis when there is one, PostgreSQL otherwise; one code path above. */
export type QueueBackend = { redisUrl: string } | { postgres: PostgresPool };
/** A pool of the driver's, which its owner ends: each worker keeps one of its connections, all share the others. */
interface PostgresPool {
  query(text: string, values: unknown[]): Promise<{ rows: unknown[] }>;
}

export interface QueueEvents {
  onError: (error: Error) => void;
  /** Something an operator should change; told at the start. */
  onWarning: (text: string) => void;
}

/** What one worker has in hand: a worker with a free hand takes what waits, or it is dead (V6). */
export interface Hands {
  readonly queue: QueueName;
  readonly concurrency: number;
  /** Jobs in work now, and ever taken. */
  readonly busy: number;
  readonly taken: number;
}

export interface Queues extends AsyncDisposable {
  all: readonly Queue[];
  /** Adds jobs; each melts into the one of its key that waits already. Throws where the backend does not answer in time. */
  addAll<P>(contract: JobContract<P>, entries: readonly { payload: P; priority?: number }[]): Promise<void>;
  /** Starts working a queue; throws where the backend does not answer in time. */
  work(name: QueueName, processor: Processor, options: WorkOptions): Promise<Hands>;
  /**
   * The queues with jobs that a free worker would take now, but for those paused by hand. Their workers are woken.
   * Throws as `ping` does.
   */
  waiting(): Promise<QueueName[]>;
  /** All jobs that are not finished, whatever they wait for. */
  unfinished(name: QueueName): Promise<number>;
  /** Throws unless the backend takes a write. */
  ping(): Promise<void>;
  /** Jobs that wait for their next attempt go at once. */
  hasten(): Promise<void>;
  /** Takes no more jobs, and waits for those in hand. Jobs may be added still. */
  drain(): Promise<void>;
}

export interface WorkOptions {
  concurrency: number;
  /** A worker that was silent for so long has lost its jobs to the others. */
  lockMs: number;
  onError: (error: Error) => void;
}

/** Opens the queues and waits until they answer. Nothing stays open where they do not. */
export async function openQueues(
  backend: QueueBackend,
  { onError, onWarning }: QueueEvents,
): Promise<Queues> {
  await using parts = new AsyncDisposableStack();
  const make = constructors(backend, onError);
  parts.defer(make.close);
  const queues = new Map<QueueName, Queue>();
  for (const name of QUEUE_NAMES) {
    const queue = make.queue(name);
    queue.on('error', onError);
    queues.set(name, queue);
  }
  const closeAll = (closing: Promise<unknown>[]) => settleWithin(CLOSE_TIMEOUT_MS, closing);
  parts.defer(() => closeAll([...queues.values()].map((q) => q.close())));
  await within(
    READY_TIMEOUT_MS,
    'the queue',
    Promise.all([...queues.values()].map((q) => q.waitUntilReady())),
  );
  for (const warning of await make.check()) onWarning(warning);
  const workers: Worker[] = [];
  let drained: Promise<void> | undefined;
  const drain = () => {
    for (const worker of workers) worker.cancelAllJobs('stopping');
    drained ??= settleWithin(
      DRAIN_TIMEOUT_MS,
      workers.map((w) => w.close()),
    );
    return drained;
  };
  parts.defer(drain);
  const of = (name: QueueName): Queue => queues.get(name)!;
  const ask = <T>(answer: Promise<T>) => within(COMMAND_TIMEOUT_MS, 'the queue', answer);
  const owned = parts.move();
  return {
    all: [...queues.values()],
    async addAll(contract, entries) {
      if (entries.length === 0) return;
      const jobs = entries.map(({ payload, priority }) => ({
        name: contract.name,
        data: contract.payload.parse(payload),
        opts: { ...jobOptions(contract, payload), ...(priority === undefined ? {} : { priority }) },
      }));
      await ask(of(contract.queue).addBulk(jobs));
    },
    async work(name, processor, { concurrency, lockMs, onError: onWorkerError }) {
      const hands = { queue: name, concurrency, busy: 0, taken: 0 };
      const worker = make.worker(name, counting(processor, hands), {
        concurrency,
        lockDuration: lockMs,
        stalledInterval: Math.ceil(lockMs / 2),
        maxStalledCount: MAX_STALLED_COUNT,
        autorun: false,
      });
      worker.on('error', onWorkerError);
      // Others may have taken these over: what they have not sent yet they never send.
      worker.on('lockRenewalFailed', (ids: string[]) => {
        for (const id of ids) worker.cancelJob(id, 'lock lost');
      });
      workers.push(worker);
      await within(READY_TIMEOUT_MS, `the worker of ${name}`, worker.waitUntilReady());
      worker.run().catch(onWorkerError);
      return hands;
    },
    waiting: () => ask(make.waiting(queues)),
    async unfinished(name) {
      return sum(await ask(of(name).getJobCounts('wait', 'prioritized', 'active', 'delayed')));
    },
    async ping() {
      await ask(make.probe());
    },
    async hasten() {
      for (const queue of queues.values()) await ask(queue.promoteJobs());
    },
    drain,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

const sum = (counts: Record<string, number>) => Object.values(counts).reduce((total, n) => total + n, 0);

/** Keeps the three parameters: BullMQ gives a signal to processors that declare it. */
function counting(processor: Processor, hands: { busy: number; taken: number }): Processor {
  return async (job: Job, token?: string, signal?: AbortSignal) => {
    hands.taken += 1;
    hands.busy += 1;
    try {
      return await processor(job, token, signal);
    } finally {
      hands.busy -= 1;
    }
  };
}

function jobOptions<P>(contract: JobContract<P>, payload: P): JobsOptions {
  const id = contract.dedupeId?.(payload);
  return {
    ...contract.options,
    ...(id === undefined ? {} : { deduplication: { id, keepLastIfActive: true } }),
  };
}

interface Constructors {
  queue: (name: string) => Queue;
  worker: (name: string, processor: Processor, options: Omit<WorkerOptions, 'connection'>) => Worker;
  /** Throws where the backend would lose jobs by its settings; resolves with what should be changed. */
  check: () => Promise<string[]>;
  /** A write where the backend is one of its own: a replica, or a full one, answers questions as if nothing were. */
  probe: () => Promise<unknown>;
  waiting: (queues: ReadonlyMap<QueueName, Queue>) => Promise<QueueName[]>;
  close: () => Promise<void>;
}

function constructors(backend: QueueBackend, onError: (error: Error) => void): Constructors {
  if ('redisUrl' in backend) {
    const connections: Redis[] = [];
    // Retried for ever by the client; our own time limits say how long anybody waits for it.
    const connect = () => {
      const redis = new Redis(backend.redisUrl, { maxRetriesPerRequest: null, enableReadyCheck: true });
      redis.on('error', onError);
      connections.push(redis);
      return redis;
    };
    const probe = () => connections[0]!.set('sferum-sync:probe', '', 'PX', PROBE_LIFE_MS);
    return {
      queue: (name) => new Queue(name, { connection: connect() }),
      worker: (name, processor, options) =>
        new Worker(name, processor, { ...options, connection: connect() }),
      check: () => within(READY_TIMEOUT_MS, 'Redis', checkRedis(connections[0]!)),
      probe,
      async waiting(queues) {
        await probe();
        const names = await Promise.all(
          [...queues].map(async ([name, q]) => ((await waits(q)) ? [name] : [])),
        );
        return names.flat();
      },
      // BullMQ leaves connections open that it was given.
      close: async () => {
        for (const redis of connections) redis.disconnect();
      },
    };
  }
  const connection = backend.postgres as unknown as QueueOptions['connection'];
  return {
    queue: (name) => new Queue(name, { connection }, createPostgresBackend as never) as unknown as Queue,
    worker: (name, processor, options) =>
      new Worker(
        name,
        processor,
        { ...options, connection, drainDelay: DRAIN_DELAY_SECONDS },
        createPostgresBackend as never,
      ) as unknown as Worker,
    check: async () => [],
    // Its writes are the database's, which is probed itself.
    probe: () => backend.postgres.query('select from meta limit 1', []),
    waiting: async (queues) => {
      const { rows } = await backend.postgres.query(WAITING, [[...queues.keys()]]);
      return rows.map((row) => (row as { name: QueueName }).name);
    },
    close: async () => undefined,
  };
}

/**
 * BullMQ's own question (has_waiting_job), of all queues at once, and its own signal. Its counts would read every job
 * that is kept.
 */
const WAITING = `select name, pg_notify('bullmq_jobs', name) from unnest($1::text[]) name
  where exists (select from job where queue = name and state = 'waiting')
    and not exists (select from meta where queue = name and field = 'paused' and value = '1')`;

async function waits(queue: Queue): Promise<boolean> {
  return sum(await queue.getJobCounts('wait', 'prioritized')) > 0 && !(await queue.isPaused());
}

async function within<T>(timeoutMs: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(new Error(`${what} did not answer within ${timeoutMs} ms; is its server up and reachable?`)),
      timeoutMs,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function settleWithin(timeoutMs: number, work: Promise<unknown>[]): Promise<void> {
  await within(timeoutMs, 'closing', Promise.allSettled(work)).catch(() => undefined);
}
