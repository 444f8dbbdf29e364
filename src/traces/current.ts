/**
 * The work to which the present code belongs. It is found by the chain of calls (AsyncLocalStorage). Otherwise
 * everything that changes a row would have to pass it on.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { NO_SPAN, type Span } from './span.ts';

const present = new AsyncLocalStorage<Span>();

/** The traceparent of the present work; null outside of any. */
export const currentTrace = (): string | null => present.getStore()?.traceparent ?? null;

/** Does the work within the span and ends it. `codeOf` gives what of an error may be told. */
export async function withinSpan<T>(
  span: Span,
  codeOf: (error: unknown) => string,
  work: () => Promise<T>,
): Promise<T> {
  if (span === NO_SPAN && present.getStore() === undefined) return work();
  try {
    const done = await present.run(span, work);
    span.end();
    return done;
  } catch (error) {
    span.end(codeOf(error));
    throw error;
  }
}
