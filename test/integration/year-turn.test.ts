/**
 * The turn of a school's year, day by day (K3, K4): a list each night, orders between them, and a pause from a week
 * before the last school day to a week before the first.
 */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { CHAT_TYPES } from '../../src/desired/model.ts';
import { plusDays } from '../../src/text/days.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { everywhere } from '../support/everywhere.ts';
import { tell } from '../support/tell-events.ts';
import { EVENTS, listsOf, profileOf } from '../support/turning-school.ts';

const ADMIN = { role: 'school-admin', school: 's1', sub: 'a1' } as const;
const [FIRST, SCHOOL_BEGINS, LAST] = ['2027-05-25', '2027-09-01', '2027-09-05'] as const;
/** Who leaves the school by the orders of the summer, and the parents. */
const LEAVERS = ['m10', 'm8', 'm9', 'p10', 'p8', 'p9'];

function setNow({ ctx: { clock } }: TestApp, instant: string): void {
  const before = clock.now.bind(clock);
  const aheadMs = Date.parse(instant) - before();
  clock.now = () => before() + aheadMs;
}

async function begin(): Promise<TestApp> {
  const world = await startTestApp({ now: '2027-05-17T06:00:00Z', env: { LIMIT_SWEEP_INTERVAL_MS: '100' } });
  await world.importRoster(listsOf('2027-05-17'), '2027-05-17T01:00:00Z');
  await world.call('POST', '/v1/schools/s1/initializations', ADMIN, { types: CHAT_TYPES });
  await world.settled();
  const pauses = [{ from: '2027-05-24', to: '2027-08-25' }];
  expect((await world.call('PUT', '/v1/schools/s1/settings', ADMIN, { pauses })).status).toBe(200);
  return world;
}

const chatOf = (world: TestApp, title: string) =>
  [...world.sandbox.world.chats.values()].find((chat) => chat.title === title);

/** Plays one day: it begins, the night's list comes, then what СГО tells. */
async function live(world: TestApp, day: string): Promise<void> {
  setNow(world, `${day}T01:00:00Z`);
  const db = everywhere(world.ctx);
  const computedOn = async () =>
    (await sql<{ day: string }>`select computed_on as day from school`.execute(db)).rows[0]?.day;
  await expect.poll(computedOn, { timeout: 20_000 }).toBe(day);
  await world.importRoster(listsOf(day), `${day}T00:30:00Z`);
  for (const { type, data } of EVENTS[day] ?? []) await tell(world, 's1', type, data);
  await world.settled();
  const { rows: open } = await sql<{ id: string; kind: string }>`
    select id, kind from operation where state = 'held'`.execute(db);
  // Half of 9А is in 10А now, so the admin is asked whether the chats go on with it.
  expect([day, open.map(({ kind }) => kind)]).toEqual([day, day === SCHOOL_BEGINS ? ['class-match'] : []]);
  for (const { id } of open) {
    expect((await world.call('POST', `/v1/operations/${id}/reject`, ADMIN, {})).status).toBe(200);
    await world.settled();
  }
}

test('from 25 May to 5 September nobody is removed wrongly, nothing is held, chats go on where said', async () => {
  await using world = await begin();
  const ids = ['4А класс', '4А родители', '4А/Математика', '5Б класс'].map(
    (title) => chatOf(world, title)!.id,
  );
  const before = world.inSferum('4А класс');
  for (let day: string = FIRST; day <= LAST; day = plusDays(day, 1)) {
    await live(world, day);
    if (day < '2027-08-25') expect([day, world.inSferum('4А класс')]).toEqual([day, before]);
  }
  const now = ['5А класс', '5А родители', '5А/Математика', '6Б класс'].map(
    (title) => chatOf(world, title)?.id,
  );
  expect(now).toEqual(ids);
  expect(world.inSferum('1А класс')).toBe('104* 221 222 223');
  expect(world.inSferum('10А класс')).toBe('103* 211 212');
  expect(await world.differences(['s1'])).toEqual([]);
  const { rows } = await sql<{ who: string }>`
    select distinct person_id as who from journal where what = 'remove' and person_id is not null order by 1`.execute(
    everywhere(world.ctx),
  );
  expect(rows.map(({ who }) => who)).toEqual(LEAVERS);
  for (const id of ids)
    for (const leaver of LEAVERS)
      expect(world.sandbox.world.chats.get(id)?.members.has(profileOf(leaver))).toBe(false);
});
