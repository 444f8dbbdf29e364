import pRetry from 'p-retry';
import { SferumError } from '../gateway.ts';
import type { VkLimits } from './limits.ts';
import { ignoreAbort, type VkClock } from './transport.ts';

interface RetryRules {
  /** Repeats also what may have happened: reads, and writes whose repetition changes nothing. */
  repeatUnknown: boolean;
  signal: AbortSignal | undefined;
  isClosing: () => boolean;
  clock: VkClock;
  random: () => number;
  limits: Pick<VkLimits, 'attempts' | 'retryBaseMs' | 'retryCapMs'>;
}

/**
 * Repeats what may plainly be repeated: a call that never ran, and, where allowed, one of unknown outcome.
 * It ends with the last failure. A call that was once unknown is not called «never ran» afterwards.
 */
export async function withRetries<T>(attempt: () => Promise<T>, rules: RetryRules): Promise<T> {
  let unknown: SferumError | undefined;
  const tried = async () => {
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof SferumError && error.kind === 'unknown') unknown = error;
      throw error;
    }
  };
  try {
    return await pRetry(tried, {
      retries: rules.limits.attempts - 1,
      // The pauses are ours, by the clock that is passed in.
      minTimeout: 0,
      shouldRetry: async ({ error, attemptNumber }) => {
        if (!isRepeatable(error, rules) || rules.isClosing() || rules.signal?.aborted) return false;
        await ignoreAbort(rules.clock.sleep(pauseMs(attemptNumber, rules), rules.signal));
        return !rules.signal?.aborted;
      },
    });
  } catch (error) {
    if (unknown && error instanceof SferumError && error.kind === 'never-ran') throw unknown;
    throw error;
  }
}

const isRepeatable = (error: unknown, { repeatUnknown }: RetryRules): boolean =>
  error instanceof SferumError && (error.kind === 'never-ran' || (repeatUnknown && error.kind === 'unknown'));

/**
 * Gives the pause, which doubles from try to try. Half of it is drawn, so that the calls of one lost request do not
 * come back together.
 */
function pauseMs(attemptNumber: number, { limits, random }: RetryRules): number {
  const fullMs = Math.min(limits.retryCapMs, limits.retryBaseMs * 2 ** (attemptNumber - 1));
  return Math.round(fullMs * (0.5 + random() / 2));
}
