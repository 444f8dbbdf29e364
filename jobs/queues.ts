import type { JobsOptions, Processor, Queue } from 'bullmq';
import { countJobs, type QueueBackend, queueServer } from './backend.ts';
import type { JobContract, QueueName } from './contract.ts';
import { QUEUE_NAMES } from './contract.ts';
import { Crew, type Hands, type WorkOptions } from './crew.ts';
import { READY_TIMEOUT_MS, settleWithin, within } from './within.ts';

/** A caller waits no longer for the backend, which may stand behind a silent network. */
const COMMAND_TIMEOUT_MS = 30_000;
const CLOSE_TIMEOUT_MS = 5_000;

interface QueueEvents {
  onError: (error: Error) => void;
  /** Something an operator should change; told at the start. */
  onWarning: (text: string) => void;
}

export interface Queues extends AsyncDisposable {
  all: readonly Queue[];
  /** Adds jobs. Only one job of a key waits. Throws where the backend does not answer in time. */
  addAll<P>(contract: JobContract<P>, entries: readonly { payload: P; priority?: number }[]): Promise<void>;
  /** Starts working a queue; throws where the backend does not answer in time. */
  work(name: QueueName, processor: Processor, options: WorkOptions): Promise<Hands>;
  /**
   * The queues with jobs that a free worker would take now, without those that were paused by hand. Their workers are
   * woken. Throws as `ping` does.
   */
  waiting(): Promise<QueueName[]>;
  /** All jobs that are not finished, whatever they wait for. */
  unfinished(name: QueueName): Promise<number>;
  /** Throws unless the backend takes a write. */
  ping(): Promise<void>;
  /** Lets jobs that wait for their next attempt run at once. */
  hasten(): Promise<void>;
  /** Takes no further jobs, and waits for those in hand. Jobs may still be added. */
  drain(): Promise<void>;
}

/** Opens the queues and waits until they answer. Nothing stays open where they do not. */
export async function openQueues(
  backend: QueueBackend,
  { onError, onWarning }: QueueEvents,
): Promise<Queues> {
  await using parts = new AsyncDisposableStack();
  const server = queueServer(backend, onError);
  parts.defer(server.close);
  const queues = new Map(QUEUE_NAMES.map((name) => [name, server.queue(name)]));
  const all = [...queues.values()];
  for (const queue of all) queue.on('error', onError);
  parts.defer(() =>
    settleWithin(
      CLOSE_TIMEOUT_MS,
      all.map((queue) => queue.close()),
    ),
  );
  await within(READY_TIMEOUT_MS, 'the queue', Promise.all(all.map((queue) => queue.waitUntilReady())));
  for (const warning of await server.check()) onWarning(warning);
  const crew = new Crew(server);
  parts.defer(() => crew.drain());
  const of = (name: QueueName): Queue => {
    const queue = queues.get(name);
    if (!queue) throw new Error(`no queue ${name}`);
    return queue;
  };
  const ask = <T>(answer: Promise<T>) => within(COMMAND_TIMEOUT_MS, 'the queue', answer);
  const owned = parts.move();
  return {
    all,
    async addAll(contract, entries) {
      if (entries.length > 0) await ask(of(contract.queue).addBulk(jobsOf(contract, entries)));
    },
    work: (name, processor, options) => crew.work(name, processor, options),
    waiting: () => ask(server.waiting(queues)),
    unfinished: (name) => ask(countJobs(of(name), ['wait', 'prioritized', 'active', 'delayed'])),
    async ping() {
      await ask(server.probe());
    },
    async hasten() {
      for (const queue of all) await ask(queue.promoteJobs());
    },
    drain: () => crew.drain(),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function jobsOf<P>(contract: JobContract<P>, entries: readonly { payload: P; priority?: number }[]) {
  return entries.map(({ payload, priority }) => ({
    name: contract.name,
    data: contract.payload.parse(payload),
    opts: { ...jobOptions(contract, payload), ...(priority === undefined ? {} : { priority }) },
  }));
}

function jobOptions<P>(contract: JobContract<P>, payload: P): JobsOptions {
  const id = contract.dedupeId?.(payload);
  return {
    ...contract.options,
    ...(id === undefined ? {} : { deduplication: { id, keepLastIfActive: true } }),
  };
}
