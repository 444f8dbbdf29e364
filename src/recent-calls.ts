/**
 * How this process has asked Sferum lately, for the operators' page. The figures go along with the process's sign of
 * life, so no row grows with the calls.
 */
import { MINUTE_MS } from './clock.ts';

/** What a process tells of itself. Errors are counted over an hour. */
export interface RecentFigures {
  requestsPerSecond: number;
  /** `kind:code`, the code empty where the messenger told none → how often. */
  errors: Record<string, number>;
}

const MINUTES_OF_ERRORS = 60;
const DONE = 'done';

interface Sample {
  atMs: number;
  requests: number;
}

/** Counts calls and errors. `elapsed` is the clock's, in ms; `requests` gives how many were ever sent. */
export class RecentCalls {
  readonly #elapsed: () => number;
  readonly #requests: () => number;
  readonly #errors = new Map<number, Map<string, number>>();
  #samples: Sample[] = [];

  constructor(elapsed: () => number, requests: () => number) {
    this.#elapsed = elapsed;
    this.#requests = requests;
  }

  /** Notes how a call ended: `done`, or the kind of its error and the messenger's code of it. */
  note(outcome: string, code: string | undefined): void {
    if (outcome === DONE) return;
    const minute = this.#minute();
    const ofMinute = this.#errors.get(minute) ?? new Map<string, number>();
    const key = `${outcome}:${code ?? ''}`;
    ofMinute.set(key, (ofMinute.get(key) ?? 0) + 1);
    this.#errors.set(minute, ofMinute);
  }

  /** Gives the figures of this moment, and forgets what is too old for them. */
  figures(): RecentFigures {
    const oldest = this.#minute() - MINUTES_OF_ERRORS;
    for (const minute of this.#errors.keys()) if (minute <= oldest) this.#errors.delete(minute);
    const errors: Record<string, number> = {};
    for (const ofMinute of this.#errors.values()) {
      for (const [code, n] of ofMinute) errors[code] = (errors[code] ?? 0) + n;
    }
    return { requestsPerSecond: this.#rate(), errors };
  }

  #minute(): number {
    return Math.floor(this.#elapsed() / MINUTE_MS);
  }

  /** Over the last minute, or since the first look where that is less. */
  #rate(): number {
    const now: Sample = { atMs: this.#elapsed(), requests: this.#requests() };
    this.#samples = [...this.#samples.filter(({ atMs }) => atMs >= now.atMs - MINUTE_MS), now];
    const first = this.#samples[0] ?? now;
    const ms = now.atMs - first.atMs;
    return ms > 0 ? ((now.requests - first.requests) * 1000) / ms : 0;
  }
}
