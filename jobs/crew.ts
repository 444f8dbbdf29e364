/** The workers of one process: started one by one, ended together. */
import type { Job, Processor, Worker } from 'bullmq';
import type { QueueServer } from './backend.ts';
import type { QueueName } from './contract.ts';
import { READY_TIMEOUT_MS, settleWithin, within } from './within.ts';

/** Handlers drop at once what is not sent yet, but an answer under way may take as long as a request may. */
const DRAIN_TIMEOUT_MS = 20_000;
/** A job is taken over from dead workers this often. High, because our rows decide when a chat is given up. */
const MAX_STALLED_COUNT = 10;

/** What one worker has in hand. A worker that has a free hand and does not take what waits is dead (V6). */
export interface Hands {
  readonly queue: QueueName;
  readonly concurrency: number;
  /** Jobs in work now, and ever taken. */
  readonly busy: number;
  readonly taken: number;
}

export interface WorkOptions {
  concurrency: number;
  /** A worker that was silent for so long loses its jobs to other workers. */
  lockMs: number;
  onError: (error: Error) => void;
}

/** Starts workers, and ends all of them. */
export class Crew {
  readonly #server: QueueServer;
  readonly #workers: Worker[] = [];
  #drained: Promise<void> | undefined;

  constructor(server: QueueServer) {
    this.#server = server;
  }

  /** Starts working a queue; throws where the backend does not answer in time. */
  async work(
    name: QueueName,
    processor: Processor,
    { concurrency, lockMs, onError }: WorkOptions,
  ): Promise<Hands> {
    const hands = { queue: name, concurrency, busy: 0, taken: 0 };
    const worker = this.#server.worker(name, counting(processor, hands), {
      concurrency,
      lockDuration: lockMs,
      stalledInterval: Math.ceil(lockMs / 2),
      maxStalledCount: MAX_STALLED_COUNT,
      autorun: false,
    });
    worker.on('error', onError);
    // Other workers may have taken these jobs over, so what this one has not sent yet it never sends.
    worker.on('lockRenewalFailed', (ids: string[]) => {
      for (const id of ids) worker.cancelJob(id, 'lock lost');
    });
    this.#workers.push(worker);
    await within(READY_TIMEOUT_MS, `the worker of ${name}`, worker.waitUntilReady());
    worker.run().catch(onError);
    return hands;
  }

  /** Takes no further jobs, and waits for those in hand. */
  drain(): Promise<void> {
    for (const worker of this.#workers) worker.cancelAllJobs('stopping');
    this.#drained ??= settleWithin(
      DRAIN_TIMEOUT_MS,
      this.#workers.map((worker) => worker.close()),
    );
    return this.#drained;
  }
}

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
