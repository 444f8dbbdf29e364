/** K6: a departed person is erased after the school's term, from every table. The id stays as a keyed hash alone. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DAY_MS } from '../../src/clock.ts';
import { endDue } from '../../src/ending/end-due.ts';
import { eraseAgain } from '../../src/ending/erase-again.ts';
import { ADMIN, type ChatWorld, linkedRoster, PUPIL, startChatWorld } from '../support/chat-world.ts';
import {
  after,
  arrives,
  CANARIES,
  depart,
  OPERATOR,
  PERSON,
  remains,
  SETTINGS,
  traces,
} from '../support/erasure-world.ts';
import { everywhere } from '../support/everywhere.ts';
import { tell } from '../support/tell-events.ts';

let world: ChatWorld;
beforeEach(async () => {
  world = await startChatWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

test('he is erased from every table after the term and not before; the rest goes on', async () => {
  await arrives(world);
  for (const canary of CANARIES) expect(await traces(world.ctx, canary), canary).not.toEqual([]);
  await world.done(200, 'PUT', SETTINGS, OPERATOR, { retentionDays: 30 });
  await depart(world);

  expect(await endDue(after(world.ctx, 29))).toBe(true);
  expect(await traces(world.ctx, 'Канарейкин')).toEqual(['person']);
  expect(await endDue(after(world.ctx, 31))).toBe(true);
  expect(await remains(world.ctx)).toEqual([]);

  const { rows } = await sql`select number, student_ids from roster_order`.execute(everywhere(world.ctx));
  expect(rows).toEqual([{ number: 'ОБЩИЙ', student_ids: ['p3'] }]);
  expect(await world.differences(['s1'])).toEqual([]);

  // The bare fact stays in the journal, and an act records what was done.
  const acts = await world.done<{ items: { people: number; hashes: string[]; rows: object }[] }>(
    ...([200, 'GET', '/v1/schools/s1/erasures', ADMIN] as const),
  );
  expect(acts.items).toMatchObject([
    { people: 2, ground: 'departed', retentionDays: 30, rows: { person: 2 } },
  ]);
  const file = await readFile(join(world.ctx.config.dataDir, 'erasures.jsonl'), 'utf8');
  const [key, ...lines] = file
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toEqual(acts.items);
  expect(key).toEqual({ schoolId: 's1', keyId: expect.any(String), keySealed: expect.any(String) });
  for (const text of [file, JSON.stringify(acts)]) for (const id of CANARIES) expect(text).not.toContain(id);
  const journal = await sql`select from journal where person_id = 'can'`.execute(everywhere(world.ctx));
  expect(journal.rows.length).toBeGreaterThan(0);
});

test('lists of later nights, which lack the departed as well, do not put the term off', async () => {
  await arrives(world);
  await world.done(200, 'PUT', SETTINGS, OPERATOR, { retentionDays: 30 });
  await depart(world);
  const { clock } = world.ctx;
  const now = clock.now.bind(clock);
  for (const days of [10, 20]) {
    clock.now = () => now() + days * DAY_MS;
    await world.importRoster(linkedRoster(), new Date(clock.now()).toISOString());
  }
  clock.now = now;
  expect(await endDue(after(world.ctx, 29))).toBe(true);
  expect(await traces(world.ctx, 'Канарейкин')).toEqual(['person']);
  expect(await endDue(after(world.ctx, 31))).toBe(true);
  expect(await remains(world.ctx)).toEqual([]);
});

test('the erased has no rights; the same event is a duplicate; a new statement is a new person', async () => {
  await arrives(world);
  const event = (id: string, data: object) => ({
    ...{ specversion: '1.0', source: 'sgo', id, type: 'sgo.person.saved', data },
    time: new Date(world.ctx.clock.now()).toISOString(),
  });
  const send = (one: object) =>
    world
      .request('/v1/schools/s1/events', {
        ...{ method: 'POST', as: { role: 'service', school: 's1', sub: 'sgo' }, body: JSON.stringify([one]) },
        headers: { 'content-type': 'application/cloudevents-batch+json' },
      })
      .then((answer) => answer.json());
  const first = event('once', PERSON);
  expect(await send(first)).toMatchObject({ accepted: 1 });
  await tell(world, 's1', 'sgo.person.removed', { id: 'can' });
  expect(await endDue(after(world.ctx, 181))).toBe(true);

  const me = { ...PUPIL, sub: 'can' };
  // A person unknown to the roster is a school admin by their token. A person whom it knew and who was erased is
  // nobody.
  const admin = (sub: string) => world.call('GET', SETTINGS, { role: 'school-admin', school: 's1', sub });
  expect((await admin('can')).status).toBe(403);
  expect((await admin('never-known')).status).toBe(200);
  expect(await send(first)).toMatchObject({ accepted: 0, duplicates: 1 });
  expect(await traces(world.ctx, 'Канарейкин')).toEqual([]);
  expect(await send(event('anew', { ...PERSON, familyName: 'Новый' }))).toMatchObject({ accepted: 1 });
  expect((await world.call('GET', '/v1/me', me)).status).toBe(200);
});

test('a pupil withdrawn by order goes with the parent who has no other child; a cancellation within the term restores all', async () => {
  await arrives(world);
  const away = {
    ...{ id: 'away', number: '9', kind: 'withdrawal', effectiveOn: '2026-10-01' },
    items: [{ studentId: 'can' }],
  };
  await tell(world, 's1', 'sgo.order.issued', away);
  expect(await endDue(after(world.ctx, 179))).toBe(true);
  const held = world.inSferum('5А класс');
  await tell(world, 's1', 'sgo.order.cancelled', { id: 'away' });
  expect(held).not.toContain('770077001');
  expect(world.inSferum('5А класс')).toContain('770077001');

  await tell(world, 's1', 'sgo.order.issued', { ...away, id: 'away2' });
  await world.done(200, 'PATCH', `/v1/chats/${await world.chatId('Учительская')}`, ADMIN, {
    members: { remove: ['can'] },
  });
  await world.settled();
  expect(await endDue(after(world.ctx, 182))).toBe(true);
  expect(await remains(world.ctx)).toEqual([]);
});

test('a teacher who is erased stands in no list of teachers, those of days to come included', async () => {
  const teachers = async () => {
    const { rows } =
      await sql`select homeroom_teacher_ids as now, dated_teachers as dated from class where id = 'c5a'`.execute(
        everywhere(world.ctx),
      );
    return rows[0];
  };
  const person = { ...PERSON, id: 'left', roles: ['teacher'] };
  await tell(world, 's1', 'sgo.person.saved', person);
  const stays = ((await teachers()) as { now: string[] }).now;
  const dated = (id: string) => ({ id, from: '2027-09-01', to: null });
  await sql`update class set homeroom_teacher_ids = ${['left', ...stays]},
    dated_teachers = ${JSON.stringify([dated('left'), dated('t2')])} where id = 'c5a'`.execute(
    everywhere(world.ctx),
  );
  await tell(world, 's1', 'sgo.person.removed', { id: 'left' });
  expect(await endDue(after(world.ctx, 181))).toBe(true);
  expect(await teachers()).toEqual({ now: stays, dated: [dated('t2')] });
});

test('an operator alone changes the term; the change is journalled', async () => {
  expect(await world.done(200, 'GET', SETTINGS, ADMIN)).toMatchObject({ retentionDays: 180 });
  await world.done(403, 'PUT', SETTINGS, ADMIN, { retentionDays: 1 });
  await world.done(200, 'PUT', SETTINGS, OPERATOR, { retentionDays: 365 });
  await world.done(200, 'PUT', SETTINGS, ADMIN, { earlyEntryMinutes: 5 });
  expect(await world.done(200, 'GET', SETTINGS, ADMIN)).toMatchObject({
    ...{ retentionDays: 365, earlyEntryMinutes: 5 },
  });
  const { rows } = await sql<{
    details: object;
  }>`select details from journal where what = 'settings' order by id`.execute(everywhere(world.ctx));
  expect(rows[0]).toMatchObject({
    details: { before: { retentionDays: null }, after: { retentionDays: 365 } },
  });
});

test('after a restore the acts erase again, but not who was stated since', async () => {
  await arrives(world);
  await tell(world, 's1', 'sgo.person.removed', { id: 'can' });
  const { rows: kept } = await sql`select * from person where id = 'can'`.execute(everywhere(world.ctx));
  expect(await endDue(after(world.ctx, 181))).toBe(true);
  // The person comes back, as from an earlier backup.
  const { present: _, ...row } = kept[0] as Record<string, unknown>;
  const columns = sql.raw(Object.keys(row).join(', '));
  const insert = (more: object) =>
    sql`insert into person (${columns}) select ${columns} from jsonb_populate_record(null::person, ${JSON.stringify({ ...row, ...more })}::jsonb)`.execute(
      everywhere(world.ctx),
    );
  await insert({});
  const file = join(world.ctx.config.dataDir, 'erasures.jsonl');
  expect(await eraseAgain(world.ctx, file)).toEqual({ s1: 1 });
  expect((await sql`select from person where id = 'can'`.execute(everywhere(world.ctx))).rows).toEqual([]);
  await insert({ stated_at: new Date(world.ctx.clock.now() + 400 * DAY_MS), stated_by: 'later' });
  expect(await eraseAgain(world.ctx, file)).toEqual({ s1: 0 });
});
