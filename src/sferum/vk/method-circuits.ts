import type { VkLimits } from './limits.ts';

interface MethodState {
  hangs: number;
  firstHangAtMs: number;
  closedUntilMs: number;
}

/**
 * Stops for a time the methods of a token that do not work, and not the token. Over a quantity limit VK refuses one
 * method (9, 29, 43, 982) or leaves it without an answer, while others go on.
 *
 *   working → suspect (timed out; travels only with its own kind) → stopped (refused, or timed out several
 *   times in a row while others were answered) → working when its time is over or it is answered.
 */
export class MethodCircuits {
  readonly #limits: Pick<VkLimits, 'hangsInARow' | 'hangPauseMs'>;
  readonly #states = new Map<string, MethodState>();
  readonly #answeredAtMs = new Map<string, number>();

  constructor(limits: Pick<VkLimits, 'hangsInARow' | 'hangPauseMs'>) {
    this.#limits = limits;
  }

  /** Says how long the method stays stopped. 0: it may be called. */
  stoppedForMs(method: string, now: number): number {
    return Math.max(0, (this.#states.get(method)?.closedUntilMs ?? 0) - now);
  }

  isSuspect(method: string): boolean {
    return (this.#states.get(method)?.hangs ?? 0) > 0;
  }

  stop(method: string, forMs: number, now: number): void {
    const state = this.#stateOf(method);
    state.closedUntilMs = Math.max(state.closedUntilMs, now + forMs);
  }

  answered(method: string, now: number): void {
    this.#answeredAtMs.set(method, now);
    const state = this.#states.get(method);
    if (state) state.hangs = 0;
  }

  /** Counts a time-out of a request with this method. True: that stops the method. */
  timedOut(method: string, sentAtMs: number, now: number): boolean {
    const state = this.#stateOf(method);
    if (state.hangs === 0) state.firstHangAtMs = sentAtMs;
    state.hangs++;
    const othersAnswer = [...this.#answeredAtMs].some(
      ([other, atMs]) => other !== method && atMs > state.firstHangAtMs,
    );
    if (state.hangs < this.#limits.hangsInARow || !othersAnswer) return false;
    state.hangs = 0;
    this.stop(method, this.#limits.hangPauseMs, now);
    return true;
  }

  #stateOf(method: string): MethodState {
    const known = this.#states.get(method);
    if (known) return known;
    const fresh: MethodState = { hangs: 0, firstHangAtMs: 0, closedUntilMs: 0 };
    this.#states.set(method, fresh);
    return fresh;
  }
}
