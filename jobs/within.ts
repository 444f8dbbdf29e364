/** A server that does not answer within this time counts as absent. BullMQ itself would wait and say nothing. */
export const READY_TIMEOUT_MS = 15_000;

/** Waits for the work, at most so long. Throws in words for an operator where it takes longer. */
export async function within<T>(timeoutMs: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(new Error(`${what} did not answer within ${timeoutMs} ms; is its server up and reachable?`)),
      timeoutMs,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits until all of it has ended, well or not, and gives up after so long without a word. */
export async function settleWithin(timeoutMs: number, work: Promise<unknown>[]): Promise<void> {
  await within(timeoutMs, 'closing', Promise.allSettled(work)).catch(() => undefined);
}
