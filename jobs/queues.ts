import {
  createPostgresBackend,
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

export const QUEUE_SCHEMA = 'bullmq';
/** Connections of one Queue or Worker to PostgreSQL besides its LISTEN. */
const POSTGRES_POOL_MAX = 8;
/** A backend that does not answer in this time is not there; BullMQ itself would wait and say nothing. */
const READY_TIMEOUT_MS = 15_000;
const CLOSE_TIMEOUT_MS = 10_000;

/** Where the queue lives: Redis when there is one, PostgreSQL otherwise; one code path above. */
export type QueueBackend = { redisUrl: string } | { postgresUrl: string };

export interface Queues extends AsyncDisposable {
  all: readonly Queue[];
  /** Adds a job, or lets it melt into the one of its key that waits already. */
  add<P>(contract: JobContract<P>, payload: P, options?: Pick<JobsOptions, 'priority'>): Promise<void>;
  addAll<P>(contract: JobContract<P>, entries: readonly { payload: P; priority?: number }[]): Promise<void>;
  /** Starts working a queue; throws where the backend does not answer in time. */
  work(name: QueueName, processor: Processor, options: WorkOptions): Promise<Worker>;
  /** Throws unless the backend answers. */
  ping(): Promise<void>;
}

export interface WorkOptions {
  concurrency: number;
  onError: (error: Error) => void;
}

/** Opens the queues and waits until they answer. */
export async function openQueues(backend: QueueBackend, onError: (error: Error) => void): Promise<Queues> {
  const make = constructors(backend);
  const queues = new Map<QueueName, Queue>();
  for (const name of QUEUE_NAMES) {
    const queue = make.queue(name);
    queue.on('error', onError);
    queues.set(name, queue);
  }
  await within(READY_TIMEOUT_MS, 'the queue', Promise.all([...queues.values()].map((q) => q.waitUntilReady())));
  const workers: Worker[] = [];
  const of = (name: QueueName): Queue => queues.get(name)!;
  return {
    all: [...queues.values()],
    async add(contract, payload, options = {}) {
      await of(contract.queue).add(contract.name, contract.payload.parse(payload), {
        ...jobOptions(contract, payload),
        ...options,
      });
    },
    async addAll(contract, entries) {
      await of(contract.queue).addBulk(
        entries.map(({ payload, priority }) => ({
          name: contract.name,
          data: contract.payload.parse(payload),
          opts: { ...jobOptions(contract, payload), ...(priority === undefined ? {} : { priority }) },
        })),
      );
    },
    async work(name, processor, { concurrency, onError: onWorkerError }) {
      const worker = make.worker(name, processor, {
        concurrency,
        lockDuration: 60_000,
        stalledInterval: 30_000,
        // A worker that was stopped for long is no reason to give a chat up: our rows decide that.
        maxStalledCount: 10,
        autorun: false,
      });
      worker.on('error', onWorkerError);
      await within(READY_TIMEOUT_MS, `the worker of ${name}`, worker.waitUntilReady());
      worker.run().catch(onWorkerError);
      workers.push(worker);
      return worker;
    },
    async ping() {
      await of('chats').getJobCounts('active');
    },
    async [Symbol.asyncDispose]() {
      // worker.close() waits for its jobs without a limit of its own.
      await settleWithin(CLOSE_TIMEOUT_MS, workers.map((w) => w.close()));
      await settleWithin(CLOSE_TIMEOUT_MS, [...queues.values()].map((q) => q.close()));
      await make.close();
    },
  };
}

function jobOptions<P>(contract: JobContract<P>, payload: P): JobsOptions {
  return { ...contract.options, deduplication: { id: contract.dedupeId(payload), keepLastIfActive: true } };
}

interface Constructors {
  queue: (name: string) => Queue;
  worker: (name: string, processor: Processor, options: Omit<WorkerOptions, 'connection'>) => Worker;
  close: () => Promise<void>;
}

function constructors(backend: QueueBackend): Constructors {
  if ('redisUrl' in backend) {
    const connections: Redis[] = [];
    const connect = () => {
      // A queue's own commands fail fast while Redis is away; a worker's blocking ones must wait for ever.
      const redis = new Redis(backend.redisUrl, { maxRetriesPerRequest: null, enableReadyCheck: true });
      connections.push(redis);
      return redis;
    };
    return {
      queue: (name) => new Queue(name, { connection: connect() }),
      worker: (name, processor, options) => new Worker(name, processor, { ...options, connection: connect() }),
      close: async () => {
        for (const redis of connections) redis.disconnect();
      },
    };
  }
  const connection = {
    connectionString: backend.postgresUrl,
    schema: QUEUE_SCHEMA,
    max: POSTGRES_POOL_MAX,
  } as unknown as QueueOptions['connection'];
  return {
    queue: (name) => new Queue(name, { connection }, createPostgresBackend as never) as unknown as Queue,
    worker: (name, processor, options) =>
      new Worker(name, processor, { ...options, connection }, createPostgresBackend as never) as unknown as Worker,
    close: async () => undefined,
  };
}

async function within<T>(timeoutMs: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${what} did not answer within ${timeoutMs} ms; is its server up and reachable?`)),
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
