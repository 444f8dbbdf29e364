import type { Queues } from '../../jobs/queues.ts';
import type { Context } from '../context.ts';
import { relayMeetings } from '../lessons/relay-meetings.ts';
import { NOT_CONNECTED } from '../live/accounts.ts';
import { dropLeftovers, settleImports } from '../operations/import-parents.ts';
import { settleWaiting } from '../profile/follow-profiles.ts';
import { explainWaiting } from '../rows/chat-condition.ts';
import { refreshStatistics } from '../store/statistics.ts';
import { followClock } from './clock-steps.ts';
import { countSchools } from './count-schools.ts';
import { countConditions } from './figures.ts';
import { relayChats, relayDrift, relayLost, relayOperations } from './relay.ts';

/** Wakes within this time are gathered into one round. */
const GATHER_MS = 5;

const ROUNDS = {
  clock: followClock,
  meetings: relayMeetings,
  lost: relayLost,
  operations: async (ctx: Context, queues: Queues) => {
    await settleImports(ctx);
    await relayOperations(ctx, queues);
  },
  chats: async (ctx: Context, queues: Queues) => {
    await ctx.bulkInHand.letGoOvertaken(ctx.db.across('relay'));
    await relayChats(ctx, queues);
  },
  drift: relayDrift,
  waiting: (ctx: Context) => explainWaiting(ctx.db.across('sweep'), NOT_CONNECTED),
  profiles: settleWaiting,
  figures: countConditions,
  schools: countSchools,
  leftovers: dropLeftovers,
  statistics: (ctx: Context) => refreshStatistics(ctx.db.ofNone),
} as const;
type What = keyof typeof ROUNDS;
const EVERYTHING = Object.keys(ROUNDS) as What[];

export interface RelayLoop extends AsyncDisposable {
  wake: Context['wake'];
  /** Ms for which the present part of a round has been running, and 0 between rounds. Long times show a stall (V6). */
  busyForMs(): number;
}

/**
 * Relays due work to the queues after each wake, and looks at everything at every sweep. Only the sweep finds work that
 * a crash, a wiped queue or a lost wake has left behind (rule 3), so frequent wakes must not delay it.
 */
export function startRelayLoop(ctx: Context, queues: Queues): RelayLoop {
  const { sweepIntervalMs } = ctx.config.limits;
  const due = new Set<What>(EVERYTHING);
  /** Wakes that were asked for a later moment of the clock's `elapsed`. A sweep finds what a restart makes of them. */
  let later: { what: What; atMs: number }[] = [];
  let nextSweepMs = ctx.clock.elapsed() + sweepIntervalMs;
  let busySinceMs: number | null = null;
  let isStopped = false;
  let ring = Promise.withResolvers<void>();

  const round = async () => {
    const now = [...due];
    due.clear();
    for (const what of now) {
      busySinceMs = ctx.clock.elapsed();
      try {
        await ROUNDS[what](ctx, queues);
      } catch (error) {
        ctx.log.error(
          { what, error: (error as Error).message },
          'the relay failed; the next sweep tries again',
        );
      }
    }
    busySinceMs = null;
  };
  const rest = async () => {
    const timer = new AbortController();
    const nextMs = Math.min(nextSweepMs, ...later.map(({ atMs }) => atMs));
    const slept = ctx.clock
      .sleep(Math.max(0, nextMs - ctx.clock.elapsed()), timer.signal)
      .catch(() => undefined);
    await Promise.race([ring.promise, slept]);
    timer.abort();
    if (!isStopped && due.size > 0) await ctx.clock.sleep(GATHER_MS);
  };
  const loop = (async () => {
    while (!isStopped) {
      ring = Promise.withResolvers();
      await round();
      if (due.size === 0) await rest();
      const nowMs = ctx.clock.elapsed();
      for (const { what, atMs } of later) if (atMs <= nowMs) due.add(what);
      later = later.filter(({ atMs }) => atMs > nowMs);
      if (ctx.clock.elapsed() < nextSweepMs) continue;
      for (const what of EVERYTHING) due.add(what);
      nextSweepMs = ctx.clock.elapsed() + sweepIntervalMs;
    }
  })();
  return {
    wake(what, inMs = 0) {
      if (inMs > 0) later.push({ what, atMs: ctx.clock.elapsed() + inMs });
      else due.add(what);
      ring.resolve();
    },
    busyForMs: () => (busySinceMs === null ? 0 : ctx.clock.elapsed() - busySinceMs),
    async [Symbol.asyncDispose]() {
      isStopped = true;
      ring.resolve();
      await loop;
    },
  };
}
