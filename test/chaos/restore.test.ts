/** Scenario 34: a database restored from yesterday makes nothing twice and takes nobody out by itself. */
import { sql } from 'kysely';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { CHAT_TYPES } from '../../src/desired/model.ts';
import { sweepDrift } from '../../src/live/drift.ts';
import { type Adoption, adoptAfterRestore } from '../../src/operations/adopt.ts';
import { requestDeletion } from '../../src/operations/delete-chat.ts';
import type { LedgerEntry } from '../../src/sferum/sandbox/ledger.ts';
import { moveLinks } from '../support/app.ts';
import { entryPath } from '../support/browser.ts';
import { startProgram } from '../support/child-process.ts';
import { copyDatabase, createTestDatabase, keepDatabase, type TestDatabase } from '../support/database.ts';
import { everywhere } from '../support/everywhere.ts';
import { type Halves, startHalves } from '../support/halves.ts';
import { schoolOfOperation } from '../support/run-operation.ts';

const WAITING = { timeout: 30_000, interval: 50 };
const OPERATOR = { id: 'test', kind: 'operator' } as const;
const STRANGER = 999_000_111;
const NEWCOMER = 999_000_222;

/** What every test begins with. It takes longer to make than to copy. */
let loss: Loss;
let yesterday: TestDatabase;
/** The program over the restored database. */
let halves: Halves;
let school: string;
/**
 * What happened between the backup and the loss: which chat was deleted, and who was removed by hand from which chat.
 */
let since: { deleted: { id: string; title: string }; kicked: { chat: number; user: number } };

interface Loss {
  copyYesterday(): Promise<TestDatabase>;
  /** Sferum's, at the time of the loss. */
  sandboxState: string;
  ledger: readonly LedgerEntry[];
  linkOrigin: string;
}

beforeAll(async () => {
  await using today = await createTestDatabase();
  await using lost = await startHalves({ databaseUrl: today.url });
  school = await lost.importSchool();
  await lost.initialize(school, [...CHAT_TYPES]);
  await lost.workAll();
  expect(await lost.differences()).toEqual([]);
  const copyYesterday = await keepDatabase(await copyDatabase(today));
  since = await passADay(lost);
  const { world } = lost.sandbox;
  loss = {
    ...{ copyYesterday, sandboxState: JSON.stringify(lost.sandbox.snapshot()) },
    ...{ ledger: [...world.ledger.entries], linkOrigin: world.linkOrigin! },
  };
});

const deleteChat = ({ ctx }: Halves, id: string) =>
  requestDeletion(ctx, {
    ...{ schoolId: school, chatIds: [id], recreate: true, by: OPERATOR },
  });

async function passADay(lost: Halves): Promise<typeof since> {
  for (const id of ['early', 'late'] as const) {
    await tellPeople(lost, id);
    await tellClass(lost, id);
  }
  await tellNewcomer(lost);
  const { rows } = await sql<{ id: string; title: string }>`
    select id, title from chat where type = 'subject' order by id limit 1`.execute(everywhere(lost.ctx));
  const deleted = rows[0]!;
  await deleteChat(lost, deleted.id);
  await lost.workAll();
  expect(await lost.differences()).toEqual([]);
  const { world } = lost.sandbox;
  const staff = [...world.chats.values()].find((chat) => chat.title === 'Учительская')!;
  const [kicked] = [...staff.members].find(
    ([id, { isAdmin }]) => id !== staff.ownerId && !isAdmin && id !== NEWCOMER,
  )!;
  world.kick(staff.id, kicked);
  world.join(staff.id, STRANGER);
  for (const title of BY_HAND) {
    const cause = { method: 'hand.create', tokenOwner: null };
    const made = world.createChat(staff.ownerId, title, cause);
    world.addMember(made, STRANGER, staff.ownerId, cause);
  }
  return { deleted, kicked: { chat: staff.id, user: kicked } };
}

beforeEach(async () => {
  yesterday = await loss.copyYesterday();
  halves = await startHalves({
    databaseUrl: yesterday.url,
    overrides: { sandbox: { state: JSON.parse(loss.sandboxState) } },
  });
  const { world } = halves.sandbox;
  world.ledger.entries.unshift(...loss.ledger);
  await moveLinks(halves.ctx, loss.linkOrigin, world.linkOrigin!);
});
afterEach(async () => {
  await halves[Symbol.asyncDispose]();
  await yesterday[Symbol.asyncDispose]();
});

const NEW_CLASSES = { early: '9Ю', late: '9Я' };
/** Chats that people made with our account. One of them has the title of a chat of ours. */
const BY_HAND = ['Поход в горы', '9Я класс'];

let sequence = 0;
async function tellAll(to: Halves, events: [type: string, data: object][]): Promise<void> {
  const time = new Date(to.ctx.clock.now()).toISOString();
  const batch = events.map(([type, data]) => ({
    ...{ specversion: '1.0', source: 'sgo', id: `restore-${++sequence}`, type, time, data },
  }));
  expect(
    await to.commands.receiveEvents({ by: { id: 'sgo', kind: 'service' }, schoolId: school, events: batch }),
  ).toMatchObject({
    rejected: [],
  });
}

type NewClass = keyof typeof NEW_CLASSES;

/** Sends events about a teacher and a pupil. */
function tellPeople(to: Halves, id: NewClass): Promise<void> {
  const profile = 8_000_001 + Object.keys(NEW_CLASSES).indexOf(id) * 2;
  const person = (own: string, role: string) => ({
    ...{ id: `${id}-${own}`, familyName: 'Новый', givenName: own, roles: [role] },
  });
  return tellAll(to, [
    ['sgo.person.saved', person('teacher', 'teacher')],
    ['sgo.person.saved', person('pupil', 'student')],
    ['sgo.profile.linked', { personId: `${id}-teacher`, vkUserId: profile }],
    ['sgo.profile.linked', { personId: `${id}-pupil`, vkUserId: profile + 1 }],
  ]);
}

/** Sends an event about their class, which did not exist yesterday. */
function tellClass(to: Halves, id: NewClass): Promise<void> {
  const items = [{ studentId: `${id}-pupil`, classId: id }];
  return tellAll(to, [
    ['sgo.class.saved', { id, title: NEW_CLASSES[id], homeroomTeacherIds: [`${id}-teacher`] }],
    ['sgo.order.issued', { id: `order-${id}`, kind: 'enrollment', effectiveOn: '2026-09-01', items }],
  ]);
}

const tellNewcomer = (to: Halves) =>
  tellAll(to, [
    ['sgo.person.saved', { id: 'newcomer', familyName: 'Новая', givenName: 'Яна', roles: ['teacher'] }],
    ['sgo.profile.linked', { personId: 'newcomer', vkUserId: NEWCOMER }],
  ]);

/** Runs the command as an operator does. Gives what it found of the school. */
async function adopt(...args: string[]): Promise<Adoption> {
  await using program = startProgram('adopt', halves.env, ['--json', ...args]);
  const code = await program.ended;
  const report = program.lines.find((line) => line.startsWith('['));
  if (code !== 0 || !report) throw new Error(`ended with ${code}:\n${program.lines.join('\n')}`);
  return (JSON.parse(report) as Adoption[])[0]!;
}

/** Runs an initialisation by the worker. Gives how it ended. */
async function initialized(): Promise<string> {
  const id = await halves.commands.initialize({
    ...{
      schoolId: school,
      types: [...CHAT_TYPES],
      dryRun: false,
      strict: false,
      asOf: null,
      by: OPERATOR,
    },
  });
  return vi.waitFor(async () => {
    const { rows } = await sql<{ state: string }>`
      select concat_ws(' ', state, problems->0->>'code') as state from operation where id = ${id} and finished_at is not null`.execute(
      everywhere(halves.ctx),
    );
    expect(rows).toHaveLength(1);
    return rows[0]!.state;
  }, WAITING);
}

const ledger = (what: 'create' | 'remove') => halves.sandbox.world.ledger.of(what).length;
/** Gives a page of the console as the school's administrator sees it. */
async function page(path: string): Promise<string> {
  const { http } = halves.app;
  const entry = await entryPath({ role: 'school-admin', school, sub: 'admin' }, path);
  const cookie = (await http.request(entry)).headers.get('set-cookie')!.split(';', 1)[0]!;
  return (await http.request(path, { headers: { accept: 'text/html', cookie } })).text();
}

const staffChat = () => halves.sandbox.world.chats.get(since.kicked.chat)!;

test('reliability 34: nothing is made or taken out before an operator confirms, then all converges, nothing twice', async () => {
  const before = { create: ledger('create'), remove: ledger('remove') };
  const found = await adopt();
  expect(found).toMatchObject({
    ...{ schoolId: school, state: 'held', problem: null, adopted: [], unreadable: [] },
    gone: [since.deleted.title],
  });
  const newChats = Object.values(NEW_CLASSES).flatMap((title) => [`${title} класс`, `${title} родители`]);
  expect(found.strays.toSorted()).toEqual([...newChats, ...BY_HAND].toSorted());
  expect(found.read).toBe((await halves.chatIds()).length - 1);

  // Workers run, СГО sends again what was lost except for one class, and somebody asks for an initialisation. Still
  // nothing happens.
  await using worker = startProgram('worker', halves.env);
  await worker.ready();
  await tellPeople(halves, 'early');
  await tellPeople(halves, 'late');
  await tellClass(halves, 'early');
  await tellNewcomer(halves);
  expect(await initialized()).toBe('failed sferum-unconfirmed');
  await sweepDrift(halves.ctx, school);
  const again = await adopt();
  expect(again.adopted.toSorted()).toEqual([`${NEW_CLASSES.early} класс`, `${NEW_CLASSES.early} родители`]);
  expect({ create: ledger('create'), remove: ledger('remove') }).toEqual(before);
  expect(staffChat().members.has(STRANGER) && staffChat().members.has(NEWCOMER)).toBe(true);

  // An operator confirms. СГО tells of the other class only now, and the chat that was deleted is deleted once more.
  expect(await adopt('--confirm')).toMatchObject({ state: 'confirmed', adopted: [] });
  await tellClass(halves, 'late');
  await deleteChat(halves, since.deleted.id);
  await halves.settled();
  expect(await initialized()).toBe('succeeded');
  const byHand = [...halves.sandbox.world.chats.values()].slice(-1 - BY_HAND.length, -1);
  expect(byHand.map(({ title, members }) => [title, members.has(STRANGER)])).toEqual(
    BY_HAND.map((title) => [title, true]),
  );
  for (const chat of byHand) chat.members.clear();
  await vi.waitFor(async () => expect(await halves.differences()).toEqual([]), WAITING);
  expect(halves.duplicates()).toEqual([]);
  // The chat that was deleted is back, as an initialisation brings it; the stranger is out.
  expect({ create: ledger('create'), remove: ledger('remove') }).toEqual({
    ...{ create: before.create + 1, remove: before.remove + 1 },
  });
  expect(staffChat().members.has(STRANGER)).toBe(false);
  expect(staffChat().members.has(since.kicked.user)).toBe(true);
}, 120_000);

test('reliability 34: confirmed before СГО has sent anything, a crowd that our lists lack is held by the guard', async () => {
  const crowd = Array.from({ length: 40 }, (_, at) => 9_100_000 + at);
  for (const user of crowd) halves.sandbox.world.join(staffChat().id, user);
  // What the command does; the others show that it does so.
  for (const confirm of [false, true])
    expect(await adoptAfterRestore(halves.ctx, { schoolIds: [], confirm, by: OPERATOR })).toMatchObject([
      { problem: null },
    ]);
  await halves.workAll();
  expect(crowd.every((user) => staffChat().members.has(user))).toBe(true);
  const { rows } =
    await sql`select kind, state from operation where state = 'held' or kind = 'drift'`.execute(
      everywhere(halves.ctx),
    );
  expect(rows).toEqual([{ kind: 'drift', state: 'held' }]);
});

test('reliability 34: a new token does not lift the hold, a decision does; what is not held is not confirmed', async () => {
  expect(await adopt('--confirm')).toMatchObject({ state: 'not-held' });
  await using program = startProgram('adopt', halves.env);
  expect(await program.ended).toBe(0);
  const told = program.lines.join('\n');
  expect(told).toMatch(new RegExp(`^${school}: held; \\d+ chats read$`, 'm'));
  expect(told).toContain(`gone from Sferum: 1 – «${since.deleted.title}»`);
  expect(told).toMatch(/unknown to us, left alone: 6 – .*«Поход в горы»/);
  expect(told).toContain('npm run adopt -- --confirm');
  const status = async () => {
    const { rows } = await sql<{ status: string; id: string | null }>`
      select status, (select id from operation where kind = 'adoption' and state = 'held') as id
      from sferum_account`.execute(everywhere(halves.ctx));
    return rows[0]!;
  };
  const { communityId, userToken } = halves.sandbox.world.connectSchool({ communityId: 230_000_001 });
  await halves.commands.connectSferum({
    ...{ schoolId: school, communityId, accessToken: userToken, tokenKind: 'user', callsToken: null },
    ...{ requestsPerSecond: 200, replaceAccount: false, by: OPERATOR },
  });
  const held = await status();
  expect(await page('/attention')).toContain('База восстановлена из копии');
  expect(await page('/settings')).toContain('Чаты не обновляются');
  expect(await page(`/manage/operations/${held.id}`)).toContain('Списки получены, продолжить');
  expect(held).toEqual({ status: 'broken', id: expect.any(String) });
  await halves.commands.decide({
    schoolId: await schoolOfOperation(halves.ctx, held.id!),
    operationId: held.id!,
    decision: 'approve',
    chatIds: null,
    by: OPERATOR,
  });
  expect(await status()).toEqual({ status: 'ok', id: null });
});

test('reliability 34: a school that is not connected is named, and nothing is held', async () => {
  await using program = startProgram('adopt', halves.env, ['no-such-school']);
  expect(await program.ended).toBe(1);
  expect(program.lines.join('\n')).toContain('not connected to Sferum: no-such-school');
  const { rows } = await sql`select status from sferum_account`.execute(everywhere(halves.ctx));
  expect(rows).toEqual([{ status: 'ok' }]);
});
