import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { receiveEvents } from '../../src/follow/follow-events.ts';
import { followFacts } from '../../src/follow/follow-facts.ts';
import { mergeRoster } from '../../src/roster/merge-roster.ts';
import { lockSchool } from '../../src/store/school-turns.ts';
import { sure } from '../../src/sure.ts';
import { type ApiWorld, createApiWorld } from '../support/api.ts';
import {
  ADULTS,
  arbitraryEvent,
  type CloudEvent,
  FOUNDING,
  forgetProfiles,
  numbered,
  PUPILS,
} from '../support/arbitrary-events.ts';
import { type ArbitraryRoster, arbitraryRoster, readingOf } from '../support/arbitrary-roster.ts';
import { everywhere } from '../support/everywhere.ts';
import { batchesOf, factsAfter, type Hearing, toldOf } from '../support/facts-after.ts';

const NOW = Date.parse('2026-10-01T08:00:00Z');

let world: ApiWorld;
beforeAll(async () => {
  world = await createApiWorld();
  world.ctx.clock = { ...world.ctx.clock, now: () => NOW };
});
afterAll(() => world[Symbol.asyncDispose]());

/** What is heard in their order, one by one, and in another, at once. */
const twoHearings = fc
  .array(arbitraryEvent, { minLength: 3, maxLength: 12 })
  .chain((events) => {
    const all = numbered(events);
    return fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }));
  })
  .chain(([inOrder, shuffled]) =>
    fc
      .record({ roster: arbitraryRoster, cuts: fc.tuple(fc.nat({ max: 12 }), fc.nat({ max: 12 })) })
      .map(({ roster, cuts: [oneCut, otherCut] }) => ({
        one: { events: inOrder, roster, cut: oneCut, singly: true },
        other: { events: shuffled, roster, cut: otherCut, singly: false },
      })),
  );

async function isOneWorld(
  { one, other }: { one: Hearing; other: Hearing },
  after: (hearing: Hearing) => Promise<unknown>,
): Promise<void> {
  const told = await after(one);
  expect(await after(other)).toEqual(told);
}

const written = (hearing: Hearing) => factsAfter(world, NOW, hearing);

test('V1: whatever order events and a roster come in, and however they are batched, the world is one', async () => {
  await fc.assert(
    fc.asyncProperty(twoHearings, (hearings) => isOneWorld(hearings, written)),
    { numRuns: 150 },
  );
}, 600_000);

test('V1: so it is where they are received, and their chats planned', async () => {
  await fc.assert(
    fc.asyncProperty(twoHearings, (hearings) => isOneWorld(hearings, received)),
    { numRuns: 20 },
  );
}, 600_000);

const LISTED = { title: 'g1', subject: 'География', classId: null, teacherIds: [] };
const NAMELESS = { toClassId: null, subjectGroupIds: [] };
const EVERYBODY = [...PUPILS, ...ADULTS];
const rosterOf = (people: string[], takenAt = '2026-09-01T06:30:00.000Z'): ArbitraryRoster => ({
  ...{ takenAt, people, parts: {}, classes: [], groups: ['g1'], places: {} },
});
const ordered = (kind: string, studentId: string, item: object = {}) => ({
  type: 'sgo.order.issued' as const,
  data: {
    ...{ id: 'o1', kind, effectiveOn: '2026-09-01' },
    items: [{ studentId, classId: null, ...NAMELESS, ...item }],
  },
});
const cancelled = { type: 'sgo.order.cancelled' as const, data: { id: 'o1' } };
const listed = (studentIds: string[]) => ({
  type: 'sgo.subject-group.saved' as const,
  data: { id: 'g1', ...LISTED, studentIds },
});
const at = <Event>(time: string, event: Event) => ({ ...event, time: `${time}:00:00.000Z` });

/** Events in their order, the order of arrival in another world, and who is in the group in both. */
test.each([
  {
    what: 'a list before an absence of lists begins it, although it comes after the order',
    events: [
      at('2026-09-01T06', listed([])),
      at('2026-09-01T06', ordered('withdrawal', 'p1')),
      at('2026-09-30T22', cancelled),
    ],
    ...{ arrival: [1, 0, 2], cut: 1, roster: rosterOf(EVERYBODY), members: [] },
  },
  {
    what: 'a roster between two lists that have the pupil divides them, although it comes last',
    events: [
      at('2026-09-01T06', ordered('enrollment', 'p1', { classId: 'c1', subjectGroupIds: ['g1'] })),
      at('2026-09-20T06', listed(['p1'])),
      at('2026-10-01T06', cancelled),
    ],
    ...{ arrival: [0, 2, 1], cut: 2, roster: rosterOf(EVERYBODY), members: [] },
  },
  {
    what: 'an order that is issued anew, about others, brings nobody back',
    events: [
      at('2026-09-01T06', ordered('withdrawal', 'p2')),
      at('2026-09-01T06', ordered('enrollment', 'p1', { classId: 'c1' })),
      at('2026-09-20T06', listed(['p1', 'p2'])),
      at('2026-09-20T22', cancelled),
    ],
    arrival: [0, 2, 3, 1],
    ...{ cut: 4, roster: rosterOf(EVERYBODY.filter((id) => id !== 'p2')), members: ['p1'] },
  },
  {
    what: 'a cancelled order brings nobody back whom an event removed',
    events: [
      at('2026-09-01T06', ordered('withdrawal', 'p1')),
      at('2026-09-01T22', { type: 'sgo.person.removed' as const, data: { id: 'p1' } }),
      at('2026-09-20T22', listed(['p1', 'p2'])),
      at('2026-09-30T22', cancelled),
    ],
    arrival: [0, 2, 3, 1],
    cut: 3,
    roster: rosterOf(
      EVERYBODY.filter((id) => id !== 'p1'),
      '2026-09-20T06:30:00.000Z',
    ),
    members: ['p2'],
  },
])('V1: $what', async ({ events, arrival, cut, roster, members }) => {
  const all = numbered(events);
  const others = arrival.map((n) => sure(all[n]));
  const after = { roster, singly: true };
  // One by one and at once, the roster first, last, and where it matters.
  for (const one of [
    { events: all, cut, singly: true },
    { events: all, cut: 0, singly: false },
    { events: others, cut: 0, singly: false },
    { events: others, cut: 0, singly: true },
    { events: others, cut, singly: true },
    { events: others, cut: all.length, singly: true },
  ]) {
    const { chats } = sure(await written({ ...after, ...one }));
    const group = chats.find(({ key }) => key === 'subject:g1');
    const people = (group?.members ?? []).map((member) => member.split(' ')[0]);
    expect(people.filter((id) => id?.startsWith('p'))).toEqual(members);
  }
});

/** The same through the door of events and with all that follows. */
async function received({ events, roster, cut, singly }: Hearing) {
  const schoolId = randomUUID();
  await forgetProfiles(world);
  await sql`insert into school (id, name) values (${schoolId}, 'Школа')`.execute(everywhere(world));
  const hear = async (part: readonly CloudEvent[], isSingly = singly) => {
    for (const batch of batchesOf(part, isSingly)) {
      const by = { id: 'sgo', kind: 'service' } as const;
      const { rejected } = await receiveEvents(world.ctx, { by, schoolId, events: batch });
      expect(rejected).toEqual([]);
    }
  };
  await hear(FOUNDING, false);
  await hear(events.slice(0, cut));
  await importRoster(schoolId, roster);
  await hear(events.slice(cut));
  return toldOf(everywhere(world), schoolId);
}

async function importRoster(schoolId: string, statement: ArbitraryRoster): Promise<void> {
  const reading = readingOf(schoolId, statement);
  await world.ctx.db.transactionAcross('figures', async ({ sql: tx }) => {
    await lockSchool(tx, schoolId);
    const { takenAt } = statement;
    await mergeRoster(tx, reading, { takenAt, by: 'import:1', timeZone: 'Europe/Moscow' });
    const at = new Date(NOW);
    await followFacts(world.ctx, tx, schoolId, {
      cause: 'import:1',
      author: { id: 'test', kind: 'service' },
      priority: 'bulk',
      operationId: null,
      at,
    });
  });
}
