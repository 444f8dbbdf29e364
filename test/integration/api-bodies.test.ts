/** What the API takes in: types, sizes, times and shapes of bodies. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiWorld, createApiWorld } from '../support/api.ts';
import { problemOf } from '../support/problem-of.ts';
import { addSchool } from '../support/seeds.ts';
import { tokenOf } from '../support/tokens.ts';

const ZIP_LIMIT_BYTES = 5000;
const JSON_LIMIT_BYTES = 2000;
const CANARY = 'Канарейкина';

let world: ApiWorld;
let service: string;
let operator: string;

beforeAll(async () => {
  world = await createApiWorld({
    env: {
      LIMIT_ROSTER_ZIP_BYTES: String(ZIP_LIMIT_BYTES),
      LIMIT_JSON_BODY_BYTES: String(JSON_LIMIT_BYTES),
      LIMIT_JSON_BODY_TIMEOUT_MS: '500',
    },
  });
  await addSchool(world.db, 's1');
  service = await tokenOf({ role: 'service', school: '*' });
  operator = await tokenOf({ role: 'operator', school: '*' });
});
afterAll(() => world[Symbol.asyncDispose]());

type Body = NonNullable<RequestInit['body']>;
const JSON_TYPE = { 'content-type': 'application/json' };
const CONNECTION = { communityId: 5, accessToken: 'vk1.secret', tokenKind: 'user' };

function putSferum(body: Body, headers: Record<string, string> = JSON_TYPE): Promise<Response> {
  const stream = body instanceof ReadableStream ? { duplex: 'half' as const } : {};
  return world.request('/v1/schools/s1/sferum', { method: 'PUT', token: operator, body, headers, ...stream });
}

function upload(body: Body, query = '', type = 'application/zip'): Promise<Response> {
  const headers = { 'content-type': type };
  return world.request(`/v1/roster-imports${query}`, { method: 'POST', token: service, body, headers });
}

/** A body whose length is not announced. */
function chunks(...parts: string[]): ReadableStream {
  return ReadableStream.from(parts.map((part) => new TextEncoder().encode(part)));
}

describe('bodies', () => {
  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
  ])('JSON routes refuse %s with 415', async (type) => {
    const response = await putSferum(JSON.stringify(CONNECTION), { 'content-type': type });
    expect(response.status).toBe(415);
    expect(await problemOf(response)).toMatchObject({ type: 'unsupported-type' });
  });

  test('a missing type is refused with 415 too', async () => {
    const response = await putSferum(chunks(JSON.stringify(CONNECTION)), {});
    expect(response.status).toBe(415);
  });

  test('a roster is a zip', async () => {
    for (const type of ['application/json', 'text/plain', 'application/zipper']) {
      expect((await upload('PK', '', type)).status).toBe(415);
    }
  });

  test('what is no JSON, or of another shape, is 400 and says where; values are not repeated', async () => {
    expect((await putSferum('{"communityId": 5,')).status).toBe(400);
    const response = await putSferum(
      JSON.stringify({ communityId: CANARY, tokenKind: 'none', accessToken: '' }),
    );
    expect(response.status).toBe(400);
    const body = await problemOf(response);
    expect(body).toMatchObject({ type: 'invalid' });
    const fields = (body.errors as { field: string }[]).map((e) => e.field);
    expect(fields.sort()).toEqual(['accessToken', 'communityId', 'tokenKind']);
    expect(JSON.stringify(body)).not.toContain(CANARY);
  });

  test.each([
    [
      'a JSON body',
      () => putSferum(JSON.stringify({ ...CONNECTION, accessToken: 'x'.repeat(JSON_LIMIT_BYTES) })),
    ],
    ['a JSON body of unknown length', () => putSferum(chunks('"', 'x'.repeat(JSON_LIMIT_BYTES), '"'))],
    ['a roster', () => upload('x'.repeat(ZIP_LIMIT_BYTES + 1))],
  ])('reliability 33: %s over its limit is 413', async (_, send) => {
    const response = await send();
    expect(response.status).toBe(413);
    expect(await problemOf(response)).toMatchObject({ type: 'too-large' });
  });

  test('reliability 33: a body that does not arrive is 408', async () => {
    const response = await putSferum(new ReadableStream());
    expect(response.status).toBe(408);
    expect(await problemOf(response)).toMatchObject({ type: 'request-timeout' });
  });

  test('none of these has reached a command', () => {
    expect(world.asked).toEqual([]);
  });

  test('a roster within the limit reaches its command byte for byte', async () => {
    const response = await upload('PK roster', '?takenAt=2026-08-25T10:00:00%2B03:00');
    expect(response.status).toBe(202);
    expect(await response.json()).toEqual({ operationId: expect.any(String) });
    expect(world.asked.splice(0)).toEqual([
      {
        command: 'importRoster',
        ask: {
          body: new TextEncoder().encode('PK roster'),
          // The time stays as it was given, also with digits beyond the millisecond.
          takenAt: '2026-08-25T10:00:00+03:00',
          within: '*',
          by: { id: 'someone', kind: 'service' },
        },
      },
    ]);
  });

  test('takenAt is an instant, and not in the future', async () => {
    expect((await upload('PK', '?takenAt=yesterday')).status).toBe(400);
    const tomorrow = new Date(Date.now() + 24 * 3600_000).toISOString();
    expect(await problemOf(await upload('PK', `?takenAt=${tomorrow}`))).toMatchObject({
      type: 'taken-ahead',
    });
    expect(world.asked).toEqual([]);
  });

  test('reliability 16: a NUL in a filter or a path is 400, other odd texts just find nothing', async () => {
    expect((await world.request('/v1/schools/s1/chats?title=%00', { token: operator })).status).toBe(400);
    expect((await world.request('/v1/schools/%00/chats', { token: operator })).status).toBe(400);
    for (const odd of ['%F0%9F%92%A9', '%E2%80%AE', '<b>', "';--", '%25_', '\ud800']) {
      const response = await world.request(`/v1/schools/s1/chats?title=${odd}`, { token: operator });
      expect(await response.json()).toMatchObject({ total: 0 });
    }
  });
});
