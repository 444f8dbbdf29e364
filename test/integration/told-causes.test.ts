/** K2: messages begin and end with what really happens to a school, in the whole running program. */

import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../src/clock.ts';
import { createWebhook } from '../../src/told/webhooks.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { everywhere } from '../support/everywhere.ts';
import { type LessonWorld, movableClock, startLessonWorld } from '../support/lesson-world.ts';
import { importSmallSchool, initializeAll } from '../support/small-world.ts';
import { QUICK_TELLING } from '../support/told-world.ts';
import { type Receiver, startReceiver } from '../support/webhook-receiver.ts';

const OPERATOR = { role: 'operator', school: '*', sub: 'op' } as const;
/** More strangers than any limit lets be removed without a decision. */
const CROWD = 40;

let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver[Symbol.asyncDispose]());

describe('a school', () => {
  const clock = movableClock(new Date().toISOString());
  let world: TestApp;
  let school: string;
  beforeAll(async () => {
    world = await startTestApp({ clock, env: { ...QUICK_TELLING, LIMIT_DRIFT_INTERVAL_MS: '1000' } });
    school = await importSmallSchool(world);
    await initializeAll(world, school);
    const kinds = ['hold', 'invariant-broken', 'account-broken', 'roster-overdue', 'chat-failing'] as const;
    await createWebhook(world.ctx, {
      by: { id: 'test', kind: 'operator' },
      schoolId: null,
      url: receiver.url,
      kinds,
    });
  }, 120_000);
  afterAll(() => world?.[Symbol.asyncDispose]());

  test('strangers in a chat: a hold and a broken rule; the hold is over once somebody has decided', async () => {
    const chat = [...world.sandbox.world.chats.values()].find(({ members }) => members.size > 20);
    for (let n = 0; n < CROWD; n++) world.sandbox.world.join(chat!.id, 999_000_111 + n);
    const [opened] = await receiver.receives('hold.opened');
    const [broken] = await receiver.receives('invariant-broken.opened');
    expect(broken!.body.data).toMatchObject({ schoolId: school, count: 1 });
    const path = `/v1/operations/${opened!.body.data.operationId}/approve?school=${school}`;
    const answer = await world.call('POST', path, OPERATOR, {});
    expect(answer.ok, await answer.text()).toBe(true);
    await receiver.receives('hold.closed');
  });

  test('a chat that is closed to us in the messenger: over once it is open again', async () => {
    const chat = [...world.sandbox.world.chats.values()].find(({ title }) => title.includes('класс'));
    world.sandbox.world.setCondition(chat!.id, 'disabled');
    await sql`update chat set generation = generation + 1, title = title || ' А'
      where title = ${chat!.title}`.execute(everywhere(world.ctx));
    const [opened] = await receiver.receives('chat-failing.opened');
    expect(opened!.body.data.chatIds).toHaveLength(1);
    world.sandbox.world.setCondition(chat!.id, 'normal');
    await receiver.receives('chat-failing.closed');
  });

  test('a key that is revoked: over with a new one', async () => {
    const access = world.sandbox.world.connectSchool({ communityId: 230_000_001 });
    world.sandbox.world.revokeToken(access.userToken);
    await receiver.receives('account-broken.opened');
    const fresh = world.sandbox.world.connectSchool({ communityId: 230_000_001 });
    const { communityId, userToken: accessToken } = fresh;
    const body = { communityId, accessToken, tokenKind: 'user', requestsPerSecond: 200 };
    expect((await world.call('PUT', `/v1/schools/${school}/sferum`, OPERATOR, body)).status).toBe(200);
    await receiver.receives('account-broken.closed');
  });

  test('no list for long: over with the next; and what was not broken for an hour is over too', async () => {
    clock.moveTo(new Date(clock.now() + 37 * HOUR_MS).toISOString());
    const [opened] = await receiver.receives('roster-overdue.opened');
    expect(opened!.body.data).toMatchObject({ schoolId: school, count: 1 });
    await receiver.receives('invariant-broken.closed');
    await importSmallSchool(world);
    await receiver.receives('roster-overdue.closed');
  });
});

describe('a lesson', () => {
  let world: LessonWorld;
  beforeAll(async () => {
    world = await startLessonWorld({ env: QUICK_TELLING });
    await createWebhook(world.ctx, {
      by: { id: 'test', kind: 'operator' },
      schoolId: 's1',
      url: receiver.url,
      kinds: ['lesson-without-call'],
    });
  }, 120_000);
  afterAll(() => world?.[Symbol.asyncDispose]());

  test('whose call cannot be started: over once it is there', async () => {
    world.sandbox.world.faults.add({ method: 'calls.start', fault: 27 });
    await world.create();
    world.clock.moveTo('2026-10-01T12:55:00Z');
    const [opened] = await receiver.receives('lesson-without-call.opened');
    expect(opened!.body.data).toMatchObject({ schoolId: 's1', count: 1 });
    world.sandbox.world.faults.clear();
    world.clock.moveTo('2026-10-01T12:57:00Z');
    await world.ready();
    await receiver.receives('lesson-without-call.closed');
  });
});
