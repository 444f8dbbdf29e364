/**
 * What a request may hold besides its bytes: fields of a form, items of a list. No cost grows faster than the request.
 */
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../src/limits.ts';
import { type ApiWorld, createApiWorld } from '../support/api.ts';
import { sealedToken } from '../support/sealed-token.ts';
import { addChat, addPeople, addSchool } from '../support/seeds.ts';
import { tokenOf } from '../support/tokens.ts';

const FORM = 'application/x-www-form-urlencoded';
let world: ApiWorld;
let admin: string;
let chat: string;

beforeAll(async () => {
  world = await createApiWorld();
  await addSchool(world.db, 's1');
  await addPeople(world.db, 's1', [{ id: 'admin', name: 'Завуч Анна', roles: ['administrator'] }]);
  await sql`insert into sferum_account (school_id, community_id, owner_id, token_kind, access_token_sealed, requests_per_second)
    values ('s1', 5, 7, 'user', ${sealedToken(world.ctx, 's1')}, 3)`.execute(world.db.of('s1'));
  chat = await addChat(world.db, 's1', { type: 'class', title: '5А класс', members: { admin: true } });
  admin = await tokenOf({ role: 'school-admin', school: 's1', sub: 'admin' });
});
afterAll(() => world[Symbol.asyncDispose]());

/** As many ids as there is room for, each with its tick: two fields each. */
function fields(count: number): [string, string][] {
  return Array.from({ length: count }, (_, i) => [i % 2 ? 'on' : 'shown', (i >> 1).toString(36)]);
}

function send(path: string, body: string | FormData): Promise<Response> {
  const headers = typeof body === 'string' ? { 'content-type': FORM } : {};
  return world.request(path, { method: 'POST', token: admin, body, headers });
}

const PAGES = ['/manage/new', '/manage/new/pick', '/manage/chats/:id', '/manage/chats/:id/pick'];

describe.each(PAGES)('%s', (pattern) => {
  const path = () => pattern.replace(':id', chat);

  test('a form with more fields than its limit is refused before one of them is looked at', async () => {
    const many = new URLSearchParams(fields(100_000)).toString();
    expect(many.length).toBeLessThan(DEFAULT_LIMITS.jsonBodyBytes);
    const startedMs = performance.now();
    expect((await send(path(), many)).status).toBe(413);
    expect(performance.now() - startedMs).toBeLessThan(2000);
    const form = new FormData();
    for (const [name, value] of fields(DEFAULT_LIMITS.formFields + 1)) form.append(name, value);
    expect((await send(path(), form)).status).toBe(413);
  });

  test('one with as many as its limit is read, in either encoding', async () => {
    const form = new FormData();
    for (const [name, value] of fields(DEFAULT_LIMITS.formFields)) form.append(name, value);
    expect((await send(path(), form)).status).toBe(303);
    expect(
      (await send(path(), new URLSearchParams(fields(DEFAULT_LIMITS.formFields)).toString())).status,
    ).toBe(303);
  });
});

test('a list of the API has a limit in items, and an answer does not name each that is wrong', async () => {
  const patch = (add: unknown[]) =>
    world.request(`/v1/chats/${chat}`, {
      ...{ method: 'PATCH', token: admin, headers: { 'content-type': 'application/json' } },
      body: JSON.stringify({ members: { add } }),
    });
  expect((await patch(Array.from({ length: 100_000 }, (_, i) => String(i)))).status).toBe(400);
  const wrong = await patch(new Array(20_000).fill(1));
  expect(wrong.status).toBe(400);
  expect((await wrong.text()).length).toBeLessThan(20_000);
});
