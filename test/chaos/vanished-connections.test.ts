/** V6: connections to PostgreSQL that vanish without a word – a firewall forgets them, a host is replaced. */
import { sql } from 'kysely';
import { expect, test, vi } from 'vitest';
import { startProgram } from '../support/child-process.ts';
import { createTestDatabase } from '../support/database.ts';
import { everywhere } from '../support/everywhere.ts';
import { startHalves } from '../support/halves.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { use } from '../support/use.ts';

const HEALED_WITHIN_MS = 60_000;

test('API and worker go on within a minute, under load and at rest, and no statement is left without an answer', async () => {
  const database = use(await createTestDatabase());
  const proxy = use(await startTcpProxy(database.url));
  const halves = use(await startHalves({ databaseUrl: proxy.through(database.url) }));
  const worker = use(startProgram('worker', halves.env));
  await worker.ready();
  const school = await halves.importSchool();
  await halves.initialize(school, ['staff', 'class', 'parents', 'subject']);
  const made = () => halves.sandbox.world.ledger.of('create').length;
  await vi.waitFor(() => expect(made()).toBeGreaterThan(3), { timeout: 30_000, interval: 2 });

  const vanishedAtMs = performance.now();
  const asked = Array.from({ length: 30 }, () =>
    sql`select pg_sleep(0.2)`.execute(everywhere(halves.ctx)).then(
      () => 'answered',
      () => 'failed',
    ),
  );
  proxy.forget();
  const within = { timeout: HEALED_WITHIN_MS, interval: 500 };
  await vi.waitFor(async () => {
    expect((await halves.app.http.request('/readyz')).status).toBe(200);
  }, within);
  await halves.settled(HEALED_WITHIN_MS);
  await Promise.all(asked);
  expect(performance.now() - vanishedAtMs).toBeLessThan(HEALED_WITHIN_MS);
  expect(await halves.differences()).toEqual([]);
  expect(halves.duplicates()).toEqual([]);

  // At rest nothing asks the database, so the next statement finds its connection gone.
  proxy.forget();
  const again = performance.now();
  await halves.ctx.db
    .transactionAcross('figures', async ({ sql: tx }) => {
      await sql`select 1`.execute(tx);
    })
    .catch(() => undefined);
  await vi.waitFor(() => sql`select 1`.execute(halves.ctx.db.ofNone), within);
  expect(performance.now() - again).toBeLessThan(HEALED_WITHIN_MS);
}, 200_000);
