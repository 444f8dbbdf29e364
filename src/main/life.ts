/**
 * From its start to its end: what a process has started is stopped in the other order, also where a signal comes while
 * it still starts. Once for each process.
 *
 *   starting ──► running ──► ending (signal, done, or trouble; a time limit) ──► ended
 */
import type { Logger } from 'pino';

/** One Ctrl-C comes twice, from the terminal and from npm; so long after it a second one is meant. */
const SAME_SIGNAL_MS = 1_000;
const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGTERM: 15 } as const;
const SIGNAL_CODES = 128;
/**
 * What has lost its database or queue cannot end in good order, and a loss is told after 36 s at the latest (a worker's
 * watch): so long it may take to be gone within 60 s (V6).
 */
const TROUBLED_LIMIT_MS = 15_000;

const NEVER = new Promise<never>(() => undefined);

export interface LifeOptions {
  /** An end that takes longer is cut short. */
  limitMs: number;
  /** A process that serves has done its work when it is told to stop; a command has not. */
  serves: boolean;
}

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

  /** What is given here is stopped at the end, whenever it is there. Does not return once the end has begun. */
  async own<T extends AsyncDisposable>(starting: Promise<T>): Promise<T> {
    this.#started.push(starting.catch(() => null));
    const started = await starting;
    return this.#endingSinceMs === null ? started : NEVER;
  }

  /** The process has done its work. */
  end(code: number): Promise<never> {
    return this.#end(code);
  }

  /** The process cannot go on: it says so. What fails because the end has begun says nothing. */
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

/** One message that a person understands; never a password. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || (error as { code?: string }).code || error.name;
}
