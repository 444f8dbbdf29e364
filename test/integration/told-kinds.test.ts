/** K2: each kind is told when it begins and when it ends, once, in one message per school. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { beat } from '../../src/store/processes.ts';
import { everywhere } from '../support/everywhere.ts';
import { trouble } from '../support/region-rows.ts';
import { startToldWorld, type ToldWorld } from '../support/told-world.ts';

let world: ToldWorld;
beforeEach(async () => {
  world = await startToldWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

const run = (statement: ReturnType<typeof sql>) => statement.execute(everywhere(world));

test('hold: with the operation where it is one, and over once somebody has decided', async () => {
  await world.hook(['hold']);
  const operationId = await trouble(world.ctx, 's1', 'held');
  const [opened] = await world.receiver.receives('hold.opened');
  expect(opened!.body).toEqual({
    type: 'hold.opened',
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    data: {
      ...{ schoolId: 's1', count: 1, operationId, since: expect.stringMatching(/Z$/) },
      url: `${world.ctx.config.publicUrl}/schools/open?school=s1&to=%2Fmanage%2Foperations%2F${operationId}`,
    },
  });
  await run(sql`update operation set state = 'succeeded', finished_at = now() where id = ${operationId}`);
  const [closed] = await world.receiver.receives('hold.closed');
  expect(closed!.body.data).toMatchObject({ schoolId: 's1', count: 1, operationId });
  expect(world.receiver.heard).toHaveLength(2);
});

test('hold: a list that asks about people goes on asking while its chats follow, and so does the next one', async () => {
  await world.hook(['hold', 'account-broken']);
  const asks = (id: string, state: string) =>
    run(sql`update operation set state = ${state}, params = '{"incomplete": true}',
      problems = '[{"code": "people-to-match", "people": 1}]' where id = ${id}`);
  const first = await trouble(world.ctx, 's1', 'held');
  await asks(first, 'held');
  await world.receiver.receives('hold.opened');
  const next = await trouble(world.ctx, 's1', 'held');
  await asks(next, 'running');
  await run(sql`update operation set state = 'succeeded', params = '{}' where id = ${first}`);
  await trouble(world.ctx, 's1', 'broken');
  await world.receiver.receives('account-broken.opened');
  expect(world.receiver.heard.map(({ body: { type } }) => type)).toEqual([
    'hold.opened',
    'account-broken.opened',
  ]);
  await run(sql`update operation set state = 'succeeded', params = '{}' where id = ${next}`);
  const [closed] = await world.receiver.receives('hold.closed');
  expect(closed!.body.data).toMatchObject({ schoolId: 's1', operationId: next });
});

test('a hundred holds of one school at once make one message, and another hold later its own', async () => {
  await world.hook(['hold']);
  for (let n = 0; n < 100; n++) await trouble(world.ctx, 's1', 'held');
  await trouble(world.ctx, 's2', 'held');
  await world.receiver.receives('hold.opened', 2);
  await trouble(world.ctx, 's1', 'held');
  const told = await world.receiver.receives('hold.opened', 3);
  const counts = told.map(({ body: { data } }) => `${data.schoolId} ${data.count}`);
  expect(counts.slice(0, 2).sort()).toEqual(['s1 100', 's2 1']);
  expect(counts[2]).toBe('s1 1');
});

test('chat-failing: once for its reason, with the chats', async () => {
  await world.hook(['chat-failing']);
  await trouble(world.ctx, 's1', 'failing');
  await trouble(world.ctx, 's1', 'failing');
  const [opened] = await world.receiver.receives('chat-failing.opened');
  expect(opened!.body.data).toMatchObject({ schoolId: 's1', count: 2 });
  expect(opened!.body.data.chatIds).toHaveLength(2);
  await run(sql`update chat set condition = 'synced' where condition = 'failing'`);
  await world.receiver.receives('chat-failing.closed');
  expect(world.receiver.heard).toHaveLength(2);
});

test('account-broken: a broken key, and over with a new one', async () => {
  await world.hook(['account-broken']);
  await trouble(world.ctx, 's2', 'broken');
  const [opened] = await world.receiver.receives('account-broken.opened');
  expect(opened!.body.data).toMatchObject({ schoolId: 's2', count: 1 });
  await run(sql`update sferum_account set status = 'ok' where school_id = 's2'`);
  await world.receiver.receives('account-broken.closed');
});

test('account-broken: what a held operation asks about is not told twice', async () => {
  await world.hook(['account-broken', 'hold']);
  await run(sql`update sferum_account set status = 'broken', status_reason = 'restore-unconfirmed'
    where school_id in ('s1', 's2')`);
  await run(sql`insert into operation (id, kind, school_id, state, created_at, created_by)
    values (${randomUUID()}, 'adoption', 's1', 'held', now(), 'sgo')`);
  await world.receiver.receives('hold.opened');
  await world.receiver.receives('account-broken.opened');
  expect(world.receiver.heard.map(({ body }) => `${body.type} ${body.data.schoolId}`).sort()).toEqual(
    expect.not.arrayContaining(['account-broken.opened s1']),
  );
});

test('roster-overdue: no list for long, and over with the next', async () => {
  await world.hook(['roster-overdue']);
  await trouble(world.ctx, 's3', 'overdue');
  const [opened] = await world.receiver.receives('roster-overdue.opened');
  expect(opened!.body.data).toMatchObject({ schoolId: 's3', count: 1 });
  await run(sql`update school set roster_taken_at = now() where id = 's3'`);
  await world.receiver.receives('roster-overdue.closed');
});

test('lesson-without-call: a meeting whose call is not there when it should be; not one whose time has not come', async () => {
  await world.hook(['lesson-without-call']);
  const now = Date.now();
  const minutes = (n: number) => new Date(now + n * 60_000);
  await run(sql`insert into subject_group (school_id, id, title, subject, stated_at, stated_by)
    values ('s1', 'g', 'География', 'География', now(), 'e')`);
  for (const [id, startsAt] of [
    ['soon', minutes(1)],
    ['later', minutes(10)],
  ] as const) {
    await run(sql`insert into lesson (school_id, id, subject_group_id, teacher_id, starts_at, ends_at, stated_at, stated_by)
      values ('s1', ${id}, 'g', 't', ${startsAt}, ${minutes(50)}, now(), 'e')`);
    await run(sql`insert into meeting (school_id, lesson_id, author_id, asked_at, due_at, condition_since)
      values ('s1', ${id}, 't', now(), ${minutes(-1)}, now())`);
  }
  const [opened] = await world.receiver.receives('lesson-without-call.opened');
  expect(opened!.body.data).toMatchObject({ schoolId: 's1', count: 1 });
  await run(sql`insert into meeting_call (id, school_id, lesson_id, state, started_at)
    values (${randomUUID()}, 's1', 'soon', 'open', now())`);
  await world.receiver.receives('lesson-without-call.closed');

  await run(sql`update sferum_account set calls_refused_at = now() where school_id = 's1'`);
  await world.receiver.receives('lesson-without-call.opened', 2);
});

test('invariant-broken: what a plan has met, and over once it was not met for an hour', async () => {
  await world.hook(['invariant-broken']);
  // In two seconds these lines are an hour old.
  await run(sql`insert into journal (school_id, at, chat_id, what, cause, author_kind, details)
    select 's1', now() - interval '59 minutes 58 seconds', id, 'invariant', 'test', 'system', '{"code": "stranger"}'
    from chat where school_id = 's1' limit 2`);
  const [opened] = await world.receiver.receives('invariant-broken.opened');
  expect(opened!.body.data).toMatchObject({ schoolId: 's1', count: 2 });
  await world.receiver.receives('invariant-broken.closed');
});

test('worker-dead: one that fell silent; all hear who asked, each with its own school', async () => {
  await world.hook(['worker-dead']);
  await world.hook(['worker-dead'], 's2');
  const worker = { role: 'worker', connections: 1, figures: () => ({}) };
  const id = randomUUID();
  await beat(everywhere(world), { ...worker, id });
  await run(sql`update process set seen_at = seen_at - interval '70 seconds', started_at = started_at - interval '1 hour'
    where id = ${id}`);
  const opened = await world.receiver.receives('worker-dead.opened', 2);
  expect(opened.map(({ body }) => body.data.schoolId).sort()).toEqual(['s2', null].sort());
  const urls = opened.map(({ body: { data } }) => [data.schoolId, data.count, data.url]);
  // The page of the service is not for a webhook that hears one school.
  expect(new Set(urls)).toEqual(
    new Set([
      [null, 1, `${world.ctx.config.publicUrl}/server`],
      ['s2', 1, `${world.ctx.config.publicUrl}/overview`],
    ]),
  );
  // Another worker was started in its place.
  await beat(everywhere(world), { ...worker, id: randomUUID() });
  await world.receiver.receives('worker-dead.closed', 2);
});

test('what has begun and ended before it was told is never told', async () => {
  await world.hook(['hold', 'account-broken']);
  const operationId = await trouble(world.ctx, 's1', 'held');
  await world.ctx.clock.sleep(120);
  await run(sql`update operation set state = 'succeeded', finished_at = now() where id = ${operationId}`);
  await trouble(world.ctx, 's1', 'broken');
  await world.receiver.receives('account-broken.opened');
  expect(world.receiver.heard).toHaveLength(1);
});

test('a school’s webhook hears its school alone, and of the kinds that it asked for', async () => {
  await world.hook(['hold'], 's1');
  await trouble(world.ctx, 's2', 'held');
  await trouble(world.ctx, 's1', 'broken');
  await world.hook(['account-broken']);
  await trouble(world.ctx, 's3', 'broken');
  await world.receiver.receives('account-broken.opened');
  await trouble(world.ctx, 's1', 'held');
  await world.receiver.receives('hold.opened');
  expect(
    world.receiver.heard
      .filter(({ body }) => body.type === 'hold.opened')
      .map(({ body }) => body.data.schoolId),
  ).toEqual(['s1']);
});
