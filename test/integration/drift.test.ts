import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LEAVES_RESPECTED } from '../../src/plan/leaves.ts';
import type { TestApp } from '../support/app.ts';
import { everywhere } from '../support/everywhere.ts';
import { schoolOfOperation } from '../support/run-operation.ts';
import { initializeAll, startSmallWorld } from '../support/small-world.ts';
import { tell } from '../support/tell-events.ts';

const WAITING = { timeout: 20_000, interval: 20 };
const STRANGER = 999_000_111;

let world: TestApp;
let school: string;
beforeEach(async () => {
  ({ world, school } = await startSmallWorld({ LIMIT_DRIFT_INTERVAL_MS: '1000' }));
});
afterEach(() => world[Symbol.asyncDispose]());

const bigChat = () => [...world.sandbox.world.chats.values()].find((chat) => chat.members.size > 20)!;
const someMember = () =>
  [...bigChat().members.keys()].find(
    (id) => id !== bigChat().ownerId && !bigChat().members.get(id)!.isAdmin,
  )!;

test('D8: a stranger is taken out, a missing member and a lost admin come back, by themselves', async () => {
  const chat = bigChat();
  const [admin] = [...chat.members].find(([id, m]) => m.isAdmin && id !== chat.ownerId)!;
  world.sandbox.world.join(chat.id, STRANGER);
  world.sandbox.world.kick(chat.id, someMember());
  world.sandbox.world.setAdminByHand(chat.id, admin, false);
  await vi.waitFor(async () => expect(await world.differences([school])).toEqual([]), WAITING);
});

test('D8: who keeps leaving is let go, and counts among those who cannot be reached', async () => {
  const chat = bigChat();
  const leaver = someMember();
  for (let time = 1; time <= LEAVES_RESPECTED; time++) {
    await vi.waitFor(() => expect(chat.members.has(leaver)).toBe(true), WAITING);
    world.sandbox.world.leave(chat.id, leaver);
    await vi.waitFor(async () => {
      const { rows } = await sql<{
        tries: number;
      }>`select tries from sferum_member where vk_user_id = ${leaver}
        and chat_id = (select id from chat where sferum_title = ${chat.title})`.execute(
        everywhere(world.ctx),
      );
      expect(rows[0]?.tries).toBe(time);
    }, WAITING);
  }
  await world.settled();
  const again = await initializeAll(world, school);
  expect(again.result).toMatchObject({ members: { added: 0 }, pending: { refused: 1 } });
  expect(chat.members.has(leaver)).toBe(false);
});

test('F4: a crowd of strangers is held, and goes once somebody approves', async () => {
  const chat = bigChat();
  const crowd = Array.from({ length: 40 }, (_, i) => STRANGER + i);
  for (const stranger of crowd) world.sandbox.world.join(chat.id, stranger);
  const held = await vi.waitFor(async () => {
    const { rows } = await sql<{ id: string }>`select id from operation where state = 'held'`.execute(
      everywhere(world.ctx),
    );
    expect(rows).toHaveLength(1);
    return rows[0]!.id;
  }, WAITING);
  await world.settled();
  expect(crowd.every((stranger) => chat.members.has(stranger))).toBe(true);
  await world.commands.decide({
    schoolId: await schoolOfOperation(world.ctx, held),
    operationId: held,
    decision: 'approve',
    chatIds: null,
    by: { id: 'admin', kind: 'person' },
  });
  expect((await world.ended(held)).state).toBe('succeeded');
  expect(await world.differences([school])).toEqual([]);
});

test('F4: strangers who are invited and not in yet are held with the others', async () => {
  const chat = bigChat();
  const cause = { method: 'hand.invite', tokenOwner: null };
  const crowd = Array.from({ length: 40 }, (_, i) => STRANGER + i);
  for (const stranger of crowd) world.sandbox.world.inviteMember(chat, stranger, chat.ownerId, cause);
  await vi.waitFor(async () => {
    const { rows } = await sql`select 1 from operation where state = 'held'`.execute(everywhere(world.ctx));
    expect(rows).toHaveLength(1);
  }, WAITING);
  await world.settled();
  expect(crowd.every((stranger) => chat.members.has(stranger))).toBe(true);
});

test('F4: people of the school who crowd into a chat that is not theirs are held once, whatever else happens to it', async () => {
  const staff = [...world.sandbox.world.chats.values()].find((chat) => chat.title === 'Учительская')!;
  const { rows: pupils } = await sql<{ profile: string }>`
    select l.vk_user_id as profile from profile_link l join person p on p.school_id = l.school_id and p.id = l.person_id
    where l.present and 'student' = any(p.roles) limit 30`.execute(everywhere(world.ctx));
  const crowd = pupils.map((r) => Number(r.profile));
  const teachers = new Set(staff.members.keys());
  for (const pupil of crowd) world.sandbox.world.join(staff.id, pupil);
  const operations = async () => {
    const { rows } = await sql<{ id: string; kind: string; state: string; held: number }>`
      select id, kind, state, (result->>'held')::int as held from operation where kind in ('drift', 'events')`.execute(
      everywhere(world.ctx),
    );
    return rows;
  };
  const once = [{ kind: 'drift', state: 'held', held: crowd.length }];
  await vi.waitFor(async () => expect(await operations()).toMatchObject(once), WAITING);

  // A change of the chat, an event that touches it, a stranger more, and looks at it meanwhile.
  await tell(world, school, 'sgo.person.saved', {
    ...{ id: 'new', familyName: 'Новая', givenName: 'Яна', roles: ['teacher'] },
  });
  await tell(world, school, 'sgo.profile.linked', { personId: 'new', vkUserId: STRANGER });
  await vi.waitFor(() => expect(staff.members.has(STRANGER)).toBe(true), WAITING);
  const seen = new Date(world.ctx.clock.now());
  await vi.waitFor(async () => {
    const { rows } =
      await sql`select 1 from chat where sferum_title = 'Учительская' and seen_at > ${seen}`.execute(
        everywhere(world.ctx),
      );
    expect(rows).toHaveLength(1);
  }, WAITING);
  await world.settled();
  expect(await operations()).toMatchObject(once);
  expect(crowd.every((pupil) => staff.members.has(pupil))).toBe(true);

  const [held] = await operations();
  await world.commands.decide({
    schoolId: await schoolOfOperation(world.ctx, held!.id),
    operationId: held!.id,
    decision: 'approve',
    chatIds: null,
    by: { id: 'admin', kind: 'person' },
  });
  expect((await world.ended(held!.id)).state).toBe('succeeded');
  expect(new Set(staff.members.keys())).toEqual(teachers.add(STRANGER));
  expect(await world.differences([school])).toEqual([]);
});
