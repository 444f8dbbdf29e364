import { SferumError } from '../gateway.ts';
import type { VkCall } from './call.ts';
import { VkError, type VkErrorReply } from './errors.ts';

type CallOutcome = { ok: true; value: unknown } | { ok: false; error: SferumError };

/**
 * Gives each call of a batch its part of the answer.
 * A failed call is `false` in the array, and its error stands in `execute_errors`, in call order and without an
 * index: the n-th `false` belongs to the n-th entry. What does not add up is `unknown` for the calls concerned,
 * because a wrong match would report one call's failure as another's.
 */
export function matchReply(
  calls: readonly VkCall[],
  response: unknown,
  executeErrors: unknown,
): CallOutcome[] {
  if (!Array.isArray(response) || response.length !== calls.length) {
    return calls.map((call) => unclear(call, 'the answer does not match the batch'));
  }
  const failed = calls.filter((_, index) => response[index] === false);
  const errors = errorEntries(executeErrors, failed.length);
  return calls.map((call, index) => {
    if (response[index] !== false) return { ok: true, value: response[index] };
    const entry = errors?.[failed.indexOf(call)];
    if (!entry || entry.method !== call.method) return unclear(call, 'its error cannot be told');
    return { ok: false, error: new VkError(call.method, entry) };
  });
}

const unclear = (call: VkCall, why: string): CallOutcome => ({
  ok: false,
  error: new SferumError('unknown', `${call.method}: ${why}`),
});

type ErrorEntry = VkErrorReply & { method: string };

/** Gives the entries of failed calls. Undefined where they cannot be matched one to one. */
function errorEntries(executeErrors: unknown, failedCount: number): ErrorEntry[] | undefined {
  const entries = (Array.isArray(executeErrors) ? executeErrors : []).map(parseEntry);
  // VK sometimes adds one entry of `execute` itself that repeats the last.
  if (entries.at(-1)?.method === 'execute') entries.pop();
  return entries.length === failedCount ? entries : undefined;
}

function parseEntry(entry: unknown): ErrorEntry {
  const fields = fieldsOf(entry);
  return { method: String(fields.method), ...parseError(entry) };
}

/** Reads VK's error object. An error without a number is code 1, «unknown error». */
export function parseError(error: unknown): VkErrorReply {
  const fields = fieldsOf(error);
  return {
    code: typeof fields.error_code === 'number' ? fields.error_code : 1,
    subcode: typeof fields.error_subcode === 'number' ? fields.error_subcode : undefined,
    text: typeof fields.error_msg === 'string' ? fields.error_msg : '',
  };
}

const fieldsOf = (value: unknown): Partial<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {};
