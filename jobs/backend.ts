/** The two servers in which a queue can live. Everything in which they differ stands here. */
import {
  createPostgresBackend,
  type JobType,
  type Processor,
  Queue,
  type QueueOptions,
  Worker,
  type WorkerOptions,
} from 'bullmq';
import { Redis } from 'ioredis';
import type { QueueName } from './contract.ts';
import { checkRedis } from './redis-checks.ts';
import { READY_TIMEOUT_MS, within } from './within.ts';

const PROBE_LIFE_MS = 60_000;
/**
 * A worker in PostgreSQL that finds nothing asks again after so long. Before that a NOTIFY or the end of a delay wakes
 * it. It may miss a NOTIFY while the server restarts, so each question what waits gives another (`waiting`).
 */
const DRAIN_DELAY_SECONDS = 300;

/** Where the queue lives: Redis when there is one, PostgreSQL otherwise; one code path above. */
export type QueueBackend = { redisUrl: string } | { postgres: PostgresPool };
/** A pool of the driver's, which its owner ends. Each worker keeps one of its connections, and all share the others. */
interface PostgresPool {
  query<Row extends object>(text: string, values: unknown[]): Promise<{ rows: Row[] }>;
}

/** What a backend makes and answers. */
export interface QueueServer {
  queue: (name: string) => Queue;
  worker: (name: string, processor: Processor, options: Omit<WorkerOptions, 'connection'>) => Worker;
  /** Throws where the backend would lose jobs by its settings; resolves with what should be changed. */
  check: () => Promise<string[]>;
  /**
   * Writes, where the backend is a server of its own. A question alone would not do, because a replica or a full server
   * answers questions too.
   */
  probe: () => Promise<unknown>;
  /** The queues with jobs that a free worker would take now. Their workers are woken. */
  waiting: (queues: ReadonlyMap<QueueName, Queue>) => Promise<QueueName[]>;
  close: () => Promise<void>;
}

/** Reaches the backend's server. `onError` is told of connections that are lost later. */
export function queueServer(backend: QueueBackend, onError: (error: Error) => void): QueueServer {
  return 'redisUrl' in backend ? inRedis(backend.redisUrl, onError) : inPostgres(backend.postgres);
}

function inRedis(redisUrl: string, onError: (error: Error) => void): QueueServer {
  const connections: Redis[] = [];
  // The client retries for ever. Our own time limits say how long a caller waits.
  const connect = () => {
    const redis = new Redis(redisUrl, { maxRetriesPerRequest: null, enableReadyCheck: true });
    redis.on('error', onError);
    connections.push(redis);
    return redis;
  };
  /** The connection of the first queue: the queues are made before anything is asked. */
  const first = () => {
    const [redis] = connections;
    if (!redis) throw new Error('no queue is open');
    return redis;
  };
  const probe = () => first().set('sferum-sync:probe', '', 'PX', PROBE_LIFE_MS);
  return {
    queue: (name) => new Queue(name, { connection: connect() }),
    worker: (name, processor, options) => new Worker(name, processor, { ...options, connection: connect() }),
    check: () => within(READY_TIMEOUT_MS, 'Redis', checkRedis(first())),
    probe,
    async waiting(queues) {
      await probe();
      const names = await Promise.all([...queues].map(async ([name, q]) => ((await waits(q)) ? [name] : [])));
      return names.flat();
    },
    // BullMQ does not close connections that it was given.
    close: async () => {
      for (const redis of connections) redis.disconnect();
    },
  };
}

function inPostgres(postgres: PostgresPool): QueueServer {
  // BullMQ's options and its bare types name Redis alone, also where the backend is PostgreSQL: hence these casts.
  const connection = postgres as unknown as QueueOptions['connection'];
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
    probe: () => postgres.query('select from meta limit 1', []),
    waiting: async (queues) => {
      const { rows } = await postgres.query<{ name: QueueName }>(WAITING, [[...queues.keys()]]);
      return rows.map(({ name }) => name);
    },
    close: async () => undefined,
  };
}

/**
 * Gives the queues with waiting jobs, as BullMQ's has_waiting_job finds them, and wakes their workers as BullMQ does.
 * BullMQ's counts would read every job that is kept. A job whose delay has ended counts as waiting too. The worker that
 * is to wake for it counts the delays when it falls asleep, and sleeps on where that question is lost.
 */
const WAITING = `select asked.queue as name, pg_notify('bullmq_jobs', asked.queue) from unnest($1::text[]) asked(queue)
  where (exists (select from job j where j.queue = asked.queue and j.state = 'waiting')
      or exists (select from job j where j.queue = asked.queue and j.state = 'delayed'
        and j.process_at_ms <= extract(epoch from clock_timestamp()) * 1000))
    and not exists (select from meta m where m.queue = asked.queue and m.field = 'paused' and m.value = '1')`;

async function waits(queue: Queue): Promise<boolean> {
  return (await countJobs(queue, ['wait', 'prioritized'])) > 0 && !(await queue.isPaused());
}

/** Counts a queue's jobs in any of these states. */
export async function countJobs(queue: Queue, states: readonly JobType[]): Promise<number> {
  const counts = await queue.getJobCounts(...states);
  return Object.values(counts).reduce((total, n) => total + n, 0);
}
