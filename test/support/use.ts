import { onTestFinished } from 'vitest';

/** Ends the resource with the test that asks for it, the last one first. */
export function use<T extends AsyncDisposable>(resource: T): T {
  onTestFinished(() => resource[Symbol.asyncDispose]());
  return resource;
}
