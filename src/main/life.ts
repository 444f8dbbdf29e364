/**
 * Leads a process from its start to its end. What it has started is stopped in the reverse order, even where a signal
 * comes while it still starts. Made once for each process.
 *
 *   starting ──► running ──► ending (signal, done, or trouble; a time limit) ──► ended
 */

import type { Logger } from 'pino';
import { messageOf } from '../errors.ts';

/** One Ctrl-C comes twice, from the terminal and from npm. After this time a second one is meant. */
const SAME_SIGNAL_MS = 1_000;
const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGTERM: 15 } as const;
const SIGNAL_CODES = 128;
/**
 * A process that has lost its database or queue cannot end in good order. Such a loss is noticed after 46 s at the
 * latest (a worker's watch). So this much time is left for the process to be gone within 60 s (V6).
 */
const TROUBLED_LIMIT_MS = 12_000;

const NEVER = new Promise<never>(() => undefined);

interface LifeOptions {
  /** An end that takes longer is cut short. */
  limitMs: number;
  /**
   * True for a process that serves. Where it is told to stop, its work is done and its exit code is 0. A command that
   * is stopped has not done its work.
   */
  serves: boolean;
}

/** A process's life. One is made in each process, because it listens to the signals. */
export class Life {
  log: Logger | undefined;
  readonly #options: LifeOptions;
  readonly #started: Promise<AsyncDisposable | null>[] = [];
  #endingSinceMs: number | null = null;

  constructor(options: LifeOptions) {
    this.#options = options;
    for (const [signal, number] of Object.entries(SIGNALS)) {
      process.on(signal, () => this.#stop(signal, options.serves ? 0 : SIGNAL_CODES + number));
    }
    process.on('uncaughtException', (error) => void this.fail(error));
    process.on('unhandledRejection', (error) => void this.fail(error));
  }

  /**
   * Takes over a part and stops it at the end, even a part that is ready only after the end has begun. Then it does not
   * return.
   */
  async own<T extends AsyncDisposable>(starting: Promise<T>): Promise<T> {
    this.#started.push(starting.catch(() => null));
    const started = await starting;
    return this.#endingSinceMs === null ? started : NEVER;
  }

  /** Ends the process, because its work is done. */
  end(code: number): Promise<never> {
    return this.#end(code);
  }

  /** Ends the process because it cannot go on, and says why. A failure that the end itself causes is not reported. */
  fail(error: unknown): Promise<never> {
    if (this.#endingSinceMs !== null) return NEVER;
    if (this.log) this.log.fatal({ err: error }, 'ending');
    process.stderr.write(`sferum-sync: ${messageOf(error)}\n`);
    return this.#end(1, Math.min(this.#options.limitMs, TROUBLED_LIMIT_MS));
  }

  #stop(signal: string, code: number): void {
    if (this.#endingSinceMs !== null) {
      if (performance.now() - this.#endingSinceMs < SAME_SIGNAL_MS) return;
      process.stderr.write(`sferum-sync: ${signal} again: ended at once\n`);
      process.exit(1);
    }
    this.log?.info({ signal }, 'ending');
    void this.#end(code);
  }

  async #end(code: number, limitMs = this.#options.limitMs): Promise<never> {
    if (this.#endingSinceMs !== null) return NEVER;
    this.#endingSinceMs = performance.now();
    setTimeout(() => {
      process.stderr.write(`sferum-sync: not stopped within ${limitMs / 1000} s: ended all the same\n`);
      process.exit(1);
    }, limitMs);
    let last = code;
    for (const starting of this.#started.toReversed()) {
      try {
        await (await starting)?.[Symbol.asyncDispose]();
      } catch (error) {
        process.stderr.write(`sferum-sync: ${messageOf(error)}\n`);
        last = 1;
      }
    }
    process.exit(last);
  }
}
