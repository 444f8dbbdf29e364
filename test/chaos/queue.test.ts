/** The queue may lose, repeat, delay or forge: our rows decide. On both backends. */
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openQueues } from '../../jobs/queues.ts';
import { reconcileChat } from '../../jobs/reconcile-chat.ts';
import { moveGenerations } from '../../src/rows/chat-outbox.ts';
import { lookedAt, startTestApp, type TestApp } from '../support/app.ts';
import { everywhere } from '../support/everywhere.ts';
import { backends, REDIS_IS_INSTALLED, startRedis } from '../support/redis.ts';
import { importSmallSchool, initializeAll } from '../support/small-world.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

const SWEEP_MS = 1_000;

describe.each(backends())('the queue on %s', (backend) => {
  let world: TestApp;
  let redis: Awaited<ReturnType<typeof startRedis>> | undefined;
  let proxy: TcpProxy | undefined;
  let school: string;

  beforeAll(async () => {
    redis = backend === 'redis' ? await startRedis() : undefined;
    proxy = redis && (await startTcpProxy(redis.url));
    world = await startTestApp({
      env: {
        LIMIT_SWEEP_INTERVAL_MS: String(SWEEP_MS),
        LIMIT_JOB_LOCK_MS: '2000',
        ...(redis ? { REDIS_URL: proxy!.through(redis.url) } : {}),
      },
    });
    school = await importSmallSchool(world);
    expect((await initializeAll(world, school)).state).toBe('succeeded');
  });
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
    await proxy?.[Symbol.asyncDispose]();
    await redis?.[Symbol.asyncDispose]();
  });

  const db = () => everywhere(world.ctx);
  const chats = async () => {
    const { rows } = await sql<{ id: string; title: string }>`select id, title from chat order by id`.execute(
      db(),
    );
    return rows;
  };
  /** Gives chats new titles, as people do by hand. A look at the chats in between undoes none of them. */
  const rename = (ids: readonly string[], title: string) =>
    world.ctx.db.transactionAcross('figures', async ({ sql: tx }) => {
      await sql`update chat set title = ${title} || id, title_by_hand = true where id = any(${[...ids]}::uuid[])`.execute(
        tx,
      );
      await moveGenerations(tx, ids, { cause: 'test', priority: 'event', at: new Date() });
    });
  const titles = () => [...world.sandbox.world.chats.values()].map((chat) => chat.title);

  test('reliability 8: what a wiped queue lost is given to it again in one interval', async () => {
    const ids = (await chats()).slice(0, 20).map((chat) => chat.id);
    for (const queue of world.app.queues.all) await queue.pause();
    await rename(ids, 'wiped ');
    world.ctx.wake('chats');
    // They share one job.
    await vi.waitFor(
      async () => expect((await world.app.queues.unfinished('chats')) + (await paused())).toBe(1),
      { interval: 20 },
    );
    for (const queue of world.app.queues.all) await queue.obliterate({ force: true });
    for (const queue of world.app.queues.all) await queue.resume();
    const wipedAtMs = Date.now();
    await world.settled();
    // Marks younger than two seconds prove nothing yet.
    expect(Date.now() - wipedAtMs).toBeLessThan(2_000 + 2 * SWEEP_MS + 1_500);
    expect(titles().filter((title) => title.startsWith('wiped '))).toHaveLength(20);
  });
  const paused = async () => {
    const counts = await world.app.queues.all
      .find((q) => q.name === 'chats')!
      .getJobCounts('paused' as never);
    return Object.values(counts).reduce((a, b) => a + b, 0);
  };

  test('reliability 7: a change while its chat is being worked on is not lost', async () => {
    const [chat] = await chats();
    world.sandbox.world.faults.latencyMs = 150;
    await rename([chat!.id], 'first ');
    world.ctx.wake('chats');
    await vi.waitFor(() => expect(titles()).toContain(`first ${chat!.id}`), { timeout: 20_000, interval: 5 });
    await rename([chat!.id], 'second ');
    world.ctx.wake('chats');
    await world.settled();
    world.sandbox.world.faults.latencyMs = 0;
    expect(titles()).toContain(`second ${chat!.id}`);
  });

  test('reliability 7: nor one while it waits for a retry', async () => {
    const [chat] = await chats();
    world.sandbox.world.faults.add({ method: 'messages.editChat', fault: 'error10', times: 5 });
    await rename([chat!.id], 'failing ');
    world.ctx.wake('chats');
    await vi.waitFor(
      async () => {
        const { rows } = await sql<{
          attempts: number;
        }>`select attempts from chat where id = ${chat!.id}`.execute(db());
        expect(rows[0]!.attempts).toBeGreaterThan(0);
      },
      { timeout: 20_000, interval: 20 },
    );
    await rename([chat!.id], 'mended ');
    world.ctx.wake('chats');
    await world.settled();
    expect(titles()).toContain(`mended ${chat!.id}`);
  });

  // This must not be the last test: a worker that is closed while its connection comes back takes its full time to end.
  test('reliability 6: a connection cut while jobs complete changes no outcome', async () => {
    const ids = (await chats()).map((chat) => chat.id);
    world.sandbox.world.faults.latencyMs = 30;
    await rename(ids, 'cut ');
    world.ctx.wake('chats');
    let cuts = 0;
    await vi.waitFor(
      async () => {
        if (titles().some((title) => title.startsWith('cut ')) && cuts < 3) {
          cuts += 1;
          if (proxy) proxy.cut();
          else {
            await sql`select pg_terminate_backend(pid) from pg_stat_activity
              where datname = current_database() and application_name like 'sferum-sync queue%'`.execute(
              db(),
            );
          }
        }
        expect(cuts).toBe(3);
      },
      { timeout: 20_000, interval: 50 },
    );
    await world.settled();
    world.sandbox.world.faults.latencyMs = 0;
    const renamed = world.sandbox.world.ledger
      .of('rename')
      .filter((entry) => entry.method === 'messages.editChat');
    expect(titles().filter((title) => title.startsWith('cut '))).toHaveLength(ids.length);
    expect(new Set(renamed.map((entry) => entry.chat)).size).toBe(ids.length);
  });

  test('reliability 21: a hundred changes of one chat in a row are coalesced', async () => {
    const [chat] = await chats();
    const before = world.sandbox.world.ledger.of('rename').length;
    for (let i = 0; i < 100; i++) {
      await rename([chat!.id], `change ${i} `);
      world.ctx.wake('chats');
    }
    await world.settled();
    expect(titles()).toContain(`change 99 ${chat!.id}`);
    expect(world.sandbox.world.ledger.of('rename').length - before).toBeLessThan(50);
  });

  test('reliability 13: a forged job is refused: nothing of another school moves', async () => {
    const [chat] = await chats();
    await lookedAt(world);
    const before = world.sandbox.api.stats.requests;
    const payload = { schoolId: 'another', chatId: chat!.id, cause: 'forged' };
    await world.app.queues.addAll(reconcileChat, [{ payload }]);
    const queue = world.app.queues.all.find((q) => q.name === 'chats')!;
    await queue.add('reconcile-chat', { schoolId: school, chatId: chat!.id, names: ['Кто-то'] });
    await vi.waitFor(async () => expect(await world.app.queues.unfinished('chats')).toBe(0), {
      timeout: 10_000,
      interval: 20,
    });
    const [failed] = await queue.getFailed();
    expect(failed!.failedReason).toBe('malformed-job');
    expect(world.sandbox.api.stats.requests).toBe(before);
  });
});

describe.runIf(REDIS_IS_INSTALLED)('reliability 9: what Redis is asked at the start', () => {
  const open = async (...settings: string[]) => {
    await using redis = await startRedis(...settings);
    const warnings: string[] = [];
    const queues = await openQueues(
      { redisUrl: redis.url },
      { onError: () => undefined, onWarning: (text) => void warnings.push(text) },
    );
    await queues[Symbol.asyncDispose]();
    return warnings;
  };

  test('a Redis that keeps its jobs is taken without a word', async () => {
    expect(await open()).toEqual([]);
  });
  test('one that may evict them is refused', async () => {
    await expect(open('--maxmemory-policy', 'allkeys-lru')).rejects.toThrow(/allkeys-lru.*noeviction/);
  });
  test('one without AOF is taken with a loud warning', async () => {
    expect(await open('--appendonly', 'no')).toEqual([expect.stringMatching(/without AOF/)]);
  });
});
