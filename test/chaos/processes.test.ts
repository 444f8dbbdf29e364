/** V6: a process that cannot work says so, and what signals, kills and outages leave behind is taken up again. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { Client } from 'pg';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { makeSchool } from '../../src/demo/school/make-school.ts';
import { zipRoster } from '../../src/demo/school/zip-roster.ts';
import { moveGenerations } from '../../src/rows/chat-outbox.ts';
import { createSandbox } from '../../src/sferum/sandbox/sandbox.ts';
import { assertClocksAgree } from '../../src/store/clocks.ts';
import { startEmbeddedPostgres } from '../../src/store/embedded-postgres/start.ts';
import { migrate } from '../../src/store/migrate.ts';
import { type Program, startProgram } from '../support/child-process.ts';
import { createEmptyDatabase, createTestDatabase } from '../support/database.ts';
import { everywhere } from '../support/everywhere.ts';
import { freePort } from '../support/free-port.ts';
import { type Halves, startHalves } from '../support/halves.ts';
import { TODAY } from '../support/small-world.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { tokenOf } from '../support/tokens.ts';
import { use } from '../support/use.ts';

/** How long an attempt that nobody answers for is left alone. It is short enough to wait for. */
const QUICK = {
  LIMIT_SFERUM_TIMEOUT_MS: '1000',
  LIMIT_CREATION_DEADLINE_MS: '1000',
  LIMIT_JOB_LOCK_MS: '3000',
};
const NOWHERE = 'http://127.0.0.1:9/method';
const NO_DATABASE = 'postgres://somebody:a-secret-word@127.0.0.1:9/none';

/** One program for several tests, because its patience with Redis is as long as they are. */
let withoutRedis: Program;
beforeAll(async () => {
  const database = await createTestDatabase();
  withoutRedis = startProgram('worker', {
    ...{ DATABASE_URL: database.url, SFERUM_API_URL: NOWHERE, REDIS_URL: 'redis://127.0.0.1:9' },
  });
  return async () => {
    await withoutRedis[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  };
});

describe.concurrent('a start without what it needs', { timeout: 120_000 }, () => {
  test.each(['start', 'api', 'worker'] as const)(
    'V6, reliability 4: `%s` without PostgreSQL ends with a message and without its password',
    async (entry) => {
      await using program = startProgram(entry, { DATABASE_URL: NO_DATABASE, SFERUM_API_URL: NOWHERE });
      expect(await program.ended).toBe(1);
      const said = program.lines.join('\n');
      expect(said).toMatch(/PostgreSQL at 127\.0\.0\.1:9\/none cannot be used: .*ECONNREFUSED/);
      expect(said).not.toContain('a-secret-word');
    },
  );

  test('reliability 30: a database that was not migrated refuses the start', async () => {
    await using database = await createEmptyDatabase();
    await using program = startProgram('worker', { DATABASE_URL: database.url, SFERUM_API_URL: NOWHERE });
    expect(await program.ended).toBe(1);
    expect(program.lines.join('\n')).toContain('npm run migrate');
  });
});

test('reliability 20: a clock two seconds and more from the database’s is refused', async () => {
  await using halves = await startHalves();
  await assertClocksAgree(everywhere(halves.ctx));
  for (const aheadMs of [60_000, -60_000]) {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + aheadMs });
    try {
      await expect(assertClocksAgree(everywhere(halves.ctx))).rejects.toThrow(/differ by 60 s/);
    } finally {
      vi.useRealTimers();
    }
  }
});

test('V6: a database that falls silent under running processes ends the worker and is told by /readyz, which recovers', async () => {
  const database = use(await createTestDatabase());
  const proxy = use(await startTcpProxy(database.url));
  const env = { LIMIT_LOST_AFTER_MS: '3000', LIMIT_PROBE_TIMEOUT_MS: '300', LIMIT_SHUTDOWN_MS: '1000' };
  const halves = use(await startHalves({ databaseUrl: proxy.through(database.url), env }));
  const worker = use(startProgram('worker', halves.env));
  await worker.ready();
  const readiness = async () => (await halves.app.http.request('/readyz')).status;
  expect(await readiness()).toBe(200);

  proxy.mode = 'blackhole';
  expect(await readiness()).toBe(503);
  expect(await worker.ended).toBe(1);
  expect(worker.lines.join('\n')).toContain('this process cannot work');

  proxy.mode = 'pass';
  proxy.cut();
  await vi.waitFor(async () => expect(await readiness()).toBe(200), { timeout: 20_000, interval: 200 });
});

/** Gives every chat a new title, as a change of the facts would. */
async function renameAll({ ctx, chatIds }: Halves, title: string): Promise<void> {
  const ids = await chatIds();
  await ctx.db.transactionAcross('figures', async ({ sql: tx }) => {
    await sql`update chat set title = ${title} || id`.execute(tx);
    await moveGenerations(tx, ids, { cause: 'test', priority: 'bulk', at: new Date() });
  });
}

test('V1, V3, reliability 5: PostgreSQL killed three times under load', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'sferum-sync-killed-'));
  use({ [Symbol.asyncDispose]: () => rm(dataDir, { recursive: true, force: true }) });
  const start = async () => use(await startEmbeddedPostgres({ dataDir }));
  let server = await start();
  const proxy = use(await startTcpProxy(server.url));
  await migrate(server.url);
  const halves = use(await startHalves({ databaseUrl: proxy.through(server.url), env: QUICK }));
  const worker = use(startProgram('worker', { ...halves.env, LIMIT_LOST_AFTER_MS: '30000' }));
  const school = await halves.importSchool();
  await halves.initialize(school, ['staff', 'class', 'parents', 'subject']);
  for (let kill = 0; kill < 3; kill++) {
    const made = halves.sandbox.world.ledger.entries.length;
    await vi.waitFor(() => expect(halves.sandbox.world.ledger.entries.length).toBeGreaterThan(made), {
      timeout: 30_000,
      interval: 2,
    });
    await killServer(server.ownerUrl);
    await server.stop();
    server = await start();
    proxy.target.port = Number(new URL(server.url).port);
    if (kill === 0) await halves.settled(60_000);
    await vi.waitFor(() => renameAll(halves, `round ${kill} `), { timeout: 10_000, interval: 200 });
  }
  await halves.settled(60_000);
  expect(await halves.differences()).toEqual([]);
  expect(halves.duplicates()).toEqual([]);
  expect(worker.lines.filter((line) => line.includes('cannot work any more'))).toEqual([]);
}, 120_000);

/** Sends SIGKILL to the server's first process, as a machine without memory would. */
async function killServer(ownerUrl: string): Promise<void> {
  const client = new Client({ connectionString: ownerUrl });
  client.on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query<{ file: string }>(`select pg_read_file('postmaster.pid') as file`);
  process.kill(Number(rows[0]!.file.split('\n')[0]), 'SIGKILL');
  await client.end().catch(() => undefined);
}

test('reliability 14: SIGTERM during a creation, with the embedded database: drained, stopped last, a clean restart', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'sferum-sync-term-'));
  use({ [Symbol.asyncDispose]: () => rm(dataDir, { recursive: true, force: true }) });
  const sandbox = createSandbox({ now: Date.now, random: Math.random, paceUserPerSecond: 200 });
  use({ [Symbol.asyncDispose]: () => sandbox.close() });
  const { url } = await sandbox.listen();
  const port = await freePort();
  const env = { DATA_DIR: dataDir, SFERUM_API_URL: url, PORT: String(port) };
  const first = use(startProgram('start', env));
  await first.ready();
  const ask = async (method: string, path: string, type: string, body: string | Uint8Array<ArrayBuffer>) => {
    const headers = {
      authorization: `Bearer ${await tokenOf({ role: 'operator', school: '*' })}`,
      'content-type': type,
    };
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers, body });
    expect(response.ok).toBe(true);
    return response;
  };
  const zip = await zipRoster(makeSchool({ seed: 7, size: 'small', today: TODAY }).files);
  await ask('POST', '/v1/roster-imports', 'application/zip', zip as Uint8Array<ArrayBuffer>);
  const access = sandbox.world.connectSchool({ communityId: 230_000_001 });
  const account = {
    communityId: access.communityId,
    accessToken: access.userToken,
    tokenKind: 'user',
    requestsPerSecond: 100,
  };
  await vi.waitFor(
    () => ask('PUT', '/v1/schools/school-2/sferum', 'application/json', JSON.stringify(account)),
    {
      timeout: 10_000,
      interval: 100,
    },
  );
  sandbox.world.faults.latencyMs = 700;
  const types = JSON.stringify({ types: ['staff', 'class'] });
  await ask('POST', '/v1/schools/school-2/initializations', 'application/json', types);
  const created = () => sandbox.world.ledger.of('create').length;
  await vi.waitFor(() => expect(created()).toBeGreaterThan(0), { timeout: 15_000, interval: 2 });
  first.signal('SIGTERM');
  expect(await first.ended).toBe(0);
  expect(first.lines.filter((line) => line.includes('embedded PostgreSQL left'))).toEqual([
    expect.stringContaining('"stopped":true'),
  ]);

  sandbox.world.faults.latencyMs = 0;
  const second = use(startProgram('start', env));
  await second.ready();
  await vi.waitFor(() => expect(created()).toBe(4), { timeout: 20_000, interval: 50 });
  const titles = [...sandbox.world.chats.values()].map((chat) => chat.title);
  expect(new Set(titles).size).toBe(titles.length);
  second.signal('SIGTERM');
  expect(await second.ended).toBe(0);
});

test('reliability 32: a database that only reads: 503, nothing acknowledged, nothing written to Sferum', async () => {
  const database = use(await createTestDatabase());
  const halves = use(await startHalves({ databaseUrl: database.url }));
  const school = await halves.importSchool();
  await halves.initialize(school, ['staff']);
  const [chatId] = await halves.chatIds();
  const name = new URL(database.url).pathname.slice(1);
  const owner = new Client({ connectionString: database.ownerUrl });
  await owner.connect();
  const only = async (reading: boolean) => {
    await owner.query('set default_transaction_read_only = off');
    await owner.query(`alter database ${name} set default_transaction_read_only = ${reading ? 'on' : 'off'}`);
    await owner.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()',
      [name],
    );
  };
  await only(true);
  const token = await tokenOf({ role: 'operator', school: '*' });
  const response = await halves.app.http.request('/v1/roster-imports', {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/zip' },
    body: (await zipRoster({ 'users.csv': '' })) as Uint8Array<ArrayBuffer>,
  });
  expect(response.status).toBe(503);
  await expect(halves.work(chatId!)).rejects.toThrow();
  expect(halves.sandbox.world.ledger.entries).toEqual([]);

  await only(false);
  await owner.end();
  await vi.waitFor(() => halves.workAll(), { timeout: 10_000, interval: 100 });
  expect(await halves.differences()).toEqual([]);
});

test('V6: `worker` without Redis ends with a message', async () => {
  expect(await withoutRedis.ended).toBe(1);
  expect(withoutRedis.lines.join('\n')).toMatch(/the queue did not answer within .* reachable/);
});
