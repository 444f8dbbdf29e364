/** CloudEvents 1.0 over HTTP in all three modes (contract), written by the official SDK unchanged. */
import { CloudEvent, HTTP, type Message } from 'cloudevents';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ChatWorld, startChatWorld } from '../support/chat-world.ts';
import { everywhere } from '../support/everywhere.ts';

const PATH = '/v1/schools/s1/events';
const AS = { role: 'service', school: 's1', sub: 'sgo' } as const;

let world: ChatWorld;
let n = 0;
beforeAll(async () => {
  world = await startChatWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

/** A teacher comes to the school. */
const arrival = (own: Record<string, unknown> = {}) =>
  new CloudEvent({
    ...{
      source: 'https://sgo.example.ru/schools/1',
      type: 'sgo.person.saved',
      id: `e-${++n}`,
      time: '2026-10-01T08:50:00.000Z',
    },
    data: { id: `new${n}`, familyName: 'Ёлкина', givenName: 'Яна', roles: ['teacher'] },
    ...own,
  });

async function send({ headers, body }: Message) {
  const response = await world.request(PATH, {
    ...{ method: 'POST', as: AS, body: body as string },
    headers: headers as Record<string, string>,
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function familyName(): Promise<string | undefined> {
  const { rows } = await sql<{ name: string }>`
    select family_name as name from person where id = ${`new${n}`}`.execute(everywhere(world.ctx));
  return rows[0]?.name;
}

test.each([
  ['structured', HTTP.structured],
  ['binary', HTTP.binary],
] as const)('%s mode is heard, and the same event once more is a duplicate', async (_, write) => {
  const message = write(arrival());
  expect(await send(message)).toEqual({ status: 202, body: { accepted: 1, duplicates: 0, rejected: [] } });
  expect(await familyName()).toBe('Ёлкина');
  expect((await send(message)).body).toMatchObject({ accepted: 0, duplicates: 1 });
});

test('one id is one event, in whichever mode it comes', async () => {
  const event = arrival();
  expect((await send(HTTP.binary(event))).body).toMatchObject({ accepted: 1 });
  expect((await send(HTTP.structured(event))).body).toMatchObject({ duplicates: 1 });
  const batch = { headers: { 'content-type': 'application/cloudevents-batch+json' }, body: `[${event}]` };
  expect((await send(batch)).body).toMatchObject({ duplicates: 1 });
});

test('attributes beyond ours are taken in and ignored', async () => {
  const event = arrival({
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    subject: 'x',
  });
  expect((await send(HTTP.binary(event))).body).toMatchObject({ accepted: 1 });
});

test.each([
  ['structured', HTTP.structured],
  ['binary', HTTP.binary],
] as const)('a bad event in %s mode is rejected with its id and the reason', async (_, write) => {
  const event = arrival({ type: 'sgo.nothing' });
  expect(await send(write(event))).toMatchObject({
    status: 202,
    body: { accepted: 0, rejected: [{ id: event.id, message: expect.stringContaining('type') }] },
  });
});

test('an attribute beyond ASCII comes percent-encoded in a header', async () => {
  const { headers, body } = HTTP.binary(arrival());
  const encoded = { ...headers, 'ce-id': encodeURIComponent(`событие ${n}`) };
  expect((await send({ headers: encoded, body })).body).toMatchObject({ accepted: 1 });
  const { rows } = await sql`select from received_event where id = ${`событие ${n}`}`.execute(
    everywhere(world.ctx),
  );
  expect(rows).toHaveLength(1);
});

test.each([
  ['no event: JSON without its attributes', { 'content-type': 'application/json' }, '{}', 415],
  ['another type', { 'content-type': 'text/plain', 'ce-specversion': '1.0' }, '{}', 415],
  ['no JSON, structured', { 'content-type': 'application/cloudevents+json' }, '{', 400],
  ['no JSON, binary', { 'content-type': 'application/json', 'ce-specversion': '1.0' }, 'x', 400],
  ['a batch that is no list', { 'content-type': 'application/cloudevents-batch+json' }, '{}', 400],
])('%s: %o is refused', async (_, headers, body, status) => {
  expect((await send({ headers, body })).status).toBe(status);
});

test('a list in structured mode is no event', async () => {
  const headers = { 'content-type': 'application/cloudevents+json' };
  expect((await send({ headers, body: '[1]' })).body).toMatchObject({
    accepted: 0,
    rejected: [{ id: null }],
  });
});
