import type { Queues } from '../../jobs/queues.ts';
import type { Context } from '../context.ts';
import { messageOf } from '../errors.ts';
import { followClock, STEP_MS } from './clock-steps.ts';
import { ROUNDS, type What } from './rounds.ts';
import { takeTurn } from './sweep.ts';

/** Wakes within this time are gathered into one round. */
const GATHER_MS = 5;
/** A wake that comes so long after the last round has no others to wait for, so its round begins at once. */
const CALM_MS = 20;

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
  return new Loop(ctx, queues, sweeps);
}

class Loop implements RelayLoop {
  readonly #ctx: Context;
  readonly #queues: Queues;
  readonly #due = new Due();
  readonly #running: Promise<void>;
  #nextSweepMs: number;
  #isFirstSweep = true;
  #busySinceMs: number | null = null;
  #isStopped = false;
  #ring = Promise.withResolvers<void>();

  constructor(ctx: Context, queues: Queues, sweeps: boolean) {
    this.#ctx = ctx;
    this.#queues = queues;
    this.#nextSweepMs = sweeps ? ctx.clock.elapsed() : Number.POSITIVE_INFINITY;
    this.#running = this.#run();
  }

  wake: RelayLoop['wake'] = (what, { schoolId, inMs = 0 } = {}) => {
    if (inMs > 0) this.#due.addLater({ what, schoolId, atMs: this.#nowMs + inMs });
    else this.#due.add(what, schoolId);
    this.#ring.resolve();
  };

  busyForMs(): number {
    return this.#busySinceMs === null ? 0 : this.#nowMs - this.#busySinceMs;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    this.#ring.resolve();
    await this.#running;
  }

  get #nowMs(): number {
    return this.#ctx.clock.elapsed();
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      this.#ring = Promise.withResolvers();
      if (this.#nowMs >= this.#nextSweepMs) await this.#attempt('sweep', () => this.#sweep());
      for (const [what, schoolIds] of this.#due.take(this.#nowMs))
        await this.#attempt(what, () => ROUNDS[what].run(this.#ctx, this.#queues, schoolIds));
      if (!this.#due.isAny) await this.#rest();
    }
  }

  async #attempt(what: string, work: () => Promise<void>): Promise<void> {
    this.#busySinceMs = this.#nowMs;
    try {
      await work();
    } catch (error) {
      this.#ctx.log.error({ what, error: messageOf(error) }, 'the relay failed; the next sweep tries again');
    }
    this.#busySinceMs = null;
  }

  async #sweep(): Promise<void> {
    const { chatsInHand, config, db } = this.#ctx;
    this.#nextSweepMs = this.#nowMs + config.limits.sweepIntervalMs;
    await chatsInHand.letGoOvertaken(db.across('relay'), null);
    const turn = await takeTurn(this.#ctx, { isFirst: this.#isFirstSweep });
    if (turn.steppedBackMs > STEP_MS) return followClock(this.#ctx, this.#queues);
    this.#isFirstSweep = false;
    this.#nextSweepMs = this.#nowMs + turn.nextInMs;
    for (const what of turn.due ?? []) this.#due.add(what);
  }

  /** Sleeps until something is due or a wake rings. In busy times it then gathers the wakes that come with it. */
  async #rest(): Promise<void> {
    const { clock } = this.#ctx;
    const timer = new AbortController();
    const restsSinceMs = this.#nowMs;
    const untilMs = Math.min(this.#nextSweepMs, this.#due.nextMs) - this.#nowMs;
    const slept = Number.isFinite(untilMs)
      ? clock.sleep(Math.max(0, untilMs), timer.signal).catch(() => undefined)
      : new Promise<never>(() => undefined);
    await Promise.race([this.#ring.promise, slept]);
    timer.abort();
    const isCalm = this.#nowMs - restsSinceMs >= CALM_MS;
    if (!this.#isStopped && this.#due.isAny && !isCalm) await clock.sleep(GATHER_MS);
  }
}

interface Later {
  what: What;
  schoolId: string | undefined;
  /** By the clock's `elapsed`. */
  atMs: number;
}

/** The rounds that are to run next, each with the schools that were named, or with null for all. */
class Due {
  #rounds = new Map<What, Set<string> | null>();
  /** Rounds of a later moment. A sweep finds what a restart makes of them. */
  #later: Later[] = [];
  /** When a round that rests may begin again. */
  readonly #restsUntilMs = new Map<What, number>();

  get isAny(): boolean {
    return this.#rounds.size > 0;
  }

  /** When the next of the later rounds comes. */
  get nextMs(): number {
    return this.#later.reduce((next, { atMs }) => Math.min(next, atMs), Number.POSITIVE_INFINITY);
  }

  addLater(later: Later): void {
    this.#later.push(later);
  }

  add(what: What, schoolId?: string): void {
    const known = this.#rounds.get(what);
    if (schoolId === undefined || known === null) this.#rounds.set(what, null);
    else this.#rounds.set(what, (known ?? new Set()).add(schoolId));
  }

  /** Gives what is due now. A round that rests comes once, when it has rested. */
  take(nowMs: number): [What, string[] | null][] {
    for (const { what, schoolId, atMs } of this.#later) if (atMs <= nowMs) this.add(what, schoolId);
    this.#later = this.#later.filter(({ atMs }) => atMs > nowMs);
    const rounds = [...this.#rounds];
    this.#rounds = new Map();
    return rounds.flatMap(([what, ids]): [What, string[] | null][] => {
      const restsUntilMs = this.#restsUntilMs.get(what) ?? 0;
      if (restsUntilMs > nowMs) {
        this.#later = this.#later.filter((later) => later.what !== what);
        this.addLater({ what, schoolId: undefined, atMs: restsUntilMs });
        return [];
      }
      const { restMs } = ROUNDS[what];
      if (restMs !== undefined) this.#restsUntilMs.set(what, nowMs + restMs);
      return [[what, ids && [...ids]]];
    });
  }
}
