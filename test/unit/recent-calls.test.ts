import { expect, test } from 'vitest';
import { MINUTE_MS } from '../../src/clock.ts';
import { RecentCalls } from '../../src/recent-calls.ts';

function started() {
  const at = { ms: 0, requests: 0 };
  const recent = new RecentCalls(
    () => at.ms,
    () => at.requests,
  );
  return { at, recent };
}

test('requests are told by the second, of the last minute', () => {
  const { at, recent } = started();
  expect(recent.figures().requestsPerSecond).toBe(0);
  at.ms = 10_000;
  at.requests = 50;
  expect(recent.figures().requestsPerSecond).toBe(5);
  at.ms = 70_001;
  recent.figures();
  at.ms = 130_000;
  expect(recent.figures().requestsPerSecond).toBe(0);
});

test('errors are counted by kind and code, what is done is none', () => {
  const { recent } = started();
  recent.note('done', undefined);
  recent.note('refused', '15');
  recent.note('refused', '15');
  recent.note('unknown', undefined);
  expect(recent.figures().errors).toEqual({ 'refused:15': 2, 'unknown:': 1 });
});

test('an error is forgotten after an hour', () => {
  const { at, recent } = started();
  recent.note('token', '5');
  at.ms = 59 * MINUTE_MS;
  recent.note('token', '5');
  expect(recent.figures().errors).toEqual({ 'token:5': 2 });
  at.ms = 61 * MINUTE_MS;
  expect(recent.figures().errors).toEqual({ 'token:5': 1 });
});
