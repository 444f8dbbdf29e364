import { sure } from '../../sure.ts';
import { type CallOptions, type Pace, SferumError } from '../gateway.ts';
import type { BatcherParts } from './batcher-parts.ts';
import { batchCode, type VkCall } from './call.ts';
import { VkError } from './errors.ts';
import { type Fate, type Judgement, judge, outcomeOf } from './judgement.ts';
import { MethodCircuits } from './method-circuits.ts';
import { ignoreAbort } from './transport.ts';
import { type WaitingCall, WaitingCalls } from './waiting-calls.ts';

/**
 * Sends all calls of one token, from whatever school: at each slot of the token's pace one `execute` with what
 * waits. Several requests may be under way at once. The loop runs only while calls wait.
 *
 *   waiting → sent → done, refused or unknown
 *        ↖ never ran for the pace (error 6); with fewer others where a batch did not compile (12) or its answer was
 *          too large (13)
 */
export class TokenBatcher {
  readonly #token: string;
  /** A digest of the token, by which the pace knows it. */
  readonly #key: string;
  readonly #parts: BatcherParts;
  readonly #waiting: WaitingCalls;
  readonly #circuits: MethodCircuits;
  readonly #inFlight = new Set<Promise<void>>();
  #intervalMs: number;
  #lastSentAtMs = Number.NEGATIVE_INFINITY;
  #pausedUntilMs = 0;
  #running = false;
  #closed = false;
  /** Aborted when something changes that the sleeping loop has to look at. */
  #change = new AbortController();

  constructor(token: string, key: string, intervalMs: number, parts: BatcherParts) {
    this.#token = token;
    this.#key = key;
    this.#intervalMs = intervalMs;
    this.#parts = parts;
    this.#waiting = new WaitingCalls(parts.limits);
    this.#circuits = new MethodCircuits(parts.limits);
  }

  set intervalMs(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Queues one call. It resolves with VK's answer to the call, and rejects with SferumError. */
  call(call: VkCall, { priority, signal, notAfterMs, onSent }: CallOptions): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const waiting: WaitingCall = {
      call,
      priority,
      sinceMs: this.#parts.clock.elapsed(),
      most: this.#parts.limits.callsPerRequest,
      tooFast: 0,
      signal,
      notAfterMs,
      onSent: onSent ?? (() => {}),
      trace: this.#parts.traces.call(call.method),
      resolve,
      reject,
    };
    promise.then(
      () => waiting.trace.end(),
      (error: SferumError) => waiting.trace.end(error.kind),
    );
    const obstacle = this.#obstacle(waiting);
    if (obstacle) {
      reject(obstacle);
      return promise;
    }
    const giveUp = () => {
      if (this.#waiting.remove(waiting)) reject(neverRan(call, 'given up while it waited'));
    };
    signal?.addEventListener('abort', giveUp, { once: true });
    this.#waiting.add(waiting);
    this.#wake();
    return promise.finally(() => signal?.removeEventListener('abort', giveUp));
  }

  /** Says why a call may not wait, or wait any longer. */
  #obstacle({ call, signal, notAfterMs, tooFast }: WaitingCall): SferumError | undefined {
    const { clock, limits } = this.#parts;
    const now = clock.elapsed();
    if (this.#closed) return neverRan(call, 'the gateway is closing');
    if (signal?.aborted) return neverRan(call, 'given up before it was sent');
    if (notAfterMs !== undefined && now > notAfterMs) return neverRan(call, 'too late to be sent');
    if (tooFast > limits.tooFastRounds) return neverRan(call, 'VK keeps refusing the pace');
    if (call.codeBytes > limits.codeBytes) {
      return new SferumError('defect', `${call.method}: longer than a request may be`);
    }
    const stoppedForMs = Math.max(this.#pausedUntilMs - now, this.#circuits.stoppedForMs(call.method, now));
    return stoppedForMs > 0 ? slowDown(call, stoppedForMs) : undefined;
  }

  #wake(): void {
    this.#change.abort();
    if (this.#running || this.#closed || this.#waiting.size === 0) return;
    this.#running = true;
    this.#run().finally(() => {
      this.#running = false;
      // A call may have been queued between the loop's last look and here.
      if (this.#waiting.size > 0) this.#wake();
    });
  }

  async #run(): Promise<void> {
    const { clock, limits } = this.#parts;
    while (!this.#closed && this.#waiting.size > 0) {
      const isFull = this.#inFlight.size >= limits.requestsInFlight;
      const dueInMs = this.#waiting.dueInMs(clock.elapsed(), this.#inFlight.size);
      if (isFull || dueInMs > 0) {
        this.#change = new AbortController();
        await ignoreAbort(clock.sleep(isFull ? limits.requestTimeoutMs : dueInMs, this.#change.signal));
      } else if (await this.#slot()) {
        this.#sendNext();
      }
    }
  }

  /** Waits for the token's next slot. False where there is none for a while; then nothing waits. */
  async #slot(): Promise<boolean> {
    const { clock, pace } = this.#parts;
    let slot: Awaited<ReturnType<Pace['reserve']>>;
    try {
      slot = await pace.reserve(this.#key, this.#intervalMs);
    } catch {
      this.#log({}, 'the pace of a token cannot be reached');
      this.#rejectWaiting((call) => neverRan(call, 'the pace cannot be reached'));
      return false;
    }
    if (slot.pausedForMs > 0) {
      this.#holdToken(slot.pausedForMs);
      return false;
    }
    await clock.sleep(slot.waitMs);
    // A slot that came late is not made up for, so that the requests that reach VK stay evenly spaced.
    const tooEarlyMs = this.#lastSentAtMs + this.#intervalMs - clock.elapsed();
    if (tooEarlyMs > 0) await clock.sleep(tooEarlyMs);
    return !this.#closed;
  }

  #sendNext(): void {
    const now = this.#parts.clock.elapsed();
    for (const late of this.#waiting.drain(
      ({ notAfterMs }) => notAfterMs !== undefined && now > notAfterMs,
    )) {
      late.reject(neverRan(late.call, 'too late to be sent'));
    }
    const batch = this.#waiting.take(
      now,
      this.#inFlight.size,
      (one, other) =>
        one.method === other.method ||
        !(this.#circuits.isSuspect(one.method) || this.#circuits.isSuspect(other.method)),
    );
    if (batch.length === 0) return;
    this.#lastSentAtMs = now;
    const sent = this.#send(batch, now).finally(() => {
      this.#inFlight.delete(sent);
      this.#wake();
    });
    this.#inFlight.add(sent);
  }

  async #send(batch: WaitingCall[], sentAtMs: number): Promise<void> {
    const { execute, stats } = this.#parts;
    const calls = batch.map((waiting) => waiting.call);
    const writes = calls.filter((call) => call.write).length;
    for (const waiting of batch) waiting.onSent();
    stats.requests++;
    if (writes > 0) stats.requestsWithWrites++;
    const request = this.#parts.traces.request(batch.map(({ trace }) => trace));
    const outcome = await execute(this.#token, batchCode(calls));
    request.set({ 'sferum.outcome': outcome.type });
    request.end(outcome.type === 'reply' ? undefined : outcome.type);
    const { fates, mayHaveRun, token } = judge(calls, outcome);
    if (mayHaveRun) {
      stats.calls += calls.length;
      stats.writeCalls += writes;
    }
    if (fates.some((fate) => fate.is === 'tooFast')) stats.tooFast++;
    if (outcome.type === 'lost') this.#log({ why: outcome.why, calls: calls.length }, 'a request was lost');
    if (outcome.type === 'lost' && outcome.timedOut) this.#countHangs(calls, sentAtMs);
    this.#carryOut(batch, fates);
    if (token) this.#carryOutForToken(token);
  }

  #carryOut(batch: readonly WaitingCall[], fates: readonly Fate[]): void {
    const now = this.#parts.clock.elapsed();
    const again: WaitingCall[] = [];
    for (const [index, waiting] of batch.entries()) {
      const fate = sure(fates[index]);
      this.#parts.onCall?.(waiting.call.method, ...outcomeOf(fate, waiting.call));
      if (fate.is === 'done') {
        this.#circuits.answered(waiting.call.method, now);
        waiting.resolve(fate.value);
      } else if (fate.is === 'failed') {
        waiting.reject(fate.error);
      } else {
        if (fate.is === 'tooFast') waiting.tooFast++;
        if (fate.is === 'fewer') waiting.most = fate.most;
        again.push(waiting);
      }
    }
    this.#putBack(again);
    for (const [index, fate] of fates.entries()) {
      const limit = fate.is === 'failed' && fate.error instanceof VkError ? fate.error : undefined;
      if (limit?.kind !== 'slow-down' || !limit.retryAfterMs) continue;
      this.#circuits.stop(sure(batch[index]).call.method, limit.retryAfterMs, now);
      this.#rejectMethod(limit.method, limit.message);
    }
  }

  /** None of these calls has run. */
  #putBack(batch: readonly WaitingCall[]): void {
    const again: WaitingCall[] = [];
    for (const waiting of batch) {
      const obstacle = this.#obstacle(waiting);
      if (obstacle) waiting.reject(obstacle);
      else again.push(waiting);
    }
    this.#waiting.putBack(again);
  }

  #countHangs(calls: readonly VkCall[], sentAtMs: number): void {
    const now = this.#parts.clock.elapsed();
    for (const method of new Set(calls.map((call) => call.method))) {
      if (this.#circuits.timedOut(method, sentAtMs, now)) this.#rejectMethod(method, 'does not answer');
    }
  }

  #rejectMethod(method: string, why: string): void {
    const forMs = this.#circuits.stoppedForMs(method, this.#parts.clock.elapsed());
    this.#log({ method, why, forMs }, 'a method of VK is stopped for a time');
    for (const waiting of this.#waiting.drain(({ call }) => call.method === method)) {
      waiting.reject(slowDown(waiting.call, forMs));
    }
  }

  #carryOutForToken(token: NonNullable<Judgement['token']>): void {
    this.#log({ code: token.code, kind: token.kind }, 'VK refuses a token');
    if (token.kind === 'token') {
      this.#rejectWaiting((call) => new SferumError('token', `${call.method}: VK error ${token.code}`));
      return;
    }
    this.#holdToken(token.forMs);
    this.#parts.pace
      .pause(this.#key, token.forMs, `VK error ${token.code}`)
      .catch(() => this.#log({}, 'a pause could not be told to other processes'));
  }

  #holdToken(forMs: number): void {
    this.#pausedUntilMs = this.#parts.clock.elapsed() + forMs;
    this.#rejectWaiting((call) => slowDown(call, forMs));
  }

  #rejectWaiting(error: (call: VkCall) => SferumError): void {
    for (const waiting of this.#waiting.drain()) waiting.reject(error(waiting.call));
  }

  #log(details: Readonly<Record<string, string | number>>, message: string): void {
    this.#parts.log?.warn({ token: this.#key, ...details }, message);
  }

  /** Gives up the calls that wait, and waits, within bounds, for those under way. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#change.abort();
    this.#rejectWaiting((call) => neverRan(call, 'the gateway is closing'));
    const waited = new AbortController();
    const inTime = ignoreAbort(this.#parts.clock.sleep(this.#parts.limits.closeMs, waited.signal));
    await Promise.race([Promise.allSettled(this.#inFlight), inTime]);
    waited.abort();
  }
}

const neverRan = (call: VkCall, why: string) => new SferumError('never-ran', `${call.method}: ${why}`);
const slowDown = (call: VkCall, retryAfterMs: number) =>
  new SferumError('slow-down', `${call.method}: stopped for a time`, { retryAfterMs });
