/** K6: the term reaches every departed person, whatever still holds them, and nobody who is present. */
import { sql } from 'kysely';
import { afterEach, expect, test } from 'vitest';
import { endDue } from '../../src/ending/end-due.ts';
import { sweepDrift } from '../../src/live/drift.ts';
import { ADMIN, type ChatWorld, linkedRoster, startChatWorld } from '../support/chat-world.ts';
import {
  after,
  arrives,
  depart,
  OPERATOR,
  remains,
  SETTINGS,
  traces,
  VK_ID,
} from '../support/erasure-world.ts';
import { everywhere } from '../support/everywhere.ts';
import { withoutRows, withRows } from '../support/roster-files.ts';
import { tell } from '../support/tell-events.ts';

let world: ChatWorld;
afterEach(() => world[Symbol.asyncDispose]());

const HOLDS_ALL = { chatShare: 0, chatAtLeast: 1, schoolShare: 0, schoolAtLeast: 1 };
const holding = () => world.done(200, 'PUT', SETTINGS, OPERATOR, { retentionDays: 30, limits: HOLDS_ALL });
const rows = async <Row>(query: ReturnType<typeof sql<Row>>) =>
  (await query.execute(everywhere(world.ctx))).rows;

test('whose removal is held leaves the lists a day before the term is over, and is erased at the term', async () => {
  world = await startChatWorld();
  await holding();
  // The list leaves two people out. The removal of both is held.
  let files = linkedRoster();
  for (const id of ['p4', 'p3']) {
    for (const file of ['users.csv', 'demographics.csv', 'enrollments.csv']) {
      const ofHim = file === 'enrollments.csv' ? `,${id},student` : `\n${id},`;
      files = { ...files, [file]: withoutRows(files, file, ofHim.trim())[file]! };
    }
  }
  await world.importRoster(files);
  const held = () => rows(sql`select person_id from membership where held_by is not null order by 1`);
  expect((await held()).length).toBeGreaterThan(1);
  expect(world.inSferum('5Б класс')).toContain('204');
  // The other one is back within the term.
  await tell(world, 's1', 'sgo.person.saved', {
    ...{ id: 'p3', familyName: 'Загурская', givenName: 'Полина', roles: ['student'] },
  });

  expect(await endDue(after(world.ctx, 28))).toBe(true);
  expect(world.inSferum('5Б класс')).toContain('204');
  expect(await endDue(after(world.ctx, 29.5))).toBe(true);
  await world.settled();
  expect(world.inSferum('5Б класс')).not.toContain('204');
  expect(await rows(sql`select from membership where person_id = 'p4'`)).toEqual([]);
  expect(await traces(world.ctx, 'Агеенко')).toEqual(['person']);
  expect(await endDue(after(world.ctx, 31))).toBe(true);
  expect(await traces(world.ctx, 'Агеенко')).toEqual([]);
  expect(await traces(world.ctx, 'Полина')).toEqual(['person']);
  // The other person's removal waits on until their own term ends. Then nothing is left to decide.
  const waiting = () => rows(sql`select from operation where state = 'held'`);
  expect(await held()).toContainEqual({ person_id: 'p3' });
  expect(await waiting()).toHaveLength(1);
  await tell(world, 's1', 'sgo.person.removed', { id: 'p3' });
  expect(await held()).toContainEqual({ person_id: 'p3' });
  expect(await endDue(after(world.ctx, 29.5))).toBe(true);
  expect(await held()).toEqual([]);
  expect(await waiting()).toEqual([]);
});

test('who is withdrawn from one class alone is still there, in a school without chats too', async () => {
  world = await startChatWorld({ initialized: false });
  await tell(world, 's1', 'sgo.order.issued', {
    ...{ id: 'partly', kind: 'withdrawal', effectiveOn: '2026-10-01' },
    items: [{ studentId: 'p4', classId: 'c5b' }],
  });
  expect(await endDue(after(world.ctx, 200))).toBe(true);
  expect(await traces(world.ctx, 'Агеенко')).toEqual(['person']);
});

test('a VK ID that others had too goes with the last who has it and is here', async () => {
  world = await startChatWorld();
  const adult = (id: string) => ({ id, familyName: `Общий-${id}`, givenName: 'Пётр', roles: ['teacher'] });
  for (const id of ['one', 'unlinked', 'departed', 'here']) {
    await tell(world, 's1', 'sgo.person.saved', adult(id));
    await tell(world, 's1', 'sgo.profile.linked', { personId: id, vkUserId: VK_ID });
  }
  await tell(world, 's1', 'sgo.profile.unlinked', { personId: 'unlinked' });
  await tell(world, 's1', 'sgo.person.removed', { id: 'one' });
  expect(await endDue(after(world.ctx, 181))).toBe(true);
  // A VK ID of a person who is here is in use.
  expect(world.inSferum('Учительская')).toContain(String(VK_ID));
  expect(await traces(world.ctx, String(VK_ID))).toContain('sferum_member');

  await tell(world, 's1', 'sgo.person.removed', { id: 'here' });
  await tell(world, 's1', 'sgo.person.removed', { id: 'departed' });
  await sql`update person set gone_from_at = gone_at + interval '10 days' where id = 'departed'`.execute(
    everywhere(world.ctx),
  );
  expect(await endDue(after(world.ctx, 182))).toBe(true);
  // The person's own link waits for their own term. Nothing else names the VK ID any more.
  expect(await traces(world.ctx, String(VK_ID))).toEqual(['profile_link']);
  expect(await rows(sql`select person_id from profile_link where vk_user_id = ${VK_ID}`)).toEqual([
    { person_id: 'departed' },
  ]);
  expect(await endDue(after(world.ctx, 192))).toBe(true);
  expect(await traces(world.ctx, String(VK_ID))).toEqual([]);
});

test('names and VK ids go from titles given by hand, plans, results, problems and what waits for a decision', async () => {
  world = await startChatWorld();
  // A stranger is seen before the person is known: a plan and the journal hold the VK ID.
  const { world: sferum } = world.sandbox;
  await world.done(200, 'PUT', SETTINGS, OPERATOR, { retentionDays: 30, limits: HOLDS_ALL });
  const chat = [...sferum.chats.values()].find(({ title }) => title === '5Б класс')!;
  sferum.join(chat.id, VK_ID);
  await sql`update chat set seen_at = null`.execute(everywhere(world.ctx));
  await sweepDrift(world.ctx, 's1');
  await world.settled();
  expect(await traces(world.ctx, String(VK_ID))).toEqual(['journal', 'operation_chat', 'sferum_member']);

  await arrives(world);
  const titled = await world.done<{ id: string }>(201, 'POST', '/v1/schools/s1/chats', ADMIN, {
    ...{ type: 'class', classId: 'c5a', title: 'Кружок Канарейкина Пети', reason: 'для Канарейкина' },
    members: [{ personId: 'p1' }, { personId: 't1', admin: true }],
  });
  await world.settled();
  expect(world.inSferum('Кружок Канарейкина Пети')).not.toBeNull();
  await sql`insert into operation (id, school_id, kind, state, created_by, created_at, finished_at, problems, result)
    values (gen_random_uuid(), 's1', 'drift', 'failed', 'x', now(), now(),
      '[{"code": "x", "message": "Канарейкину отказано"}]', ${JSON.stringify({ userId: VK_ID })}::jsonb)`.execute(
    everywhere(world.ctx),
  );
  // A list that empties a class waits for a decision. It names the person.
  const row = `can,,s1,student,{VK:${VK_ID}},Пётр,Канарейкин,Ильич,`;
  let files = withRows(linkedRoster(), 'users.csv', row);
  for (const id of ['p4', 'p5']) files = withoutRows(files, 'enrollments.csv', `c5b,s1,${id}`);
  await world.importRoster(files);
  expect(await traces(world.ctx, 'Канарейкин')).toContain('staged_roster');

  await depart(world);
  expect(await endDue(after(world.ctx, 29.5))).toBe(true);
  await world.settled();
  expect(await endDue(after(world.ctx, 31))).toBe(true);
  await world.settled();
  expect(await remains(world.ctx)).toEqual([]);
  expect(await rows(sql`select title from chat where id = ${titled.id}`)).toEqual([
    { title: 'Кружок … Пети' },
  ]);
  expect(world.inSferum('Кружок … Пети')).not.toBeNull();
  expect(world.inSferum('Кружок Канарейкина Пети')).toBeNull();
  // What waited goes on without the person.
  const waiting = await rows<{ n: number }>(sql`select count(*)::int as n from staged_roster`);
  expect(waiting[0]!.n).toBeGreaterThan(0);
});
