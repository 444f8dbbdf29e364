import type { Clock } from '../../clock.ts';
import type { VkErrorReply } from './errors.ts';
import { withoutPinnedMessages } from './pinned-messages.ts';
import { parseError } from './reply.ts';

/** What the adapter needs of the clock. */
export type VkClock = Pick<Clock, 'elapsed' | 'sleep'>;

export type RequestOutcome =
  | { type: 'reply'; response: unknown; executeErrors: unknown }
  | { type: 'error'; error: VkErrorReply }
  /** No answer came that can be read. `ran` is false only where the request cannot have reached VK. */
  | { type: 'lost'; mayHaveRun: boolean; timedOut: boolean; why: string };

export type Execute = (token: string, code: string) => Promise<RequestOutcome>;

const API_VERSION = '5.199';

/** Failures that come before the first byte of the request has left. */
const NOT_SENT: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/**
 * Sends one `execute` over HTTP. It never throws. It refuses redirects, because a token goes to the configured host
 * only.
 * `baseUrl` is the address above the methods, such as `https://api.vk.ru/method`.
 */
export function httpExecute(options: {
  baseUrl: string;
  fetch: typeof fetch;
  clock: VkClock;
  timeoutMs: number;
}): Execute {
  const url = `${options.baseUrl.replace(/\/+$/, '')}/execute`;
  return async (token, code) => {
    const answered = new AbortController();
    const overdue = new AbortController();
    ignoreAbort(options.clock.sleep(options.timeoutMs, answered.signal)).then(() => overdue.abort());
    try {
      const reply = await options.fetch(url, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: new URLSearchParams({ v: API_VERSION, code }),
        redirect: 'error',
        signal: overdue.signal,
      });
      return readReply(reply.status, await reply.text());
    } catch (error) {
      const timedOut = overdue.signal.aborted;
      return { type: 'lost', mayHaveRun: timedOut || wasSent(error), timedOut, why: reason(error, timedOut) };
    } finally {
      answered.abort();
    }
  };
}

/** Waits. An aborted wait counts as a finished one. */
export const ignoreAbort = (wait: Promise<void>): Promise<void> => wait.catch(() => {});

function readReply(status: number, body: string): RequestOutcome {
  const unreadable: RequestOutcome = {
    type: 'lost',
    mayHaveRun: true,
    timedOut: false,
    why: `HTTP ${status} without an answer of the API`,
  };
  let reply: unknown;
  try {
    reply = JSON.parse(withoutPinnedMessages(body));
  } catch {
    return unreadable;
  }
  if (typeof reply !== 'object' || reply === null) return unreadable;
  if ('error' in reply) return { type: 'error', error: parseError(reply.error) };
  if (status !== 200 || !('response' in reply)) return unreadable;
  return {
    type: 'reply',
    response: reply.response,
    executeErrors: 'execute_errors' in reply ? reply.execute_errors : [],
  };
}

/** fetch hides the reason in `cause`. A host with several addresses gives one error for each. */
function wasSent(error: unknown): boolean {
  const cause = causeOf(error);
  const each = cause instanceof AggregateError ? cause.errors : [cause];
  return !each.every((one) => NOT_SENT.has(codeOf(one)));
}

function reason(error: unknown, timedOut: boolean): string {
  if (timedOut) return 'no answer in time';
  const code = codeOf(causeOf(error));
  return typeof code === 'string' ? `connection failed (${code})` : 'connection failed';
}

const causeOf = (error: unknown): unknown => (error instanceof Error ? error.cause : undefined);

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
