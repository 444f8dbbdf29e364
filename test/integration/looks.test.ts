/**
 * D8: drift is found by looks. A chat that differs is read at once, one where people talk at its turn, the others once
 * a day.
 */
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Clock, DAY_MS, MINUTE_MS, systemClock } from '../../src/clock.ts';
import { schoolsToSweep, sweepDrift } from '../../src/live/drift.ts';
import { everywhere } from '../support/everywhere.ts';
import { type Halves, startHalves } from '../support/halves.ts';
import { runNow } from '../support/run-operation.ts';

const NEVER_MS = 1e18;
const STRANGER = 999_000_111;

let halves: Halves;
let school: string;
let aheadMs: number;

beforeEach(async () => {
  aheadMs = 0;
  const clock: Clock = { ...systemClock, now: () => Date.now() + aheadMs };
  halves = await startHalves({ overrides: { clock } });
  school = await halves.importSchool();
  await halves.initialize(school, ['class', 'parents', 'subject']);
  await halves.workAll();
  // Daily reads have a test of their own and would be counted in the others.
  halves.ctx.config.limits.fullReadIntervalMs = NEVER_MS;
  // New chats are read at their turn, and are in order then.
  aheadMs += 13 * MINUTE_MS;
  await minute();
  reads();
});
afterEach(() => halves[Symbol.asyncDispose]());

const world = () => halves.sandbox.world;
const aChat = (n = 0) => [...world().chats.values()].filter((chat) => chat.members.size > 3)[n]!;
const someMember = (chat = aChat()) =>
  [...chat.members].find(([id, { isAdmin }]) => id !== chat.ownerId && !isAdmin)![0];

/** Lets minutes pass, each with the look that is due and the work that follows. */
async function minute(count = 1): Promise<void> {
  for (let n = 0; n < count; n++) {
    aheadMs += MINUTE_MS;
    await sweepDrift(halves.ctx, school);
    await halves.workAll();
  }
}

let readBefore = 0;
/** Gives how many chats were read since the last call. */
function reads(): number {
  const read = halves.sandbox.api.stats.calls['messages.getConversationMembers'] ?? 0;
  const since = read - readBefore;
  readBefore = read;
  return since;
}

const writes = () => halves.sandbox.api.stats.writes;
const versions = async () =>
  (
    await sql<{ id: string; xmin: string }>`select id, xmin::text from chat order by id`.execute(
      everywhere(halves.ctx),
    )
  ).rows;

test('a school at rest is looked at by one call, and nothing of its chats is read or written', async () => {
  const before = await versions();
  const { requests } = halves.sandbox.api.stats;
  await minute();
  expect(reads()).toBe(0);
  expect(await versions()).toEqual(before);
  expect(halves.sandbox.api.stats.requests - requests).toBe(1);
  expect(await schoolsToSweep(halves.ctx)).toEqual([]);
});

test('a stranger is out and a missing member is in again after the next look, and no other chat is read', async () => {
  world().join(aChat().id, STRANGER);
  world().kick(aChat(1).id, someMember(aChat(1)));
  await minute();
  expect(reads()).toBe(2);
  expect(await halves.differences()).toEqual([]);
});

test('an admin who is made one by hand, and nobody posts a message about it, is none after the next look', async () => {
  world().setAdminByHand(aChat().id, someMember(), true);
  await minute();
  expect(reads()).toBe(1);
  expect(await halves.differences()).toEqual([]);
});

test('D9: a title is put back after the next look, and journalled', async () => {
  const { title } = aChat();
  world().renameByHand(aChat().id, 'Болталка');
  await minute();
  expect(aChat().title).toBe(title);
  const { rows } =
    await sql`select what from journal where what in ('rename', 'sferum-rename') order by id`.execute(
      everywhere(halves.ctx),
    );
  expect(rows).toEqual([{ what: 'rename' }, { what: 'sferum-rename' }]);
});

test('a chat in which people talk all day is read once in 13 minutes; one who slipped in is out within 15', async () => {
  for (let n = 0; n < 39; n++) {
    world().say(aChat().id, someMember());
    await minute();
  }
  expect(reads()).toBe(3);
  world().kick(aChat().id, someMember());
  world().join(aChat().id, STRANGER);
  const since = halves.ctx.clock.now();
  while (aChat().members.has(STRANGER)) await minute();
  expect(halves.ctx.clock.now() - since).toBeLessThanOrEqual(15 * MINUTE_MS);
  expect(await halves.differences()).toEqual([]);
});

test('where Sferum tells neither count nor admins every chat is read within 15 minutes', async () => {
  world().faults.bareLooks = true;
  const chats = (await halves.chatIds()).length;
  world().setAdminByHand(aChat().id, someMember(), true);
  await minute(14);
  expect(reads()).toBeGreaterThanOrEqual(chats);
  expect(await halves.differences()).toEqual([]);
});

test('every chat is read once a day, a few at a time', async () => {
  halves.ctx.config.limits.fullReadIntervalMs = DAY_MS;
  const chats = (await halves.chatIds()).length;
  const each: number[] = [];
  for (let hour = 0; hour < 25; hour++) {
    aheadMs += 59 * MINUTE_MS;
    await minute();
    each.push(reads());
  }
  const all = each.reduce((sum, n) => sum + n);
  expect(all).toBeGreaterThanOrEqual(chats);
  expect(all).toBeLessThanOrEqual(chats * 1.1);
  // Ids are random, and so is how many chats are read together.
  expect(Math.max(...each)).toBeLessThan(chats / 4);
});

test('our own work makes no chat suspect: it is read at its turn alone, and then in order again', async () => {
  const chat = aChat();
  const leaver = someMember();
  world().leave(chat.id, leaver);
  await minute();
  expect(chat.members.has(leaver)).toBe(true);
  expect(reads()).toBe(1);
  await minute(13);
  expect(reads()).toBe(1);
  await minute(13);
  expect(reads()).toBe(0);
});

test('what a dry run has read is mended all the same', async () => {
  world().kick(aChat().id, someMember());
  world().join(aChat().id, STRANGER);
  const id = await halves.commands.initialize({
    ...{ schoolId: school, types: ['class', 'parents', 'subject'], dryRun: true, strict: false },
    ...{ asOf: null, by: { id: 'test', kind: 'operator' } },
  });
  await runNow(halves.ctx, id);
  const before = writes();
  expect(aChat().members.has(STRANGER)).toBe(true);
  await minute(14);
  expect(await halves.differences()).toEqual([]);
  expect(writes() - before).toBe(2);
});

test('the rhythm is the school’s own', async () => {
  await sql`update school set look_every_seconds = 300`.execute(everywhere(halves.ctx));
  await minute();
  const looks = () => halves.sandbox.api.stats.calls['messages.getConversationsById'] ?? 0;
  const before = looks();
  await minute(10);
  expect(looks() - before).toBe(2);
});
