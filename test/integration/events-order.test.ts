import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { desiredChats } from '../../src/desired/desired-chats.ts';
import { CHAT_TYPES } from '../../src/desired/model.ts';
import { schoolOn } from '../../src/desired/school.ts';
import { loadFacts } from '../../src/facts/load-facts.ts';
import { receiveEvents } from '../../src/follow/follow-events.ts';
import { followFacts } from '../../src/follow/follow-facts.ts';
import { mergeRoster } from '../../src/roster/merge-roster.ts';
import { lockSchool } from '../../src/store/school-turns.ts';
import { type ApiWorld, createApiWorld } from '../support/api.ts';
import {
  arbitraryEvent,
  type CloudEvent,
  FOUNDING,
  forgetProfiles,
  numbered,
} from '../support/arbitrary-events.ts';
import { type ArbitraryRoster, arbitraryRoster, readingOf } from '../support/arbitrary-roster.ts';
import { everywhere } from '../support/everywhere.ts';

const NOW = Date.parse('2026-10-01T08:00:00Z');

let world: ApiWorld;
beforeAll(async () => {
  world = await createApiWorld();
  world.ctx.clock = { ...world.ctx.clock, now: () => NOW };
});
afterAll(() => world[Symbol.asyncDispose]());

test('V1: whatever order events and a roster come in, and however they are batched, the world is one', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(arbitraryEvent, { minLength: 3, maxLength: 12 }).chain((events) => {
        const all = numbered(events);
        return fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }));
      }),
      arbitraryRoster,
      fc.nat({ max: 12 }),
      fc.nat({ max: 12 }),
      async ([inOrder, shuffled], statement, oneCut, otherCut) => {
        const one = await worldAfter(inOrder, statement, oneCut, true);
        const other = await worldAfter(shuffled, statement, otherCut, false);
        expect(other).toEqual(one);
      },
    ),
    { numRuns: 150 },
  );
}, 600_000);

/**
 * Gives the people and desired chats of a school that heard the events, with a roster after the first `cut` of them.
 */
async function worldAfter(
  events: readonly CloudEvent[],
  statement: ArbitraryRoster,
  cut: number,
  singly: boolean,
) {
  const schoolId = randomUUID();
  await forgetProfiles(world);
  await sql`insert into school (id, name) values (${schoolId}, 'Школа')`.execute(everywhere(world));
  const hear = async (part: readonly CloudEvent[]) => {
    const batches = singly ? part.map((event) => [event]) : [part];
    for (const batch of batches) {
      expect(
        (await receiveEvents(world.ctx, { by: { id: 'sgo', kind: 'service' }, schoolId, events: batch }))
          .rejected,
      ).toEqual([]);
    }
  };
  await receiveEvents(world.ctx, { by: { id: 'sgo', kind: 'service' }, schoolId, events: FOUNDING });
  await hear(events.slice(0, cut));
  await importRoster(schoolId, statement);
  await hear(events.slice(cut));
  const facts = await loadFacts(everywhere(world), schoolId);
  // All that was ever said of people. Who is present shows in the chats.
  const { rows: people } = await sql`select id, family_name, roles, sex, birth_date from person
    where school_id = ${schoolId} and stated_at is not null order by id`.execute(everywhere(world));
  const desired = desiredChats(schoolOn(facts, '2026-10-01'), [], {
    types: new Set(CHAT_TYPES),
    strict: false,
  });
  const chats = desired.map(({ key, title, members }) => ({
    key,
    title,
    // Which of several statements is named as the ground may depend on their order; who is in may not.
    members: [...members]
      .map(([id, { admin, grounds }]) => `${id} ${admin} ${[...new Set(grounds.map((g) => g.kind))]}`)
      .sort(),
  }));
  return { people, chats };
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
