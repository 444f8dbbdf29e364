import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TestApp } from '../support/app.ts';
import { initializeAll, startSmallWorld } from '../support/small-world.ts';

const operator = { role: 'operator', sub: 'operator' } as const;
const OTHER_COMMUNITY = 77;

let world: TestApp;
let school: string;
let former: number;
beforeEach(async () => {
  ({ world, school } = await startSmallWorld());
  const connection = await world.call('GET', `/v1/schools/${school}/sferum`, operator);
  former = ((await connection.json()) as { communityId: number }).communityId;
});
afterEach(() => world[Symbol.asyncDispose]());

function connect(replaceAccount: boolean, community = OTHER_COMMUNITY): Promise<Response> {
  const { communityId, userToken } = world.sandbox.world.connectSchool({ communityId: community });
  const body = {
    communityId,
    accessToken: userToken,
    tokenKind: 'user',
    requestsPerSecond: 200,
    replaceAccount,
  };
  return world.call('PUT', `/v1/schools/${school}/sferum`, operator, body);
}

test('a token of another account is refused, and changes nothing', async () => {
  const response = await connect(false);
  expect(response.status).toBe(409);
  expect(await response.json()).toMatchObject({ type: expect.stringContaining('sferum-other-account') });
  const again = await initializeAll(world, school);
  expect(again).toMatchObject({ state: 'succeeded', result: { chats: { created: 0 } } });
});

test('a replaced account makes nothing anew until somebody confirms; then every chat is there again', async () => {
  const before = world.sandbox.world.chats.size;
  expect((await connect(true)).status).toBeLessThan(300);
  expect((await initializeAll(world, school)).state).toBe('failed');
  expect(world.sandbox.world.chats.size).toBe(before);

  const response = await world.call('GET', `/v1/schools/${school}/operations?state=held`, operator);
  const [held] = ((await response.json()) as { items: { id: string; kind: string }[] }).items;
  expect(held).toMatchObject({ kind: 'account-replacement' });
  expect(
    (await world.call('POST', `/v1/operations/${held!.id}/approve?school=${school}`, operator, {})).status,
  ).toBeLessThan(300);
  await world.settled();
  expect(world.sandbox.world.chats.size).toBe(2 * before);
  expect(await world.differences([school])).toEqual([]);
});

test('connected again with the same new account it still waits; with the former one it goes on, and nothing is asked', async () => {
  const before = world.sandbox.world.chats.size;
  for (let i = 0; i < 2; i++) expect((await connect(true)).status).toBeLessThan(300);
  const sferum = async () => (await world.call('GET', `/v1/schools/${school}/sferum`, operator)).json();
  expect(await sferum()).toMatchObject({ status: 'broken', creationsConfirmed: false });
  expect((await initializeAll(world, school)).state).toBe('failed');
  const held = async () => {
    const list = await world.call('GET', `/v1/schools/${school}/operations?state=held`, operator);
    return ((await list.json()) as { total: number }).total;
  };
  expect(await held()).toBe(1);

  expect((await connect(false, former)).status).toBe(200);
  expect(await sferum()).toMatchObject({ status: 'ok', statusReason: null, creationsConfirmed: true });
  expect(await held()).toBe(0);
  expect((await initializeAll(world, school)).state).toBe('succeeded');
  expect(world.sandbox.world.chats.size).toBe(before);
});

test('a school may be connected before its first roster', async () => {
  const { communityId, userToken } = world.sandbox.world.connectSchool({ communityId: OTHER_COMMUNITY });
  // Senders may write an id of VK as a string; it is answered as a number.
  const body = { communityId: String(communityId), accessToken: userToken, tokenKind: 'user' };
  expect((await world.call('PUT', '/v1/schools/not-yet/sferum', operator, body)).status).toBe(200);
  const answer = await world.call('GET', '/v1/schools/not-yet/sferum', operator);
  expect(await answer.json()).toMatchObject({ communityId, status: 'ok' });
});
