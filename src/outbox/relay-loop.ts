import type { Queues } from '../../jobs/queues.ts';
import type { Context } from '../context.ts';
import { followClock, STEP_MS } from './clock-steps.ts';
import { ROUNDS, type What } from './rounds.ts';
import { takeTurn } from './sweep.ts';

/** Wakes within this time are gathered into one round. */
const GATHER_MS = 5;

export interface RelayLoop extends AsyncDisposable {
  wake: Context['wake'];
  /** Ms for which the present part of a round has been running, and 0 between rounds. Long times show a stall (V6). */
  busyForMs(): number;
}

/**
 * Relays due work to the queues after each wake and, where it `sweeps`, looks in its turn for what no wake has told
 * (sweep.ts). Frequent wakes do not delay the sweep.
 */
export function startRelayLoop(ctx: Context, queues: Queues, { sweeps }: { sweeps: boolean }): RelayLoop {
  const due = new Due();
  let nextSweepMs = sweeps ? ctx.clock.elapsed() : Number.POSITIVE_INFINITY;
  let isFirst = true;
  let busySinceMs: number | null = null;
  let isStopped = false;
  let ring = Promise.withResolvers<void>();

  const attempt = async (what: string, work: () => Promise<void>) => {
    busySinceMs = ctx.clock.elapsed();
    try {
      await work();
    } catch (error) {
      ctx.log.error(
        { what, error: (error as Error).message },
        'the relay failed; the next sweep tries again',
      );
    }
    busySinceMs = null;
  };
  const sweep = async () => {
    nextSweepMs = ctx.clock.elapsed() + ctx.config.limits.sweepIntervalMs;
    await ctx.bulkInHand.letGoOvertaken(ctx.db.across('relay'));
    const turn = await takeTurn(ctx, { isFirst });
    if (turn.steppedBackMs > STEP_MS) return followClock(ctx, queues);
    isFirst = false;
    nextSweepMs = ctx.clock.elapsed() + turn.nextInMs;
    for (const what of turn.due ?? []) due.add(what);
  };
  const rest = async () => {
    const timer = new AbortController();
    const untilMs = Math.min(nextSweepMs, due.nextMs) - ctx.clock.elapsed();
    const slept = Number.isFinite(untilMs)
      ? ctx.clock.sleep(Math.max(0, untilMs), timer.signal).catch(() => undefined)
      : new Promise<never>(() => undefined);
    await Promise.race([ring.promise, slept]);
    timer.abort();
    if (!isStopped && due.isAny) await ctx.clock.sleep(GATHER_MS);
  };
  const loop = (async () => {
    while (!isStopped) {
      ring = Promise.withResolvers();
      if (ctx.clock.elapsed() >= nextSweepMs) await attempt('sweep', sweep);
      for (const [what, schoolIds] of due.take(ctx.clock.elapsed()))
        await attempt(what, () => ROUNDS[what].run(ctx, queues, schoolIds));
      if (!due.isAny) await rest();
    }
  })();
  return {
    wake(what, { schoolId, inMs = 0 } = {}) {
      if (inMs > 0) due.addLater(what, ctx.clock.elapsed() + inMs);
      else due.add(what, schoolId);
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

/** The rounds that are to run next, each with the schools that were named, or with null for all. */
class Due {
  #rounds = new Map<What, Set<string> | null>();
  /** Rounds of a later moment of the clock's `elapsed`. A sweep finds what a restart makes of them. */
  #later: { what: What; atMs: number }[] = [];

  get isAny(): boolean {
    return this.#rounds.size > 0;
  }

  /** When the next of the later rounds comes. */
  get nextMs(): number {
    return Math.min(Number.POSITIVE_INFINITY, ...this.#later.map(({ atMs }) => atMs));
  }

  addLater(what: What, atMs: number): void {
    this.#later.push({ what, atMs });
  }

  add(what: What, schoolId?: string): void {
    const known = this.#rounds.get(what);
    if (schoolId === undefined || known === null) this.#rounds.set(what, null);
    else this.#rounds.set(what, (known ?? new Set()).add(schoolId));
  }

  take(nowMs: number): [What, string[] | null][] {
    for (const { what, atMs } of this.#later) if (atMs <= nowMs) this.add(what);
    this.#later = this.#later.filter(({ atMs }) => atMs > nowMs);
    const taken = [...this.#rounds].map(([what, ids]): [What, string[] | null] => [what, ids && [...ids]]);
    this.#rounds = new Map();
    return taken;
  }
}
