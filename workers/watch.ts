import type { Hands, Queues } from '../jobs/queues.ts';
import type { Context } from '../src/context.ts';
import { assertClocksAgree } from '../src/store/clocks.ts';

/** So many looks in the time after which a trouble that stays is taken for a loss; each may take as long as a pause. */
const LOOKS = 10;

export interface Watch extends AsyncDisposable {
  /** Throws while this process cannot work, or does not take what waits: for /readyz. */
  check(): Promise<void>;
  /** Resolves once it could not for `lostAfterMs`: the process must end and say so (V6). */
  lost: Promise<Error>;
}

/**
 * Watches over a process with workers: a worker can look alive and do nothing (its connection to the queue is dead,
 * its first connection failed, the database hangs). The canary is the work itself: whoever has a free hand while
 * jobs wait, and takes none from look to look, is dead.
 */
export function watchWorkers(ctx: Context, queues: Queues, workers: readonly Hands[]): Watch {
  const { lostAfterMs } = ctx.config.limits;
  const lost = Promise.withResolvers<Error>();
  const stop = new AbortController();
  const idle = workers.map((hands) => idleness(queues, hands));
  let trouble: Error | null = null;
  let troubledSinceMs = 0;

  const look = async () => {
    const atMs = ctx.clock.now();
    try {
      await within(
        lostAfterMs / LOOKS,
        Promise.all([assertClocksAgree(ctx.db.ofNone), ...idle.map((check) => check())]),
      );
      if (trouble) ctx.log.info({}, 'this process can work again');
      trouble = null;
    } catch (error) {
      if (!trouble) troubledSinceMs = atMs;
      trouble = error as Error;
      ctx.log.error({ err: error }, 'this process cannot work');
      if (ctx.clock.now() - troubledSinceMs >= lostAfterMs) lost.resolve(trouble);
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
function idleness(queues: Queues, hands: Hands): () => Promise<void> {
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
