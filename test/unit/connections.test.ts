import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../src/limits.ts';
import { shareOut } from '../../src/store/connections.ts';

const POSTGRES_DEFAULT = 100 - 3;
const api = { queueInPostgres: true, listening: 0 };
const worker = { queueInPostgres: true, listening: 3 };

test('what a process takes is what it may, but for the least that the queue in PostgreSQL works with', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 500 }),
      fc.constantFrom(api, worker, { queueInPostgres: false, listening: 0 }),
      (allowed, of) => {
        const { database, queue, total } = shareOut(allowed, of);
        expect(database).toBeGreaterThanOrEqual(2);
        if (of.queueInPostgres) expect(queue).toBeGreaterThan(of.listening);
        else expect(queue).toBe(0);
        expect(total).toBe(database + queue);
        expect(total).toBe(Math.max(allowed, of.queueInPostgres ? of.listening + 3 : 2));
      },
    ),
  );
});

test('two API processes and three workers fit by default into what PostgreSQL allows by default', () => {
  const of = (parts: typeof api) => shareOut(DEFAULT_LIMITS.databaseConnections, parts).total;
  expect(2 * of(api) + 3 * of(worker)).toBeLessThan(POSTGRES_DEFAULT);
});
