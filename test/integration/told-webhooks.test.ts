/** K2: webhooks follow Standard Webhooks, whatever their receivers do. */
import { sql } from 'kysely';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { everywhere } from '../support/everywhere.ts';
import { trouble } from '../support/region-rows.ts';
import { startToldWorld, type ToldWorld } from '../support/told-world.ts';
import { type Heard, startReceiver } from '../support/webhook-receiver.ts';

let world: ToldWorld;
beforeEach(async () => {
  world = await startToldWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

const json = async <T = Record<string, unknown>>(response: Response | Promise<Response>) =>
  (await (await response).json()) as T;
const verified = ({ text, headers }: Heard, secret: string) =>
  new Webhook(secret).verify(text, headers as Record<string, string>);
/** Ends the pauses between tries. */
const hurry = () =>
  sql`update told_delivery set next_at = now() where next_at > now() and attempts > 0`.execute(
    everywhere(world),
  );
const hurried = async <T>(work: Promise<T>): Promise<T> => {
  const timer = setInterval(() => void hurry().catch(() => undefined), 60);
  return work.finally(() => clearInterval(timer));
};
const rowsOf = async (id: string) =>
  (await json<{ items: Record<string, unknown>[] }>(world.ask('GET', `/v1/webhooks/${id}/deliveries`))).items;

test('a signature that the official library verifies, and no other secret', async () => {
  const { id, secret } = await world.hook(['hold']);
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  await trouble(world.ctx, 's1', 'held');
  const [heard] = await world.receiver.receives('hold.opened');
  expect(verified(heard!, secret)).toEqual(heard!.body);
  const { secret: other } = await world.hook(['hold']);
  expect(() => verified(heard!, other)).toThrow();
  const stored = await sql<{ text: string }>`select w::text as text from webhook w where id = ${id}`.execute(
    everywhere(world),
  );
  expect(stored.rows[0]!.text).not.toContain(secret.slice(6, 20));
});

test('a new secret signs beside the former one, and alone once the time is over', async () => {
  const { id, secret } = await world.hook(['hold']);
  const { secret: fresh } = await json<{ secret: string }>(
    world.ask('PUT', `/v1/webhooks/${id}`, { rotate: true }),
  );
  await world.ask('POST', `/v1/webhooks/${id}/test`);
  const [both] = world.receiver.heard;
  expect(verified(both!, secret)).toEqual(both!.body);
  expect(verified(both!, fresh)).toEqual(both!.body);
  await sql`update webhook set former_until = now() - interval '1 second'`.execute(everywhere(world));
  await world.ask('POST', `/v1/webhooks/${id}/test`);
  expect(verified(world.receiver.heard[1]!, fresh)).toEqual(world.receiver.heard[1]!.body);
  expect(() => verified(world.receiver.heard[1]!, secret)).toThrow();
});

test('a receiver that fails half of the time gets everything, each repeat with the same id and body', async () => {
  let n = 0;
  world.receiver.answer = () => (n++ % 2 === 0 ? 500 : 202);
  await world.hook(['hold', 'account-broken', 'roster-overdue', 'chat-failing']);
  const causes = ['held', 'broken', 'overdue', 'failing'] as const;
  for (const school of ['s1', 's2', 's3'])
    for (const cause of causes) await trouble(world.ctx, school, cause);
  await hurried(
    vi.waitFor(() => expect(world.receiver.received()).toHaveLength(12), { timeout: 20_000, interval: 30 }),
  );
  const byId = Object.values(Object.groupBy(world.receiver.heard, ({ id }) => id));
  expect(byId.every((same) => new Set(same!.map(({ text }) => text)).size === 1)).toBe(true);
  expect(byId.some((same) => same!.length > 1)).toBe(true);
  expect(new Set(byId.map((same) => `${same![0]!.body.type} ${same![0]!.body.data.schoolId}`)).size).toBe(12);
});

test('it is repeated after about 5, 30 and 60 seconds, then more and more rarely, and given up after three days', async () => {
  world.receiver.answer = () => 503;
  const { id } = await world.hook(['hold']);
  await trouble(world.ctx, 's1', 'held');
  const pauses: number[] = [];
  for (let before = ''; pauses.length < 12; ) {
    const row = await vi.waitFor(
      async () => {
        const [last] = (await rowsOf(id)) as [{ attempts: number; triedAt: string; nextAt: string }];
        if (last.triedAt === null || last.triedAt === before) throw new Error('not tried');
        return last;
      },
      { timeout: 10_000, interval: 20 },
    );
    before = row.triedAt;
    expect(row).toMatchObject({ attempts: pauses.length + 1, answer: '503', status: 'waiting' });
    pauses.push(Math.round((Date.parse(row.nextAt) - Date.parse(row.triedAt)) / 1000));
    await hurry();
  }
  expect(pauses).toEqual([5, 30, 60, 300, 900, 1800, 3600, 7200, 14400, 28800, 28800, 28800]);
  await sql`update told_delivery set created_at = created_at - interval '72 hours'`.execute(
    everywhere(world),
  );
  await hurried(
    vi.waitFor(async () => expect((await rowsOf(id))[0]).toMatchObject({ status: 'failed', nextAt: null }), {
      timeout: 10_000,
      interval: 50,
    }),
  );
});

test('410 ends the webhook: nothing is sent to it, until its address is said again', async () => {
  const { id } = await world.hook(['hold', 'account-broken']);
  world.receiver.answer = () => 410;
  await trouble(world.ctx, 's1', 'held');
  await vi.waitFor(async () =>
    expect((await rowsOf(id))[0]).toMatchObject({ status: 'failed', answer: '410' }),
  );
  const { items } = await json<{ items: Record<string, unknown>[] }>(world.ask('GET', '/v1/webhooks'));
  expect(items[0]).toMatchObject({ id, endedAt: expect.any(String) });
  expect((await world.ask('POST', `/v1/webhooks/${id}/test`)).status).toBe(409);
  const beside = await world.hook(['account-broken']);
  world.receiver.answer = () => 200;
  await trouble(world.ctx, 's1', 'broken');
  await world.receiver.receives('account-broken.opened');
  expect(await rowsOf(id)).toHaveLength(1);
  expect(await rowsOf(beside.id)).toHaveLength(1);
  await world.ask('PUT', `/v1/webhooks/${id}`, { url: world.receiver.url });
  expect((await json(world.ask('POST', `/v1/webhooks/${id}/test`))).delivered).toBe(true);
});

describe('a receiver that misbehaves', () => {
  const testOf = async (id: string) => json(world.ask('POST', `/v1/webhooks/${id}/test`));

  test('a redirect is not followed', async () => {
    const { id } = await world.hook(['hold']);
    world.receiver.answer = (_, response) => {
      response.writeHead(307, { location: `${world.receiver.url}/elsewhere` }).end();
      return 0;
    };
    expect(await testOf(id)).toMatchObject({ delivered: false, answer: '307' });
    expect(world.receiver.heard.map(({ path }) => path)).toEqual(['/hook']);
  });

  test('one that never answers is left after the time, and keeps no other', async () => {
    const { id } = await world.hook(['hold']);
    world.receiver.answer = () => 0;
    expect(await testOf(id)).toMatchObject({ delivered: false, answer: 'timeout' });

    const other = await world.hook(['account-broken']);
    await using good = await startReceiver();
    await world.ask('PUT', `/v1/webhooks/${other.id}`, { url: good.url });
    for (let n = 0; n < 3; n++) await trouble(world.ctx, `s${n + 1}`, 'held');
    await trouble(world.ctx, 's1', 'broken');
    await vi.waitFor(async () => expect((await rowsOf(other.id))[0]).toMatchObject({ status: 'delivered' }), {
      timeout: 5_000,
      interval: 20,
    });
  });

  test('an answer without end is not read: 2xx counts', async () => {
    const { id } = await world.hook(['hold']);
    let sent = 0;
    world.receiver.answer = (_, response) => {
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536))) sent += 65_536;
        if (!response.destroyed) response.once('drain', more);
      };
      more();
      return 0;
    };
    expect(await testOf(id)).toMatchObject({ delivered: true, answer: '200' });
    await vi.waitFor(async () => {
      const before = sent;
      await world.ctx.clock.sleep(100);
      expect(sent).toBe(before);
    });
    expect(sent).toBeLessThan(32 * 1024 * 1024);
  });

  test('nobody there', async () => {
    const { id } = await world.hook(['hold']);
    await world.ask('PUT', `/v1/webhooks/${id}`, { url: 'http://127.0.0.1:9/' });
    expect(await testOf(id)).toMatchObject({ delivered: false, answer: 'econnrefused' });
  });
});
