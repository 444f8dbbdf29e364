/** J4 over HTTP: an applied run is taken back, once, and only as far as its effects still stand. */
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CHAT_TYPES } from '../../src/desired/model.ts';
import { ADMIN, type ChatWorld, HOMEROOM_5A, linkedRoster, startChatWorld } from '../support/chat-world.ts';
import { everywhere } from '../support/everywhere.ts';
import { edited } from '../support/roster-files.ts';
import { tell } from '../support/tell-events.ts';
import type { TokenClaims } from '../support/tokens.ts';
import { stateOf } from '../support/world-state.ts';

const STRANGER = 999_000_111;
const TODAY = '2026-10-01';

let world: ChatWorld;
beforeEach(async () => {
  world = await startChatWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

async function run(options: object = {}): Promise<string> {
  const body = { types: CHAT_TYPES, ...options };
  const { operationId } = await world.done<{ operationId: string }>(
    ...([202, 'POST', '/v1/schools/s1/initializations', ADMIN, body] as const),
  );
  await world.settled();
  return operationId;
}

async function undo(runId: string, who: TokenClaims = ADMIN): Promise<string> {
  const path = `/v1/operations/${runId}/undo`;
  const { operationId } = await world.done<{ operationId: string }>(202, 'POST', path, who, {});
  await world.settled();
  expect(await world.done(200, 'GET', `/v1/operations/${operationId}`, who)).toMatchObject({
    ...{ kind: 'undo', state: 'succeeded', problems: [] },
  });
  return operationId;
}

const edit = async (title: string, body: object) => {
  await world.done(200, 'PATCH', `/v1/chats/${await world.chatId(title)}`, ADMIN, body);
  await world.settled();
};

/** Events wait from now on for the next initialisation. */
const switchOff = () => sql`update school set switched_on = '{}'`.execute(everywhere(world.ctx));

test('a strict run: what was kept by hand is back, to the letter – author, reason and time', async () => {
  await edit('5А класс', { members: { add: ['t3'], remove: ['p2'] }, reason: 'по заявлению' });
  await edit('5А класс', { admins: { grant: ['t3'] } });
  await edit('5А родители', { admins: { grant: ['m1'], revoke: ['t1'] } });
  const before = await stateOf(world);
  const strict = await run({ strict: true });
  const meanwhile = await stateOf(world);
  expect(meanwhile.sferum).toMatchObject({ '5А класс': '101* 201 202 203', '5А родители': '101* 301 302' });
  expect(meanwhile.byHand).toEqual([]);
  await undo(strict);
  expect(await stateOf(world)).toEqual(before);
  expect(await world.differences(['s1'])).toEqual([]);
});

test('what the roster moved is pinned back, adminship included, and named as «отмена инициализации»', async () => {
  await switchOff();
  const { sferum: before } = await stateOf(world);
  await tell(world, 's1', 'sgo.order.issued', {
    ...{ id: 'o1', kind: 'transfer', effectiveOn: TODAY },
    items: [{ studentId: 'p1', classId: 'c5a', toClassId: 'c5b' }],
  });
  await tell(world, 's1', 'sgo.class.saved', { id: 'c5b', title: '5Б', homeroomTeacherIds: ['t3'] });
  const runId = await run();
  expect(world.inSferum('5Б класс')).toBe('103* 201 204 205');
  await undo(runId);
  expect((await stateOf(world)).sferum).toEqual(before);
  expect(await world.exceptions(await world.chatId('5Б класс'))).toEqual([
    ...['p1 excluded', 't2 added granted', 't3 excluded'],
  ]);
  const grounds = await world.done<{ chats: { why: string[] }[] }>(
    ...([200, 'GET', `/v1/people/p1/grounds?chatId=${await world.chatId('5Б класс')}`, ADMIN] as const),
  );
  expect(grounds.chats[0]!.why[0]).toBe(
    `Исключение вручную: Обмочиева Ольга Викторовна, 01.10.2026 – отмена инициализации ${runId.slice(0, 8)}`,
  );
  // It outlives the next initialisation.
  await run();
  expect((await stateOf(world)).sferum).toEqual(before);
});

test('strangers, the departed and the unlinked do not return; who had only dropped out stays in', async () => {
  const chat = [...world.sandbox.world.chats.values()].find(({ title }) => title === '5А класс')!;
  await edit('5А класс', { members: { add: ['t3'] } });
  await switchOff();
  await tell(world, 's1', 'sgo.order.issued', {
    ...{ id: 'o1', kind: 'withdrawal', effectiveOn: TODAY, items: [{ studentId: 'p3' }] },
  });
  await world.call('DELETE', '/v1/me/profile', { role: 'student', school: 's1', sub: 'p2' });
  await world.settled();
  world.sandbox.world.join(chat.id, STRANGER);
  // A pupil of another class was added by hand, and one of this class was removed.
  world.sandbox.world.join(chat.id, 204);
  world.sandbox.world.kick(chat.id, 201);
  const runId = await run({ strict: true });
  expect(world.inSferum('5А класс')).toBe('101* 201');
  await undo(runId);
  expect(world.inSferum('5А класс')).toBe('101* 103 201');
  expect(await world.exceptions(await world.chatId('5А класс'))).toEqual(['t3 added']);
  await tell(world, 's1', 'sgo.profile.linked', { personId: 'p2', vkUserId: 202 });
  expect(world.inSferum('5А класс')).toBe('101* 103 201 202');
});

test('the chats it made are gone, and come back with the next one', async () => {
  await world[Symbol.asyncDispose]();
  world = await startChatWorld({ initialized: false });
  const first = await run({ types: ['staff', 'class'] });
  const made = await stateOf(world);
  expect(Object.keys(made.sferum)).toEqual(['5А класс', '5Б класс', 'Учительская']);
  await undo(first);
  expect(await stateOf(world)).toEqual({ sferum: {}, lists: [], byHand: [], conditions: [] });
  await run({ types: ['staff', 'class'] });
  expect(await stateOf(world)).toEqual(made);
});

test('F4: removals that the run holds are not carried out by its undo; those approved since are taken back', async () => {
  await switchOff();
  const limits = { chatShare: 0.2, chatAtLeast: 1, schoolShare: 1, schoolAtLeast: 1000 };
  await sql`update school set limits = ${JSON.stringify(limits)}::jsonb`.execute(everywhere(world.ctx));
  const before = await stateOf(world);
  const group = { title: '5А/География', subject: 'География', classId: 'c5a', teacherIds: ['t1'] };
  await tell(world, 's1', 'sgo.subject-group.saved', { id: 'geo5a', ...group, studentIds: ['p3'] });
  const list = { title: '5 *Рисование', subject: 'Рисование', teacherIds: ['t2'], studentIds: ['p3'] };
  await tell(world, 's1', 'sgo.subject-group.saved', { id: 'art5', ...list });
  const runId = await run();
  expect(await world.done(200, 'GET', `/v1/operations/${runId}`, ADMIN)).toMatchObject({ state: 'held' });
  const chatIds = [await world.chatId('5 *Рисование')];
  await world.done(200, 'POST', `/v1/operations/${runId}/approve`, ADMIN, { chatIds });
  await world.settled();
  expect(world.inSferum('5 *Рисование')).toBe('102* 203');
  expect(world.inSferum('5А/География')).toBe('101* 201 202 203');
  await undo(runId);
  expect((await stateOf(world)).sferum).toEqual(before.sferum);
  expect(await world.done(200, 'GET', `/v1/operations/${runId}`, ADMIN)).toMatchObject({ state: 'held' });
});

test('what may not be undone is refused, and changes nothing', async () => {
  const refused = async (status: number, id: string, who: TokenClaims = ADMIN) => {
    const { type } = await world.done<{ type: string }>(status, 'POST', `/v1/operations/${id}/undo`, who, {});
    return type.split('/').at(-1);
  };
  const dryRun = await run({ dryRun: true });
  expect(await refused(409, dryRun)).toBe('operation-not-undoable');
  await edit('5А класс', { members: { remove: ['p2'] } });
  const applied = await run({ strict: true });
  await refused(403, applied, HOMEROOM_5A);
  await refused(404, applied, { role: 'school-admin', school: 's2', sub: 'a1' });
  await refused(404, world.ctx.newId());
  const undone = await undo(applied);
  const after = await stateOf(world);
  expect(await refused(409, applied)).toBe('operation-not-undoable');
  expect(await refused(409, undone)).toBe('operation-not-undoable');
  await world.importRoster(edited(linkedRoster(), 'users.csv', 'Полина', 'Павлина'), '2026-10-01T08:30:00Z');
  const { rows } = await sql<{ id: string }>`
    select id from operation where kind = 'roster-import' order by created_at desc limit 1`.execute(
    everywhere(world.ctx),
  );
  expect(await refused(409, rows[0]!.id)).toBe('operation-not-undoable');
  expect(await stateOf(world)).toEqual(after);
});
