/**
 * Tells who must act (K2). It is a loop of its own in every process, API and worker alike. Receivers that hang would
 * hold up the relay's rounds, and where the last worker has died an API process still tells of it.
 */
import type { Context } from '../context.ts';
import { nextDue, type Taken, takeDeliveries } from '../rows/told-delivery.ts';
import { type Mail, openMail } from './mail.ts';
import { sendOne } from './send.ts';
import { look, tell } from './tell.ts';

/** A process has at most so many messages of one webhook on their way. */
const OF_ONE_WEBHOOK = 4;
/** A message that was taken is taken again after this share of the time that sending it may take. */
const LEASE_SHARE = 3;
/**
 * What is due and cannot be taken belongs to another process, or its receiver is busy. It is looked for again after
 * this.
 */
const TAKEN_PAUSE_MS = 1000;

/** Gives until when a message that is taken now is left to the process that takes it. */
export function leaseUntil({ clock, config }: Context): Date {
  return new Date(clock.now() + config.limits.tellTimeoutMs * LEASE_SHARE);
}

const NEVER = Number.POSITIVE_INFINITY;
const dueMs = (at: string | null): number => (at === null ? NEVER : Date.parse(at));

/** Starts the loop. Disposal waits for the messages that are on their way. */
export async function startTeller(ctx: Context): Promise<AsyncDisposable> {
  const { mail, limits } = ctx.config;
  return new Teller(ctx, await openMail(mail, limits.tellTimeoutMs));
}

class Teller implements AsyncDisposable {
  readonly #ctx: Context;
  readonly #mail: Mail | null;
  readonly #stop = new AbortController();
  readonly #onTheirWay = new Map<string, { message: Taken; sent: Promise<void> }>();
  /** When the next message is due, by what this process knows. */
  #dueMs = 0;
  #isFree = Promise.withResolvers<void>();
  readonly #running: Promise<void>;

  constructor(ctx: Context, mail: Mail | null) {
    this.#ctx = ctx;
    this.#mail = mail;
    this.#running = this.#run();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.#isFree.resolve();
    await this.#running;
    await Promise.all([...this.#onTheirWay.values()].map(({ sent }) => sent));
  }

  async #run(): Promise<void> {
    const { config, clock } = this.#ctx;
    // A process that has just started has more urgent work, and the others look meanwhile.
    let nextTellMs = clock.elapsed() + config.limits.tellIntervalMs;
    while (!this.#stop.signal.aborted) {
      this.#isFree = Promise.withResolvers();
      let pauseMs: number | null = null;
      try {
        if (clock.elapsed() >= nextTellMs) {
          nextTellMs = clock.elapsed() + config.limits.tellIntervalMs;
          // A message that has been sent meanwhile sets this to 0, and the answer may not know of it yet.
          this.#dueMs = NEVER;
          const { isNews, nextDue } = await look(this.#ctx);
          this.#dueMs = Math.min(this.#dueMs, isNews ? 0 : dueMs(nextDue));
          if (isNews) await tell(this.#ctx);
        }
        pauseMs = await this.#sendDue();
      } catch (error) {
        this.#ctx.log.error(
          { err: error },
          'the people who must act could not be told; it will be tried again',
        );
      }
      await this.#rest(Math.min(pauseMs ?? Number.POSITIVE_INFINITY, nextTellMs - clock.elapsed()));
    }
  }

  /** Sends what is due while there are free places. Gives the time until more is due. Null where that is not known. */
  async #sendDue(): Promise<number | null> {
    const { config, db, clock } = this.#ctx;
    const untilDueMs = this.#dueMs - clock.now();
    if (untilDueMs > 0) return untilDueMs;
    const free = config.limits.tellAtOnceMessages - this.#onTheirWay.size;
    if (free <= 0) return null;
    this.#dueMs = NEVER;
    const taken = await takeDeliveries(db.across('telling'), {
      ...{ at: new Date(clock.now()), leaseUntil: leaseUntil(this.#ctx) },
      ...{ most: free, mostOfWebhook: OF_ONE_WEBHOOK, busy: this.#busy(), mail: this.#mail !== null },
    });
    for (const message of taken) this.#send(message);
    if (taken.length > 0) {
      this.#dueMs = 0;
      return 0;
    }
    const next = await nextDue(db.across('telling'), { mail: this.#mail !== null });
    this.#dueMs = Math.min(this.#dueMs, dueMs(next));
    const untilMs = this.#dueMs - clock.now();
    return untilMs <= 0 ? TAKEN_PAUSE_MS : untilMs;
  }

  #busy(): string[] {
    const all = [...this.#onTheirWay.values()].flatMap(({ message: { webhookId } }) => webhookId ?? []);
    return [...new Set(all)].filter((id) => all.filter((one) => one === id).length >= OF_ONE_WEBHOOK);
  }

  #send(message: Taken): void {
    const sent = sendOne(this.#ctx, this.#mail, message)
      .then(
        () => undefined,
        // It stays in the outbox and is taken again.
        (error) =>
          this.#ctx.log.error(
            { err: error, id: message.id },
            'the outcome of a message could not be recorded',
          ),
      )
      .finally(() => {
        this.#onTheirWay.delete(message.id);
        this.#dueMs = 0;
        this.#isFree.resolve();
      });
    this.#onTheirWay.set(message.id, { message, sent });
  }

  /** Waits, or until a message has been sent. */
  async #rest(ms: number): Promise<void> {
    if (ms <= 0) return;
    const timer = new AbortController();
    const signal = AbortSignal.any([timer.signal, this.#stop.signal]);
    await Promise.race([this.#ctx.clock.sleep(ms, signal).catch(() => undefined), this.#isFree.promise]);
    timer.abort();
  }
}
