/** What becomes of lessons, and of chats meanwhile, if a school's account or one of its rights is missing. */
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { everywhere } from '../support/everywhere.ts';
import { type LessonWorld, PUPIL, startLessonWorld, TEACHER } from '../support/lesson-world.ts';
import { sealedToken, tokenPlace } from '../support/sealed-token.ts';

const WAITING = { timeout: 20_000, interval: 20 };
const RUNNING = '2026-10-01T12:55:00Z';
const ADMIN = { role: 'school-admin', school: 's1', sub: 'a1' } as const;
const OPERATOR = { role: 'operator', school: 's1', sub: 'op' } as const;

let world: LessonWorld;
beforeEach(async () => {
  world = await startLessonWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

const db = () => everywhere(world.ctx);

async function account(): Promise<{ status: string; sealed: string }> {
  const { rows } = await sql<{ status: string; sealed: string }>`
    select status, access_token_sealed as sealed from sferum_account`.execute(db());
  return rows[0]!;
}

async function giveToken(plain: string): Promise<void> {
  await sql`update sferum_account set status = 'ok', access_token_sealed = ${sealedToken(world.ctx, 's1', plain)}`.execute(
    db(),
  );
}

async function initialize(): Promise<void> {
  const response = await world.call('POST', '/v1/schools/s1/initializations', ADMIN, {
    types: ['staff', 'class', 'parents', 'subject'],
  });
  expect(response.status).toBe(202);
  await world.settled();
}

async function withdraw(studentId: string): Promise<void> {
  await world.event('sgo.order.issued', {
    ...{ id: `withdraw-${studentId}`, kind: 'withdrawal', effectiveOn: '2026-10-01' },
    items: [{ studentId }],
  });
}

const refusal = async (response: Response) => [
  response.status,
  ((await response.json()) as { type: string }).type,
];

test('I8: without a user token no meeting is made, and the school is told so', async () => {
  await sql`update sferum_account set token_kind = 'community'`.execute(db());
  expect(await refusal(await world.create())).toEqual([409, 'calls-need-user-token']);
  await sql`delete from sferum_account`.execute(db());
  expect(await refusal(await world.create())).toEqual([409, 'sferum-not-connected']);
  expect(world.sandbox.world.calls.size).toBe(0);
});

test('I8: where connecting shows that the token for calls may start none, the first who asks is told', async () => {
  const accessToken = world.ctx.secrets.open((await account()).sealed, tokenPlace('s1'));
  const connection = { communityId: 1, accessToken, tokenKind: 'user', callsToken: 'revoked' };
  expect((await world.call('PUT', '/v1/schools/s1/sferum', OPERATOR, connection)).status).toBe(200);
  expect(await refusal(await world.create())).toEqual([409, 'calls-need-user-token']);
  const good = { ...connection, callsToken: accessToken };
  expect((await world.call('PUT', '/v1/schools/s1/sferum', OPERATOR, good)).status).toBe(200);
  expect((await world.create()).status).toBe(201);
});

test('a refusal that comes after the token was renewed does not break the new connection', async () => {
  const token = world.ctx.secrets.open((await account()).sealed, tokenPlace('s1'));
  await giveToken('revoked');
  world.sandbox.world.faults.latencyMs = 1_500;
  world.clock.moveTo('2026-10-01T12:50:01Z');
  await world.create();
  await vi.waitFor(async () => {
    const { rows } = await sql`select from meeting_call where state = 'starting'`.execute(db());
    expect(rows).toHaveLength(1);
  }, WAITING);
  await giveToken(token);
  await sql`update sferum_account set status_since = ${new Date(world.ctx.clock.now())}`.execute(db());
  await vi.waitFor(async () => {
    const { rows } = await sql`select from meeting where condition_reason = 'token'`.execute(db());
    expect(rows).toHaveLength(1);
  }, WAITING);
  expect((await account()).status).toBe('ok');
});

test('a token revoked: the teacher sees why, and with a new token the call is there', async () => {
  const token = world.ctx.secrets.open((await account()).sealed, tokenPlace('s1'));
  await giveToken('revoked');
  world.clock.moveTo('2026-10-01T12:50:01Z');
  await world.create();
  await vi.waitFor(
    async () =>
      expect(await world.condition()).toMatchObject({
        status: 'failing',
        message: expect.stringContaining('Ключ'),
      }),
    WAITING,
  );
  expect(await world.enter()).toBe('503 call-not-ready');
  await giveToken(token);
  world.clock.moveTo('2026-10-01T12:51:00Z');
  await world.ready();
  await vi.waitFor(
    async () => expect(await world.condition()).toEqual({ status: 'synced', message: null }),
    WAITING,
  );
  expect(await world.enter()).toBe(world.running().join());
});

describe('a user token that may not call', () => {
  const lacksRight = () =>
    vi.waitFor(
      async () =>
        expect(await world.condition()).toMatchObject({
          status: 'failing',
          message: expect.stringContaining('без права на звонки'),
        }),
      WAITING,
    );

  test.each([[7], [27], [15], [{ code: 15, subcode: 1133 }]])(
    'I8: calls.start answers %j: chats go on, who asks for a call is told, and with the right it is there',
    async (fault) => {
      await initialize();
      expect(world.inSferum('5А класс')).toContain('202');
      world.sandbox.world.faults.add({ method: 'calls.start', fault });
      world.clock.moveTo(RUNNING);
      await world.create();
      await lacksRight();
      await withdraw('p2');
      await world.settled();
      expect((await account()).status).toBe('ok');
      expect(world.inSferum('5А класс')).not.toContain('202');

      expect(await world.enter()).toBe('409 calls-need-user-token');
      await world.lessonSaved({ id: 'next' });
      expect(await refusal(await world.create(TEACHER, {}, 'next'))).toEqual([409, 'calls-need-user-token']);

      world.sandbox.world.faults.clear();
      world.clock.moveTo('2026-10-01T12:56:00Z');
      await world.ready();
      expect(await world.enter()).toBe(world.running().join());
      expect((await world.create(TEACHER, {}, 'next')).status).toBe(201);
    },
  );

  test('after an hour without a call somebody may try again: the right may have been given', async () => {
    world.sandbox.world.faults.add({ method: 'calls.start', fault: 27 });
    world.clock.moveTo(RUNNING);
    await world.create();
    await lacksRight();
    await world.remove();
    await world.lessonSaved({
      ...{ id: 'later', startsAt: '2026-10-02T07:00:00Z', endsAt: '2026-10-02T07:40:00Z' },
    });
    expect(await refusal(await world.create(TEACHER, {}, 'later'))).toEqual([409, 'calls-need-user-token']);
    world.clock.moveTo('2026-10-01T13:56:00Z');
    expect((await world.create(TEACHER, {}, 'later')).status).toBe(201);
  });

  test.each([[7], [27], [{ code: 15, subcode: 1134 }]])(
    'calls.forceFinish answers %j: chats go on',
    async (fault) => {
      await initialize();
      world.clock.moveTo(RUNNING);
      await world.create();
      await world.enter();
      world.sandbox.world.faults.add({ method: 'calls.forceFinish', fault });
      await world.remove();
      await vi.waitFor(async () => expect((await world.journal()).at(-1)).toBe('call-lost refused'), WAITING);
      await withdraw('p2');
      await world.settled();
      expect((await account()).status).toBe('ok');
      expect(world.inSferum('5А класс')).not.toContain('202');
    },
  );
});

test('a dead token of the chats does not stop lessons that have a token of their own', async () => {
  await initialize();
  const callsToken = world.sandbox.world.token('user', 200_000_777_001).token;
  const { communityId, userToken } = world.sandbox.world.connectSchool({ communityId: 230_000_001 });
  const connected = await world.call(
    'PUT',
    '/v1/schools/s1/sferum',
    { role: 'operator' },
    {
      ...{ communityId, accessToken: userToken, tokenKind: 'user', callsToken },
    },
  );
  expect(connected.status).toBe(200);
  world.sandbox.world.revokeToken(userToken);
  await withdraw('p2');
  await vi.waitFor(async () => expect((await account()).status).toBe('broken'), WAITING);

  world.clock.moveTo(RUNNING);
  expect((await world.create()).status).toBe(201);
  const link = await world.enter(PUPIL);
  expect(world.running()).toEqual([link]);
  await world.remove();
  await world.runs(0);
});
