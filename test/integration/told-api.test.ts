/** The routes of K2: who owns webhooks and choices, and what is refused. Rights by role stand in api-rights.test.ts. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startToldWorld, type ToldWorld } from '../support/told-world.ts';

let world: ToldWorld;
beforeAll(async () => {
  world = await startToldWorld({ env: { LIMIT_SCHOOL_WEBHOOKS: '3' } });
});
afterAll(() => world[Symbol.asyncDispose]());

const URL_OF = 'http://127.0.0.1:9/hook';
async function problemOf(response: Response): Promise<[number, unknown]> {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  return [response.status, ((await response.json()) as { type: string }).type];
}

test('an operator’s are all; a school admin’s those of the school alone', async () => {
  const all = await world.hook(['hold']);
  const ofFirst = await world.hook(['hold'], 's1');
  const made = await world.ask('POST', '/v1/webhooks', { url: URL_OF, kinds: ['hold'] }, 's2');
  const ofSecond = ((await made.json()) as { id: string }).id;
  const list = async (path: string, school?: string) => {
    const { items } = (await (await world.ask('GET', path, undefined, school)).json()) as {
      items: { id: string; schoolId: string | null; secret?: string }[];
    };
    expect(JSON.stringify(items)).not.toContain('whsec_');
    return items.map(({ id, schoolId }) => `${id} ${schoolId}`);
  };
  const rows = [`${all.id} null`, `${ofFirst.id} s1`, `${ofSecond} s2`];
  expect(await list('/v1/webhooks')).toEqual(rows);
  expect(await list('/v1/webhooks?school=s1')).toEqual([rows[1]]);
  expect(await list('/v1/webhooks', 's2')).toEqual([rows[2]]);
  for (const id of [all.id, ofFirst.id]) {
    for (const [method, path, body] of [
      ['PUT', `/v1/webhooks/${id}`, { rotate: true }],
      ['DELETE', `/v1/webhooks/${id}`],
      ['POST', `/v1/webhooks/${id}/test`],
      ['GET', `/v1/webhooks/${id}/deliveries`],
    ] as const)
      expect((await world.ask(method, path, body, 's2')).status, `${method} ${path}`).toBe(404);
  }
  const foreign = { url: URL_OF, kinds: ['hold'], schoolId: 's1' };
  expect((await world.ask('POST', '/v1/webhooks', foreign, 's2')).status).toBe(404);
  expect((await world.ask('POST', '/v1/webhooks', { ...foreign, schoolId: 'none' })).status).toBe(404);
  expect((await world.ask('DELETE', `/v1/webhooks/${ofSecond}`, undefined, 's2')).status).toBe(204);
  expect((await world.ask('DELETE', `/v1/webhooks/${all.id}`)).status).toBe(204);
  expect(await list('/v1/webhooks')).toEqual([rows[1]]);
});

test('what is done to a webhook of a school stands in its journal, without the path of the address (K8)', async () => {
  const { id } = await world.hook(['hold'], 's3');
  await world.ask(
    'PUT',
    `/v1/webhooks/${id}`,
    { url: 'https://example.org/kept-secret', rotate: true },
    's3',
  );
  await world.ask('DELETE', `/v1/webhooks/${id}`, undefined, 's3');
  const journal = await (await world.ask('GET', '/v1/schools/s3/journal', undefined, 's3')).text();
  const sentences = (JSON.parse(journal) as { items: { sentence: string; cause: { by: { id: string } } }[] })
    .items;
  const { host } = new URL(world.receiver.url);
  expect(sentences.slice(0, 4).map(({ sentence, cause }) => [sentence, cause.by.id])).toEqual([
    ['Вебхук удалён: example.org', 'admin'],
    ['Секрет вебхука сменён: example.org', 'admin'],
    ['Вебхук изменён: example.org', 'admin'],
    [`Вебхук добавлен: ${host}`, 'op'],
  ]);
  expect(journal).not.toContain('kept-secret');
});

test('deliveries are a page, the newest first, with what came of each', async () => {
  const { id } = await world.hook(['hold'], 's3');
  for (const status of [500, 204]) {
    world.receiver.answer = () => status;
    await world.ask('POST', `/v1/webhooks/${id}/test`, undefined, 's3');
  }
  const page = await (
    await world.ask('GET', `/v1/webhooks/${id}/deliveries?perPage=10`, undefined, 's3')
  ).json();
  expect(page).toMatchObject({
    ...{ total: 2, page: 1, perPage: 10 },
    items: [
      { type: 'test', status: 'delivered', attempts: 1, answer: '204', nextAt: null },
      { type: 'test', status: 'waiting', attempts: 1, answer: '500' },
    ],
  });
});

test('there are no more than the limit', async () => {
  const make = () => world.ask('POST', '/v1/webhooks', { url: URL_OF, kinds: ['hold'] }, 's2');
  for (let n = 0; n < 3; n++) expect((await make()).status).toBe(201);
  expect(await problemOf(await make())).toEqual([409, 'too-many-webhooks']);
});

describe('what is refused with 422', () => {
  test.each([
    [{ url: URL_OF, kinds: ['holds'] }, 'kind'],
    [{ url: URL_OF, kinds: [] }, 'invalid'],
    [{ url: URL_OF }, 'invalid'],
    [{ kinds: ['hold'] }, 'invalid'],
    [{ url: 'ftp://example.org/', kinds: ['hold'] }, 'webhook-address'],
    [{ url: 'javascript:alert(1)', kinds: ['hold'] }, 'webhook-address'],
    [{ url: 'no address', kinds: ['hold'] }, 'webhook-address'],
    [{ url: 'http://user:word@example.org/', kinds: ['hold'] }, 'webhook-address'],
    [{ url: URL_OF, kinds: ['hold'], more: 1 }, 'invalid'],
  ])('a webhook %j', async (body, type) => {
    expect(await problemOf(await world.ask('POST', '/v1/webhooks', body, 's1'))).toEqual([422, type]);
  });

  test.each([
    [{ email: 'nobody', kinds: [] }, 'email'],
    [{ email: 'a@b', kinds: [] }, 'email'],
    [{ email: 'a@school.example\r\nBcc: b@school.example', kinds: [] }, 'email'],
    [{ email: 'a@school.example, b@school.example', kinds: [] }, 'email'],
    [{ email: 'a@school.example', kinds: ['everything'] }, 'kind'],
    [{ email: 7, kinds: [] }, 'invalid'],
    [{ email: null, kinds: 'hold' }, 'invalid'],
  ])('a choice %j', async (body, type) => {
    expect(await problemOf(await world.ask('PUT', '/v1/me/notifications', body, 's1'))).toEqual([422, type]);
  });
});

test('one’s choice is one’s own, in one’s school; an operator’s is for all', async () => {
  const get = async (school?: string) =>
    (await world.ask('GET', '/v1/me/notifications', undefined, school)).json();
  expect(await get('s1')).toEqual({ email: null, kinds: [], daily: false });
  const choice = { email: 'a@school.example', kinds: ['hold', 'worker-dead'], daily: true };
  expect(await (await world.ask('PUT', '/v1/me/notifications', choice, 's1')).json()).toEqual(choice);
  expect(await get('s1')).toEqual(choice);
  expect(await get('s2')).toEqual({ email: null, kinds: [], daily: false });
  expect(await get()).toEqual({ email: null, kinds: [], daily: false });
  await world.ask('PUT', '/v1/me/notifications', { email: '', kinds: [], daily: false }, 's1');
  expect(await get('s1')).toEqual({ email: null, kinds: [], daily: false });
});
