/** A clock that stands until it is moved, and a VK that answers as a test tells it. */
import type { Pace, SferumCredentials } from '../../src/sferum/gateway.ts';
import { linkCheck } from '../../src/sferum/links.ts';
import { parseScript } from '../../src/sferum/sandbox/vkscript.ts';
import type { VkLimits } from '../../src/sferum/vk/limits.ts';
import type { VkClock } from '../../src/sferum/vk/transport.ts';
import { createVkGateway } from '../../src/sferum/vk/vk-gateway.ts';
import { createMemoryPace } from '../support/memory-pace.ts';

export class FakeClock implements VkClock {
  #now = 1_000_000;
  #sleepers: { atMs: number; wake: () => void }[] = [];

  now = () => this.#now;
  elapsed = () => this.#now;

  sleep = (ms: number, signal?: AbortSignal): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (signal?.aborted) return Promise.reject(signal.reason);
    const sleeper = { atMs: this.#now + ms, wake: resolve };
    this.#sleepers.push(sleeper);
    signal?.addEventListener('abort', () => {
      this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
      resolve();
    });
    return promise;
  };

  /** Moves time. Wakes sleepers in order and lets everything they start run. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#now + ms;
    for (;;) {
      await settled();
      const next = this.#sleepers.toSorted((one, other) => one.atMs - other.atMs)[0];
      if (!next || next.atMs > endMs) break;
      this.#sleepers = this.#sleepers.filter((other) => other !== next);
      this.#now = Math.max(this.#now, next.atMs);
      next.wake();
    }
    this.#now = endMs;
  }
}

/** Lets promises that wait for nothing outside run to their end. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}

export interface SeenCall {
  method: string;
  params: Readonly<Record<string, string>>;
}
export interface SeenRequest {
  atMs: number;
  token: string;
  calls: SeenCall[];
}

/** The refusal of one inner call. */
export class Refusal {
  readonly code: number;
  readonly text: string;
  constructor(code: number, text = 'refused') {
    this.code = code;
    this.text = text;
  }
}

/** The answer to a request: VK's answer as a value, or a failure of the connection. */
export type Script = (request: SeenRequest, number: number) => unknown;

export class FakeVk {
  readonly requests: SeenRequest[] = [];
  readonly #clock: FakeClock;
  /** How long an answer takes. */
  latencyMs = 0;
  /** Answers a request as a whole. Undefined: it is answered call by call. */
  answer: Script = () => undefined;
  /** Answers one call. */
  answerCall: (call: SeenCall) => unknown = () => 1;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  fetch = (async (_url: string | URL | Request, init?: RequestInit) => {
    const code = new URLSearchParams(init?.body as URLSearchParams).get('code') ?? '';
    const token = new Headers(init?.headers).get('authorization') ?? '';
    const request = { atMs: this.#clock.now(), token, calls: callsOf(code) };
    this.requests.push(request);
    const answer = this.answer(request, this.requests.length) ?? this.#callByCall(request.calls);
    if (this.latencyMs > 0) await this.#clock.sleep(this.latencyMs, init?.signal ?? undefined);
    if (answer === 'hang') await this.#clock.sleep(Number.MAX_SAFE_INTEGER, init?.signal ?? undefined);
    init?.signal?.throwIfAborted();
    if (answer instanceof Error) throw answer;
    if (answer instanceof Response) return answer;
    return Response.json(answer);
  }) as typeof fetch;

  #callByCall(calls: readonly SeenCall[]) {
    const results = calls.map(this.answerCall);
    const errors = results.flatMap((result, index) =>
      result instanceof Refusal
        ? [{ method: calls[index]!.method, error_code: result.code, error_msg: result.text }]
        : [],
    );
    const response = results.map((result) => (result instanceof Refusal ? false : result));
    return errors.length === 0 ? { response } : { response, execute_errors: errors };
  }

  /** The methods of each request, in short form. */
  get methods(): string[][] {
    return this.requests.map((request) => request.calls.map((call) => call.method.split('.')[1]!));
  }
}

function callsOf(code: string): SeenCall[] {
  const script = parseScript(code);
  if (script.type !== 'array') throw new Error('not a batch');
  return script.items.map((item) => {
    if (item.type !== 'call') throw new Error('not a call');
    return { method: item.method, params: item.params };
  });
}

export const requestError = (code: number, text = 'refused') => ({
  error: { error_code: code, error_msg: text },
});

/** An error as fetch throws it: the reason stands in `cause`. */
export const connectionError = (code: string) =>
  new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });

export const OWNER = 900_000_000_001;
export const COMMUNITY = 77;

export const credentials = (changes: Partial<SferumCredentials> = {}): SferumCredentials => ({
  schoolId: 'school-1',
  communityId: COMMUNITY,
  ownerId: OWNER,
  accessToken: 'token-1',
  tokenKind: 'user',
  callsToken: null,
  requestsPerSecond: 3,
  ...changes,
});

/** A gateway over a fake VK. `pace` replaces the one in memory. */
export function bench(
  limits: Partial<VkLimits> = {},
  otherPace?: Pace,
  other: Partial<SferumCredentials> = {},
) {
  const clock = new FakeClock();
  const vk = new FakeVk(clock);
  const logged: string[] = [];
  const pace = otherPace ?? createMemoryPace(clock.now);
  const makeGateway = () =>
    createVkGateway({
      baseUrl: 'http://vk.test/method',
      fetch: vk.fetch,
      leadsToSferum: linkCheck([]),
      pace,
      clock,
      random: () => 0.5,
      limits,
      log: { warn: (details, message) => logged.push(JSON.stringify([details, message])) },
    });
  const gateway = makeGateway();
  return {
    clock,
    vk,
    gateway,
    account: gateway.account(credentials(other)),
    /** The same account in another process, which shares the pace alone. */
    anotherProcess: () => makeGateway().account(credentials()),
    logged,
  };
}

export const chat = (number = 1) => ({ ownerId: OWNER, peerId: 2_000_000_000 + number });

/** Collects outcomes of promises as they end. */
export function watch<T>(promises: readonly Promise<T>[]): PromiseSettledResult<T>[] {
  const ended: PromiseSettledResult<T>[] = [];
  for (const [index, promise] of promises.entries()) {
    promise.then(
      (value) => {
        ended[index] = { status: 'fulfilled', value };
      },
      (reason) => {
        ended[index] = { status: 'rejected', reason };
      },
    );
  }
  return ended;
}

/** Gives the kind of error that a promise ends with, or its value. */
export const endOf = <T>(promise: Promise<T>): Promise<T | string> =>
  promise.catch((error) => (error as { kind?: string }).kind ?? String(error));
