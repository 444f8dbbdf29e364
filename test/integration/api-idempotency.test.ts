/** Idempotency-Key (contract): a POST that is sent again makes nothing more. */
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createApiWorld } from '../support/api.ts';
import type { Who } from '../support/app.ts';
import { ADMIN, type ChatWorld, OTHER_TEACHER, startChatWorld } from '../support/chat-world.ts';
import { everywhere } from '../support/everywhere.ts';
import { addSchool } from '../support/seeds.ts';
import { tokenOf } from '../support/tokens.ts';

const CHATS = '/v1/schools/s1/chats';
const trip = (title: string) => ({ type: 'staff', title, members: [{ personId: 'a1', admin: true }] });

let world: ChatWorld;
let key: string;
let n = 0;
beforeAll(async () => {
  world = await startChatWorld();
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(() => {
  key = `key-${++n}`;
});

async function post(
  body: unknown,
  { as = ADMIN, path = CHATS, key: own = key }: { as?: Who; path?: string; key?: string } = {},
) {
  const response = await world.request(path, {
    ...{ method: 'POST', as, body: JSON.stringify(body) },
    headers: { 'content-type': 'application/json', 'idempotency-key': own },
  });
  const text = await response.text();
  return { status: response.status, text, isAgain: response.headers.get('idempotency-replayed') === 'true' };
}

async function chatsCalled(title: string): Promise<number> {
  const { rows } = await sql`select from chat where title = ${title}`.execute(everywhere(world.ctx));
  return rows.length;
}

test('the same key and body give the first answer again, and one chat', async () => {
  const first = await post(trip('Поход'));
  expect(first).toMatchObject({ status: 201, isAgain: false });
  expect(await post(trip('Поход'))).toEqual({ ...first, isAgain: true });
  expect(await chatsCalled('Поход')).toBe(1);
});

test('a refusal is the first answer, too', async () => {
  const first = await post({ type: 'staff', title: '' });
  expect(first.status).toBe(422);
  expect(await post({ type: 'staff', title: '' })).toEqual({ ...first, isAgain: true });
});

test.each([
  ['body', trip('Другое'), {}],
  ['path', {}, { path: '/v1/schools/s1/initializations' }],
  ['query', trip('Кружок, query'), { path: `${CHATS}?x=1` }],
])('another %s under the key is refused and makes nothing', async (what, body, where) => {
  expect((await post(trip(`Кружок, ${what}`))).status).toBe(201);
  const before = await chatsCalled('Другое');
  const again = await post(body, where);
  expect({ status: again.status, ...JSON.parse(again.text) }).toMatchObject({
    ...{ status: 422, type: 'idempotency-key-reused' },
  });
  expect(await chatsCalled('Другое')).toBe(before);
});

test('of many at once one is carried out, and the others hear that it runs or what it was answered', async () => {
  const all = await Promise.all(Array.from({ length: 8 }, () => post(trip('Экскурсия'))));
  expect(await chatsCalled('Экскурсия')).toBe(1);
  const first = all.filter(({ status, isAgain }) => status === 201 && !isAgain);
  expect(first).toHaveLength(1);
  for (const one of all) expect([201, 409]).toContain(one.status);
  for (const { text } of all.filter(({ isAgain }) => isAgain)) expect(text).toBe(first[0]!.text);
});

test('a key is its caller’s own', async () => {
  const [service, operator] = (['service', 'operator'] as const).map((role) => ({
    role,
    school: 's1',
    sub: role,
  }));
  const plan = { types: ['staff'], dryRun: true };
  const path = '/v1/schools/s1/initializations';
  const first = await post(plan, { as: service!, path });
  const other = await post(plan, { as: operator!, path });
  expect([first, other]).toMatchObject([{ status: 202 }, { status: 202, isAgain: false }]);
});

test('a caller without the right hears that, whatever was answered under the key', async () => {
  expect((await post(trip('Педсовет'))).status).toBe(201);
  const pupil: Who = { role: 'student', school: 's1', sub: 'a1' };
  expect((await post(trip('Педсовет'), { as: pupil })).status).toBe(403);
  expect((await post(trip('Педсовет'), { as: OTHER_TEACHER })).status).not.toBe(201);
});

test.each(['', ' ', 'с', 'a b', 'x'.repeat(256)])('the key %j is refused', async (wrong) => {
  const response = await world.request(CHATS, {
    ...{ method: 'POST', as: ADMIN, body: JSON.stringify(trip('Клуб')) },
    headers: {
      'content-type': 'application/json',
      'idempotency-key': encodeURI(wrong) === wrong ? wrong : 'a b',
    },
  });
  expect(response.status).toBe(400);
  expect(await chatsCalled('Клуб')).toBe(0);
});

test('the answer is kept sealed, and a day later the key is new', async () => {
  expect((await post(trip('Хор'))).status).toBe(201);
  const { rows } = await sql<{ text: string }>`select first_answer::text as text from first_answer`.execute(
    everywhere(world.ctx),
  );
  expect(rows.length).toBeGreaterThan(0);
  for (const { text } of rows) expect(text).not.toMatch(/Хор|Абаев|key-/);
  await sql`update first_answer set expires_at = ${new Date(world.ctx.clock.now())}`.execute(
    everywhere(world.ctx),
  );
  // The request is carried out again and finds that the chat exists.
  expect(await post(trip('Хор'))).toMatchObject({ status: 409, isAgain: false });
});

describe('while the first one runs, and after its process is gone', () => {
  test('409 at first; after the lease it is carried out; a failure of ours frees the key', async () => {
    const under = Promise.withResolvers<void>();
    const ends: ('fail' | 'answer')[] = ['fail', 'answer'];
    let calls = 0;
    await using api = await createApiWorld({
      env: { LIMIT_IDEMPOTENCY_LEASE_MS: '1000' },
      commands: {
        initialize: async () => {
          calls += 1;
          if (calls === 1) await under.promise;
          if (ends.shift() === 'fail') throw new Error('a fault of ours');
          return `00000000-0000-4000-8000-00000000000${calls}`;
        },
      },
    });
    await addSchool(api.db, 's1');
    const token = await tokenOf({ role: 'service', school: 's1', sub: 'sgo' });
    const ask = () =>
      api.request('/v1/schools/s1/initializations', {
        ...{ method: 'POST', token, body: JSON.stringify({ types: ['staff'] }) },
        headers: { 'content-type': 'application/json', 'idempotency-key': 'k' },
      });
    const first = ask();
    await vi.waitFor(() => expect(calls).toBe(1));
    const meanwhile = await ask();
    expect(meanwhile.headers.get('retry-after')).toBe('1');
    expect({ status: meanwhile.status, ...((await meanwhile.json()) as object) }).toMatchObject({
      ...{ status: 409, type: 'idempotency-under-way' },
    });
    under.resolve();
    expect((await first).status).toBe(500);
    expect((await ask()).status).toBe(202);
    expect(calls).toBe(2);
    // The row as a killed process leaves it.
    await sql`update first_answer set answer_sealed = null, began_at = now() - interval '2 seconds'`.execute(
      everywhere(api.db),
    );
    expect((await ask()).status).toBe(202);
    expect(calls).toBe(3);
  });
});
