import type { Hands, Queues } from '../jobs/queues.ts';
import type { Context } from './context.ts';
import type { RelayLoop } from './outbox/relay-loop.ts';
import { askTime, assertAgree } from './store/clocks.ts';
import { beat, type ThisProcess } from './store/processes.ts';

/** So many looks in the time after which a trouble that stays is taken for a loss; each may take as long as a pause. */
const LOOKS = 10;
/** Of that time, for one part of the relay's round: then it stands still. */
const RELAY_SHARE = 1 / 2;

export interface Watched {
  self: ThisProcess;
  queues: Pick<Queues, 'waiting' | 'ping'>;
  /** None: others do the work. */
  workers: readonly Hands[];
  relay: Pick<RelayLoop, 'busyForMs'>;
}

export interface Watch extends AsyncDisposable {
  /** Throws while this process cannot work, or does not take what waits: for /readyz. */
  check(): Promise<void>;
  /**
   * Resolves once it could not for `lostAfterMs`: the process must end and say so (V6). One without workers says it by
   * /readyz alone, as long as the trouble is not its own.
   */
  lost: Promise<Error>;
}

class OwnTrouble extends Error {}

/**
 * Watches over a process: it can look alive and do nothing (its connection to the queue is dead, its first connection
 * failed, the database hangs or only reads, its clock is off). Of workers the canary is the work itself: whoever has a
 * free hand while jobs wait, and takes none from look to look, is dead.
 */
export function watchProcess(ctx: Context, { self, queues, workers, relay }: Watched): Watch {
  const { lostAfterMs } = ctx.config.limits;
  // What the work has come to wait for must not hold up the look at it.
  const db = ctx.db.forPages();
  const lost = Promise.withResolvers<Error>();
  const stop = new AbortController();
  const idle = workers.map((hands) => idleness(queues, hands));
  let trouble: Error | null = null;
  let troubledSinceMs = 0;

  const look = async () => {
    const atMs = ctx.clock.elapsed();
    try {
      const isAlive = askTime(() => beat(db.ofNone, self)).then(assertAgree);
      await within(
        lostAfterMs / LOOKS,
        Promise.all([isAlive, queues.ping(), ...idle.map((check) => check())]),
      );
      if (relay.busyForMs() > lostAfterMs * RELAY_SHARE) throw new OwnTrouble('the relay stands still');
      if (trouble) ctx.log.info({}, 'this process can work again');
      trouble = null;
    } catch (error) {
      if (!trouble) troubledSinceMs = atMs;
      trouble = error as Error;
      ctx.log.error({ err: error }, 'this process cannot work');
      const isItsOwn = workers.length > 0 || trouble instanceof OwnTrouble;
      if (isItsOwn && ctx.clock.elapsed() - troubledSinceMs >= lostAfterMs) lost.resolve(trouble);
    }
  };
  const loop = (async () => {
    while (!stop.signal.aborted) {
      await ctx.clock.sleep(lostAfterMs / LOOKS, stop.signal).catch(() => undefined);
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

/** Throws where a worker has been idle since the last look although jobs waited then and wait now. */
function idleness(queues: Pick<Queues, 'waiting'>, hands: Hands): () => Promise<void> {
  let before = { taken: -1, waited: false };
  return async () => {
    const waits = (await queues.waiting(hands.queue)) > 0;
    const { taken, busy, concurrency } = hands;
    const isIdle = before.waited && waits && taken === before.taken && busy < concurrency;
    before = { taken, waited: waits };
    if (isIdle) throw new Error(`the worker of «${hands.queue}» takes no jobs although some wait`);
  };
}

async function within(timeoutMs: number, work: Promise<unknown>): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error('the database or the queue does not answer in time')),
    timeoutMs,
  );
  try {
    await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
