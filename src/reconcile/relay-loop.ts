import type { Queues } from '../../jobs/queues.ts';
import type { Context } from '../context.ts';
import { relayChats, relayOperations } from './relay.ts';

/** Wakes within this time run as one round. */
const GATHER_MS = 5;

export interface RelayLoop extends AsyncDisposable {
  wake(what: 'chats' | 'operations'): void;
}

/**
 * Relays after each wake, and at every sweep interval without one: what a crash, a wiped queue or a lost wake
 * left behind is found by the sweep alone (rule 3).
 */
export function startRelayLoop(ctx: Context, queues: Queues): RelayLoop {
  const stop = new AbortController();
  const due = new Set<'chats' | 'operations'>(['chats', 'operations']);
  let ring: () => void = () => undefined;
  const round = async () => {
    const what = new Set(due);
    due.clear();
    try {
      if (what.has('operations')) await relayOperations(ctx, queues);
      if (what.has('chats')) await relayChats(ctx, queues);
    } catch (error) {
      ctx.log.error({ error: (error as Error).message }, 'the relay failed; it will be tried at the next sweep');
    }
  };
  const loop = (async () => {
    while (!stop.signal.aborted) {
      await round();
      if (due.size > 0) continue;
      const woken = new Promise<void>((resolve) => {
        ring = resolve;
      });
      const swept = await Promise.race([
        woken.then(() => false),
        ctx.clock.sleep(ctx.config.limits.sweepIntervalMs, stop.signal).then(
          () => true,
          () => false,
        ),
      ]);
      if (swept) for (const what of ['chats', 'operations'] as const) due.add(what);
      else await ctx.clock.sleep(GATHER_MS);
    }
  })();
  return {
    wake(what) {
      due.add(what);
      ring();
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      ring();
      await loop;
    },
  };
}
