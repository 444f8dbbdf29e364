import type { Hands } from '../jobs/crew.ts';
import type { Queues } from '../jobs/queues.ts';
import type { Context } from './context.ts';
import type { RelayLoop } from './outbox/relay-loop.ts';
import { askTime, assertAgree } from './store/clocks.ts';
import { beat, type ThisProcess } from './store/processes.ts';

/** The share of `lostAfterMs` between two looks while all is well … */
const QUIET_SHARE = 1 / 3;
/** … and once something is wrong, or jobs wait. Each look may take as long. */
const CLOSE_SHARE = 1 / 10;
/**
 * The share of `lostAfterMs` that one part of the relay's round may take. Beyond it the relay counts as standing
 * still.
 */
const RELAY_SHARE = 1 / 2;

interface Watched {
  self: ThisProcess;
  queues: Pick<Queues, 'waiting' | 'ping'>;
  /** Empty where other processes do the work. */
  workers: readonly Hands[];
  relay: Pick<RelayLoop, 'busyForMs'>;
}

export interface Watch extends AsyncDisposable {
  /** Throws while this process cannot work, or takes no jobs although some wait. It is for /readyz. */
  check(): Promise<void>;
  /**
   * Resolves once the process could not work for `lostAfterMs`, so that it must end and say so (V6). A process
   * without workers says it by /readyz alone, as long as the trouble is not its own.
   */
  lost: Promise<Error>;
}

class OwnTrouble extends Error {}

/**
 * Watches over a process, because one can look alive and do nothing: its connection to the queue is dead, its first
 * connection failed, the database hangs or only reads, or its clock is off. For workers the sign is the work itself. A
 * worker that has a free place while jobs wait, and takes none from one look to the next, is dead.
 */
export function watchProcess(ctx: Context, { self, queues, workers, relay }: Watched): Watch {
  const { lostAfterMs } = ctx.config.limits;
  // The look takes a connection of the pages, so that it does not wait behind the work.
  const db = ctx.db.forPages();
  const lost = Promise.withResolvers<Error>();
  const stop = new AbortController();
  const askQueue = idleness(queues, workers);
  let isClose = false;
  let trouble: Error | null = null;
  let troubledSinceMs = 0;

  const look = async () => {
    const atMs = ctx.clock.elapsed();
    try {
      const isAlive = askTime(() => beat(db.ofNone, self)).then(assertAgree);
      const [, waits] = await within(lostAfterMs * CLOSE_SHARE, Promise.all([isAlive, askQueue()]));
      isClose = waits;
      if (relay.busyForMs() > lostAfterMs * RELAY_SHARE) throw new OwnTrouble('the relay stands still');
      if (trouble) ctx.log.info({}, 'this process can work again');
      trouble = null;
    } catch (error) {
      isClose = true;
      if (!trouble) troubledSinceMs = atMs;
      trouble = error instanceof Error ? error : new Error(String(error));
      ctx.log.error({ err: error }, 'this process cannot work');
      const isItsOwn = workers.length > 0 || trouble instanceof OwnTrouble;
      if (isItsOwn && ctx.clock.elapsed() - troubledSinceMs >= lostAfterMs) lost.resolve(trouble);
    }
  };
  const loop = (async () => {
    while (!stop.signal.aborted) {
      await ctx.clock
        .sleep(lostAfterMs * (isClose ? CLOSE_SHARE : QUIET_SHARE), stop.signal)
        .catch(() => undefined);
      if (!stop.signal.aborted) await look();
    }
  })();
  return {
    lost: lost.promise,
    async check() {
      if (trouble) throw trouble;
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await loop;
    },
  };
}

/**
 * Gives a check that throws where a worker has been idle since the last look although jobs waited then and wait now.
 * Otherwise it says whether any wait. It throws, too, where the queue does not answer.
 */
function idleness(queues: Watched['queues'], workers: readonly Hands[]): () => Promise<boolean> {
  const before = new Map<Hands, { taken: number; waited: boolean }>();
  return async () => {
    if (workers.length === 0) {
      await queues.ping();
      return false;
    }
    const waiting = new Set(await queues.waiting());
    for (const hands of workers) {
      const { queue, taken, busy, concurrency } = hands;
      const last = before.get(hands);
      const waited = waiting.has(queue);
      before.set(hands, { taken, waited });
      if (last?.waited && waited && taken === last.taken && busy < concurrency)
        throw new Error(`the worker of «${queue}» takes no jobs although some wait`);
    }
    return waiting.size > 0;
  };
}

async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error('the database or the queue does not answer in time')),
    timeoutMs,
  );
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
