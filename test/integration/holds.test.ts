/** F4 on days with much change: what counts, one question for a school, what it says, and how it ends. */
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { unlinkProfile } from '../../src/profile/unlink-profile.ts';
import type { TestApp, Who } from '../support/app.ts';
import { everywhere } from '../support/everywhere.ts';
import { initializeAll, startSmallWorld } from '../support/small-world.ts';
import { tell } from '../support/tell-events.ts';

const WAITING = { timeout: 20_000, interval: 20 };
const STRANGER = 999_000_111;
/** More people than any limit lets through in one chat. */
const CROWD = 40;
const admin = (school: string, sub: string): Who => ({ role: 'operator', school, sub });

let world: TestApp;
let school: string;
beforeEach(async () => {
  ({ world, school } = await startSmallWorld({ LIMIT_DRIFT_INTERVAL_MS: '1000' }));
});
afterEach(() => world[Symbol.asyncDispose]());

const bigChats = () => [...world.sandbox.world.chats.values()].filter((chat) => chat.members.size > 20);

function crowdInto(chat: { id: number }, first: number): number[] {
  const crowd = Array.from({ length: CROWD }, (_, i) => first + i);
  for (const stranger of crowd) world.sandbox.world.join(chat.id, stranger);
  return crowd;
}

async function holds() {
  const { rows } = await sql<{ id: string; state: string; held: number }>`
    select id, state, (result->>'held')::int as held from operation where kind in ('drift', 'events') order by created_at`.execute(
    everywhere(world.ctx),
  );
  return rows;
}

async function conditionOf(title: string): Promise<string> {
  const { rows } = await sql<{
    condition: string;
  }>`select condition from chat where title = ${title}`.execute(everywhere(world.ctx));
  return rows[0]!.condition;
}

test('A5, F4: unlinking is asked for by name: no stranger, no breach, and it counts for nothing', async () => {
  const { rows: linked } = await sql<{ id: string }>`
    select distinct l.person_id as id from profile_link l join person p on p.school_id = l.school_id and p.id = l.person_id
    where l.present and 'student' = any(p.roles) order by 1 limit 25`.execute(everywhere(world.ctx));
  // Sferum stands still, so that people who have unlinked are still in the chats when the lists are computed.
  world.sandbox.world.faults.latencyMs = 2_000;
  for (const { id } of linked)
    expect(await unlinkProfile(world.ctx, { schoolId: school, personId: id })).toBe(true);
  await tell(
    world,
    school,
    'sgo.person.saved',
    {
      ...{ id: 'new', familyName: 'Новая', givenName: 'Яна', roles: ['teacher'] },
    },
    { follow: false },
  );
  world.sandbox.world.faults.latencyMs = 0;
  await initializeAll(world, school);
  await world.settled();
  const { rows: told } = await sql`select what, details from journal
    where what = 'invariant' or what = 'hold-remove'
      or what = 'remove' and not details ? 'ending'`.execute(everywhere(world.ctx));
  expect(told).toEqual([]);
  expect(await holds()).toEqual([]);
  expect(await world.differences([school])).toEqual([]);
});

test('F4: what is held while a question is open is added to it, and each of its chats says so', async () => {
  const [one, other] = bigChats();
  crowdInto(one!, STRANGER);
  await vi.waitFor(
    async () => expect(await holds()).toMatchObject([{ state: 'held', held: CROWD }]),
    WAITING,
  );
  crowdInto(other!, STRANGER + CROWD);
  const both = [{ state: 'held', held: 2 * CROWD }];
  await vi.waitFor(async () => expect(await holds()).toMatchObject(both), WAITING);
  for (const { title } of [one!, other!])
    await vi.waitFor(async () => expect(await conditionOf(title)).toBe('held'), WAITING);
});

test('F4: a question about strangers who leave by themselves is over', async () => {
  const [chat] = bigChats();
  const crowd = crowdInto(chat!, STRANGER);
  await vi.waitFor(async () => expect(await holds()).toMatchObject([{ state: 'held' }]), WAITING);
  for (const stranger of crowd) world.sandbox.world.leave(chat!.id, stranger);
  await vi.waitFor(
    async () => expect(await holds()).toMatchObject([{ state: 'succeeded', held: 0 }]),
    WAITING,
  );
  await vi.waitFor(async () => expect(await conditionOf(chat!.title)).toBe('synced'), WAITING);
});

test('F4: of two who decide at once one decides, the other is told who did, and the work ends', async () => {
  const [chat] = bigChats();
  crowdInto(chat!, STRANGER);
  await vi.waitFor(async () => expect(await holds()).toMatchObject([{ state: 'held' }]), WAITING);
  const [hold] = await holds();
  const decide = async (decision: string, sub: string) => {
    const at = `/v1/operations/${hold!.id}/${decision}?schoolId=${school}`;
    const response = await world.call('POST', at, admin(school, sub), {});
    return { sub, status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const answers = await Promise.all([decide('approve', 'first'), decide('reject', 'second')]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  const [decided] = answers.filter(({ status }) => status === 200);
  const [late] = answers.filter(({ status }) => status === 409);
  expect(late!.body).toMatchObject({ type: 'operation-not-held', decidedBy: { id: decided!.sub } });
  // A look that began before the decision may have found the crowd once more. That question ends as well.
  await vi.waitFor(
    async () => expect(new Set((await holds()).map(({ state }) => state))).toEqual(new Set(['succeeded'])),
    WAITING,
  );
});
