/** The facts of a small school that heard events and a roster, and the chats they ask for. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { desiredChats } from '../../src/desired/desired-chats.ts';
import { CHAT_TYPES } from '../../src/desired/model.ts';
import { schoolOn } from '../../src/desired/school.ts';
import { loadFacts } from '../../src/facts/load-facts.ts';
import { readEvent } from '../../src/roster/events/event.ts';
import { settleLists } from '../../src/roster/events/settle-lists.ts';
import { writeEvents } from '../../src/roster/events/write-events.ts';
import { mergeRoster } from '../../src/roster/merge-roster.ts';
import type { Sql } from '../../src/store/database.ts';
import { lockSchool } from '../../src/store/school-turns.ts';
import type { ApiWorld } from './api.ts';
import { type CloudEvent, FOUNDING } from './arbitrary-events.ts';
import { type ArbitraryRoster, readingOf } from './arbitrary-roster.ts';
import { everywhere } from './everywhere.ts';

/** What is heard after the founding: the roster after the first `cut` events. `singly`: each event is a batch. */
export interface Hearing {
  events: readonly CloudEvent[];
  roster: ArbitraryRoster;
  cut: number;
  singly: boolean;
}

export const batchesOf = (events: readonly CloudEvent[], singly: boolean) =>
  singly ? events.map((event) => [event]) : events.length > 0 ? [events] : [];

/** Writes what is heard into the facts of a new school, in a transaction that is taken back. */
export async function factsAfter(world: ApiWorld, nowMs: number, { events, roster, cut, singly }: Hearing) {
  const schoolId = randomUUID();
  const moment = { timeZone: 'Europe/Moscow', nowMs };
  await sql`insert into school (id, name) values (${schoolId}, 'Школа')`.execute(everywhere(world));
  const takenBack = new TakenBack();
  const ended = world.ctx.db.transactionAcross('figures', async ({ sql: tx }) => {
    await lockSchool(tx, schoolId);
    const hear = async (part: readonly CloudEvent[]) => {
      for (const batch of batchesOf(part, singly)) {
        const read = batch.map((event) => readEvent(event, nowMs));
        const said = read.flatMap((one) => ('event' in one ? [one.event] : []));
        const { rejected } = await writeEvents(tx, schoolId, said, moment);
        if (rejected.length > 0 || said.length < batch.length) throw new Error('an event was rejected');
      }
    };
    await hear(FOUNDING);
    await hear(events.slice(0, cut));
    await mergeRoster(tx, readingOf(schoolId, roster), {
      ...{ takenAt: roster.takenAt, by: 'import:1', timeZone: moment.timeZone },
    });
    await settleLists(tx, schoolId, null);
    await hear(events.slice(cut));
    takenBack.told = await toldOf(tx, schoolId);
    throw takenBack;
  });
  await ended.catch((error: unknown) => {
    if (error !== takenBack) throw error;
  });
  return takenBack.told;
}

class TakenBack extends Error {
  told: Awaited<ReturnType<typeof toldOf>> | null = null;
}

/** Gives people, places and desired chats of a school. */
export async function toldOf(db: Sql, schoolId: string) {
  const facts = await loadFacts(db, schoolId);
  // All that was ever said of people. Who is present shows in the chats.
  const { rows: people } = await sql`select id, family_name, roles, sex, birth_date from person
    where school_id = ${schoolId} and stated_at is not null order by id`.execute(db);
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
  return { people, places: placesOf(facts), chats };
}

/** The runs of every place, by their instants: the time of an import is its stamp, whoever noted it. */
function placesOf({ enrollments }: Awaited<ReturnType<typeof loadFacts>>): string[] {
  return enrollments
    .map(({ unitId, studentId, stated, statedFrom, gone, goneFrom }) =>
      [unitId, studentId, ...[statedFrom, stated, goneFrom, gone].map((one) => one?.at ?? '–')].join(' '),
    )
    .sort();
}
