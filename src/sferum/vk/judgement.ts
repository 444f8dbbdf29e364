import { SferumError } from '../gateway.ts';
import type { VkCall } from './call.ts';
import { VkError, type VkErrorReply } from './errors.ts';
import { matchReply } from './reply.ts';
import type { RequestOutcome } from './transport.ts';

/**
 * What becomes of one call of a request. `tooFast` and `fewer` wait again, the latter for a request of at most so many
 * calls. They never ran, or are reads.
 */
export type Fate =
  | { is: 'done'; value: unknown }
  | { is: 'failed'; error: SferumError }
  | { is: 'tooFast' }
  | { is: 'fewer'; most: number };

export interface Judgement {
  /** In the order of the calls. */
  fates: Fate[];
  /** Whether VK may have carried out the calls, and so counts them. */
  mayHaveRun: boolean;
  /** Set where the answer concerns the token, and so every call that waits for it. */
  token?: { kind: 'slow-down'; forMs: number; code: number } | { kind: 'token'; code: number };
}

const TOO_FAST = 6;
const DOES_NOT_COMPILE = 12;
const RUNTIME_ERROR = 13;

/** How a call ended, for counting: in a word, and VK's own code where it told one. */
export function outcomeOf(fate: Fate, call: VkCall): [outcome: string, code?: string] {
  if (fate.is === 'tooFast') return [fate.is, String(TOO_FAST)];
  if (fate.is !== 'failed') return [fate.is];
  if (call.isAnsweredByRefusal && fate.error instanceof VkError) return ['done'];
  return fate.error instanceof VkError ? [fate.error.kind, String(fate.error.code)] : [fate.error.kind];
}

/** Says what a request's outcome means for its calls. Pure. */
export function judge(calls: readonly VkCall[], outcome: RequestOutcome): Judgement {
  if (outcome.type === 'error') return judgeError(calls, outcome.error);
  if (outcome.type === 'lost') {
    const kind = outcome.mayHaveRun ? 'unknown' : 'never-ran';
    const failed = (call: VkCall): Fate => ({
      is: 'failed',
      error: new SferumError(kind, `${call.method}: ${outcome.why}`),
    });
    return { fates: calls.map(failed), mayHaveRun: outcome.mayHaveRun };
  }
  const fates = matchReply(calls, outcome.response, outcome.executeErrors).map((result): Fate => {
    if (result.ok) return { is: 'done', value: result.value };
    const isTooFast = result.error instanceof VkError && result.error.code === TOO_FAST;
    return isTooFast ? { is: 'tooFast' } : { is: 'failed', error: result.error };
  });
  return { fates, mayHaveRun: true };
}

/** Judges a request that VK refused as a whole. */
function judgeError(calls: readonly VkCall[], error: VkErrorReply): Judgement {
  if (error.code === TOO_FAST) return { fates: calls.map(() => ({ is: 'tooFast' })), mayHaveRun: false };
  const told = new VkError('execute', error);
  const failed = (call: VkCall): Fate => ({ is: 'failed', error: requestError(call, told) });
  // On error 12 VK runs nothing. The call that broke the program must not take its neighbours down, so each
  // goes alone.
  if (error.code === DOES_NOT_COMPILE) {
    return {
      fates: calls.map((call) => (calls.length > 1 ? { is: 'fewer', most: 1 } : failed(call))),
      mayHaveRun: false,
    };
  }
  // Some calls may have run. Reads may be asked again, half as many at a time; of writes nothing is known.
  if (error.code === RUNTIME_ERROR && calls.length > 1 && /too big/i.test(error.text)) {
    const most = Math.floor(calls.length / 2);
    return {
      fates: calls.map((call) => (call.write ? failed(call) : { is: 'fewer', most })),
      mayHaveRun: true,
    };
  }
  const judgement: Judgement = { fates: calls.map(failed), mayHaveRun: told.kind === 'unknown' };
  if (told.kind === 'token') judgement.token = { kind: 'token', code: told.code };
  if (told.kind === 'slow-down' && told.retryAfterMs) {
    judgement.token = { kind: 'slow-down', forMs: told.retryAfterMs, code: told.code };
  }
  return judgement;
}

/** Takes the kind from `execute`: a refusal of the request says nothing about the single method. */
const requestError = (call: VkCall, told: VkError): SferumError =>
  new SferumError(told.kind, `${call.method} in ${told.message}`, {
    ...(told.reason && { reason: told.reason }),
    ...(told.retryAfterMs && { retryAfterMs: told.retryAfterMs }),
  });
