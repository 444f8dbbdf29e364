/** V6: a store that answers and takes no writes is told by /readyz, and once by the log. */
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { describe, expect, test, vi } from 'vitest';
import { startProgram } from '../support/child-process.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startHalves } from '../support/halves.ts';
import { REDIS_IS_INSTALLED, startRedis } from '../support/redis.ts';
import { use } from '../support/use.ts';

const QUICK = { LIMIT_LOST_AFTER_MS: '5000', LIMIT_PROBE_TIMEOUT_MS: '1000', LIMIT_SHUTDOWN_MS: '3000' };
const SOON = { timeout: 20_000, interval: 200 };

async function onlyReading({ ownerUrl }: TestDatabase, reading: boolean): Promise<void> {
  const owner = new Client({ connectionString: ownerUrl });
  await owner.connect();
  const name = new URL(ownerUrl).pathname.slice(1);
  await owner.query('set default_transaction_read_only = off');
  await owner.query(`alter database ${name} set default_transaction_read_only = ${reading ? 'on' : 'off'}`);
  await owner.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()',
    [name],
  );
  await owner.end();
}

/** Gives how often the most repeated line stands in the log. */
function mostRepeated(lines: readonly string[]): number {
  const count = new Map<string, number>();
  for (const line of lines) {
    if (!/"level":"(warn|error|fatal)"/.test(line)) continue;
    const words = line.replace(/"time":"[^"]*"|"stack":"[^"]*"|"repeated":\d+/g, '');
    count.set(words, (count.get(words) ?? 0) + 1);
  }
  return Math.max(0, ...count.values());
}

test('a database that only reads: not ready, a worker ends, each trouble is said once; writing again it is ready', async () => {
  const database = use(await createTestDatabase());
  const halves = use(await startHalves({ databaseUrl: database.url, env: QUICK }));
  const worker = use(startProgram('worker', halves.env));
  await worker.ready();
  const readiness = async () => (await halves.app.http.request('/readyz')).status;
  expect(await readiness()).toBe(200);
  await onlyReading(database, true);
  await vi.waitFor(async () => expect(await readiness()).toBe(503), SOON);
  expect(await worker.ended).toBe(1);
  expect(worker.lines.join('\n')).toContain('this process cannot work any more');
  expect(mostRepeated(worker.lines)).toBe(1);
  await onlyReading(database, false);
  await vi.waitFor(async () => expect(await readiness()).toBe(200), SOON);
}, 60_000);

describe.runIf(REDIS_IS_INSTALLED)('a Redis that answers and takes no writes', () => {
  test.each([
    ['a replica', ['replicaof', '127.0.0.1', '9'], ['replicaof', 'no', 'one']],
    ['full', ['config', 'set', 'maxmemory', '1'], ['config', 'set', 'maxmemory', '0']],
  ])(
    '%s: not ready, a worker ends, each trouble is said once; cured it is ready',
    async (_, harm, cure) => {
      const redis = use(await startRedis());
      const asking = new Redis(redis.url);
      use({ [Symbol.asyncDispose]: async () => asking.disconnect() });
      const halves = use(await startHalves({ env: { ...QUICK, REDIS_URL: redis.url } }));
      const worker = use(startProgram('worker', halves.env));
      await worker.ready();
      const readiness = async () => (await halves.app.http.request('/readyz')).status;
      expect(await readiness()).toBe(200);
      await asking.call(harm[0]!, ...harm.slice(1));
      await vi.waitFor(async () => expect(await readiness()).toBe(503), SOON);
      expect(await worker.ended).toBe(1);
      expect(mostRepeated(worker.lines)).toBe(1);
      await asking.call(cure[0]!, ...cure.slice(1));
      await vi.waitFor(async () => expect(await readiness()).toBe(200), SOON);
    },
    60_000,
  );
});
