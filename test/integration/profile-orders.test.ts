/** A7: who has a VK ID is the same in whatever order statements about it arrive, and the same after departures. */

import fc from 'fast-check';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { MINUTE_MS } from '../../src/clock.ts';
import { settleWaiting } from '../../src/profile/follow-profiles.ts';
import { makeKnown } from '../../src/rows/school.ts';
import { everywhere } from '../support/everywhere.ts';
import { type Halves, startHalves } from '../support/halves.ts';
import { seedFrom } from '../support/random.ts';

const RUNS = 12;
const PUPILS = ['p1', 'p2', 'p3'];
const ADULTS = ['a1', 'a2'];
/** A time before everything that a run says. */
const LONG_BEFORE = -100;

type Said =
  | { what: 'linked'; person: string; vk: number }
  | { what: 'unlinked'; person: string }
  | { what: 'removed'; person: string }
  | { what: 'withdrawn'; person: string };

const anybody = fc.constantFrom(...PUPILS, ...ADULTS);
const said: fc.Arbitrary<Said> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      what: fc.constant('linked' as const),
      person: anybody,
      vk: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('unlinked' as const), person: anybody }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('removed' as const), person: anybody }) },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constant('withdrawn' as const), person: fc.constantFrom(...PUPILS) }),
  },
);
/** What was said, each in a minute of its own, and the order in which it arrives. */
const story = fc.array(said, { minLength: 2, maxLength: 7 }).chain((all) =>
  fc.record({
    all: fc.constant(all),
    order: fc.shuffledSubarray([...all.keys()], { minLength: all.length }),
  }),
);

test('whatever the order, the links are those of the order in which it was said', {
  timeout: 60_000,
}, async () => {
  await using halves = await startHalves();
  let schools = 0;
  /** Each run has a school and VK IDs of its own, so no run meets another's. */
  const told = async (all: readonly Said[], batches: readonly number[][]) => {
    schools += 1;
    const school = { id: `s${schools}`, vkBase: schools * 1_000 };
    await newSchool(halves, school.id);
    for (const batch of batches) {
      await hear(
        halves,
        school.id,
        batch.map((at) => eventOf(all[at]!, at, school.vkBase)),
      );
    }
    await settleWaiting(halves.ctx);
    return linksOf(halves, school);
  };
  await fc.assert(
    fc.asyncProperty(story, async ({ all, order }) => {
      const oneByOne = order.map((at) => [at]);
      expect(await told(all, oneByOne)).toEqual(await told(all, [[...all.keys()]]));
    }),
    { numRuns: RUNS, seed: seedFrom('PROFILE_SEED') },
  );
});

let sent = 0;
/** An event of that minute, counted from the run's first. */
function event(type: string, data: object, minute: number) {
  sent += 1;
  const time = new Date(Date.now() - 200 * MINUTE_MS + minute * MINUTE_MS).toISOString();
  return { specversion: '1.0', source: 'sgo', id: `e${sent}`, type, time, data };
}

function eventOf(one: Said, minute: number, vkBase: number) {
  const personId = one.person;
  switch (one.what) {
    case 'linked':
      return event('sgo.profile.linked', { personId, vkUserId: vkBase + one.vk }, minute);
    case 'unlinked':
      return event('sgo.profile.unlinked', { personId }, minute);
    case 'removed':
      return event('sgo.person.removed', { id: personId }, minute);
    case 'withdrawn':
      return order('withdrawal', `out-${minute}`, { studentId: personId }, minute);
  }
}

const order = (kind: string, id: string, item: object, minute: number) =>
  event('sgo.order.issued', { id, number: id, kind, effectiveOn: '2026-09-01', items: [item] }, minute);

async function newSchool(halves: Halves, schoolId: string): Promise<void> {
  await halves.ctx.db.transactionOf(schoolId, ({ sql: tx }) => makeKnown(tx, schoolId));
  const person = (id: string, role: string) =>
    event('sgo.person.saved', { id, familyName: id, givenName: 'Имя', roles: [role] }, LONG_BEFORE);
  await hear(halves, schoolId, [
    ...PUPILS.map((id) => person(id, 'student')),
    ...ADULTS.map((id) => person(id, 'teacher')),
    event('sgo.class.saved', { id: 'c', title: '5А', homeroomTeacherIds: ['a1'] }, LONG_BEFORE),
    ...PUPILS.map((id) => order('enrollment', `in-${id}`, { studentId: id, classId: 'c' }, LONG_BEFORE)),
  ]);
}

async function hear({ commands }: Halves, schoolId: string, events: object[]): Promise<void> {
  const { rejected } = await commands.receiveEvents({ schoolId, events, by: { id: 'sgo', kind: 'service' } });
  const isClaim = (id: string) =>
    events.some((e) => 'id' in e && e.id === id && 'type' in e && e.type === 'sgo.profile.linked');
  // A claim that cannot hold now is reported to СГО and remembered.
  expect(rejected.filter(({ id }) => !isClaim(id ?? ''))).toEqual([]);
}

async function linksOf(halves: Halves, school: { id: string; vkBase: number }): Promise<string[]> {
  const { rows } = await sql<{ person: string; vk: string }>`
    select person_id as person, vk_user_id as vk from profile_link
    where school_id = ${school.id} and present order by 1`.execute(everywhere(halves.ctx));
  return rows.map(({ person, vk }) => `${person} ${Number(vk) - school.vkBase}`);
}
