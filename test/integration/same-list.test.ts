/** A list that says the same as the newest one only moves stamps, and nothing differs because of that. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { readEvent } from '../../src/roster/events/event.ts';
import { writeEvents } from '../../src/roster/events/write-events.ts';
import { mergeRoster } from '../../src/roster/merge-roster.ts';
import { settleDays } from '../../src/roster/settle-days.ts';
import type { Database } from '../../src/store/database.ts';
import { arbitraryEvent, type CloudEvent, FOUNDING, numbered } from '../support/arbitrary-events.ts';
import { type ArbitraryRoster, arbitraryRoster, readingOf } from '../support/arbitrary-roster.ts';
import { eachWithDatabase } from '../support/each-database.ts';
import { everywhere } from '../support/everywhere.ts';

const NOW_MS = Date.parse('2026-10-25T08:00:00Z');
const ZONE = 'Europe/Moscow';

let db: Database;
eachWithDatabase((given) => {
  db = given;
});

const SPANS = [
  { beginsOn: null, endsOn: null },
  { beginsOn: '2026-09-20', endsOn: '2026-09-30' },
];

type Step =
  | { is: 'list'; roster: ArbitraryRoster; span: (typeof SPANS)[number]; takenAt: string; addOnly: boolean }
  | { is: 'event'; event: CloudEvent }
  | { is: 'day'; day: string };

/**
 * Few different lists, so that most say the same as an earlier one. Profiles of one VK ID in two schools are left out.
 */
const steps = fc
  .tuple(
    fc.array(fc.tuple(arbitraryRoster, fc.constantFrom(...SPANS)), { minLength: 1, maxLength: 2 }),
    fc.array(
      arbitraryEvent.filter(({ type }) => !type.startsWith('sgo.profile')),
      { maxLength: 5 },
    ),
  )
  .chain(([lists, events]) => {
    const list = fc
      .tuple(fc.constantFrom(...lists), arbitraryRoster, fc.boolean(), fc.boolean())
      .map(([[roster, span], { takenAt }, one, other]): Step => {
        return { is: 'list', roster, span, takenAt, addOnly: one && other && events.length > 2 };
      });
    const day = fc.constantFrom('2026-09-20', '2026-10-01').map((at): Step => ({ is: 'day', day: at }));
    const told = numbered(events).map((event): Step => ({ is: 'event', event }));
    return fc
      .tuple(fc.array(list, { minLength: 2, maxLength: 6 }), fc.array(day, { maxLength: 1 }))
      .chain(([given, days]) => {
        const all = [...told, ...given, ...days];
        return fc.shuffledSubarray(all, { minLength: all.length });
      })
      .map(notBeforeToday);
  });

const LIST = {
  ...{ people: ['p1', 'p2', 'a1', 'a2'], parts: {}, classes: ['c1'], groups: ['g1'] },
  places: { c1: ['p1', 'p2'], g1: ['p1'] },
};

test.each<[string, Pick<CloudEvent, 'type' | 'data'>]>([
  ['brings back who was removed', { type: 'sgo.person.removed', data: { id: 'p1' } }],
  [
    'takes out who came',
    {
      type: 'sgo.person.saved',
      data: { id: 'p3', familyName: 'Новый', givenName: 'Ученик', roles: ['student'] },
    },
  ],
  [
    'sets back a name',
    {
      type: 'sgo.person.saved',
      data: { id: 'p2', familyName: 'Другая', givenName: 'p2', roles: ['student'] },
    },
  ],
  [
    'sets back the list of a group',
    {
      type: 'sgo.subject-group.saved',
      data: { id: 'g1', title: 'g1', subject: 'x', teacherIds: [], studentIds: ['p2'] },
    },
  ],
])('after an event the same list again %s, and says that it changed something', async (_, event) => {
  await sql`insert into school (id, name) values ('s1', 'Школа')`.execute(everywhere(db));
  const take = async (takenAt: string) => {
    const options = { takenAt, by: `import:${takenAt}`, timeZone: ZONE };
    const { schools } = await db.transactionAcross('figures', ({ sql: tx }) =>
      mergeRoster(tx, readingOf('s1', LIST), options),
    );
    return schools.map(({ changed }) => changed);
  };
  const said = async () =>
    (await stored('s1')).flatMap((row) => {
      const { stated_at, stated_by, gone_at, gone_by, ...fact } = JSON.parse(row.slice(row.indexOf('{')));
      return fact.present
        ? JSON.stringify({
            ...fact,
            stated_from_at: null,
            stated_from_by: null,
            gone_from_at: null,
            gone_from_by: null,
            listed_at: null,
            listed_by: null,
          })
        : [];
    });
  await take('2026-09-01T06:00:00Z');
  const before = await said();
  expect(await take('2026-09-02T06:00:00Z')).toEqual([false]);
  for (const one of numbered([{ ...event, time: '2026-09-03T06:00:00Z' }])) await tell('s1', one);
  expect(await said()).not.toEqual(before);
  expect(await take('2026-09-04T06:00:00Z')).toEqual([true]);
  expect(await said()).toEqual(before);
  expect(await take('2026-09-05T06:00:00Z')).toEqual([false]);
});

/** No list is imported as of a day before today: it would state the roles and places of that earlier day. */
function notBeforeToday(all: readonly Step[]): Step[] {
  let begun = '';
  return all.map((step) => {
    if (step.is === 'day') begun = step.day;
    return step.is === 'list' && step.takenAt < begun ? { ...step, takenAt: `${begun}T06:30:00.000Z` } : step;
  });
}

test('V1: a school whose lists are all stated row by row has the same rows, stamps and changes', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      expect(await rowsAfter(all, 'as it is')).toEqual(await rowsAfter(all, 'forgets'));
    }),
    { numRuns: 150 },
  );
}, 600_000);

/**
 * Gives what each list said of itself, and the rows in the end. `forgets`: the school knows no earlier list, so each is
 * stated whole.
 */
async function rowsAfter(all: readonly Step[], memory: 'as it is' | 'forgets'): Promise<string[]> {
  const schoolId = randomUUID();
  await sql`insert into school (id, name) values (${schoolId}, 'Школа')`.execute(everywhere(db));
  const told: string[] = [];
  for (const event of FOUNDING) await tell(schoolId, event);
  for (const [at, step] of all.entries()) {
    if (memory === 'forgets') {
      await sql`update school set roster_digest = null where id = ${schoolId}`.execute(everywhere(db));
    }
    if (step.is === 'event') await tell(schoolId, step.event);
    else if (step.is === 'day')
      await db.transactionOf(schoolId, ({ sql: tx }) => settleDays(tx, schoolId, step.day));
    else {
      const options = { takenAt: step.takenAt, by: `import:${at}`, timeZone: ZONE };
      const addOnly = new Set(step.addOnly ? [schoolId] : []);
      const reading = readingOf(schoolId, step.roster, step.span);
      await db.transactionAcross('figures', ({ sql: tx }) =>
        mergeRoster(tx, reading, { ...options, addOnly }),
      );
    }
  }
  return [...told, ...(await stored(schoolId))];
}

async function tell(schoolId: string, event: CloudEvent): Promise<void> {
  const read = readEvent(event, NOW_MS);
  if ('rejected' in read) throw new Error(read.rejected.message);
  const moment = { nowMs: NOW_MS, timeZone: ZONE };
  await db.transactionOf(schoolId, ({ sql: tx }) => writeEvents(tx, schoolId, [read.event], moment));
}

async function stored(schoolId: string): Promise<string[]> {
  const tables = ['person', 'class', 'subject_group', 'enrollment', 'guardian'];
  // A row without a recorded beginning holds since its statement.
  const since = sql`jsonb_build_object('stated_from_at', coalesce(t.stated_from_at, t.stated_at))`;
  const { rows } = await sql<{ row: string }>`${sql.join(
    tables.map(
      (
        table,
      ) => sql`select ${table} || ((to_jsonb(t) - 'school_id') || ${table === 'enrollment' ? since : sql`'{}'`})::text as row
      from ${sql.table(table)} t where school_id = ${schoolId}`,
    ),
    sql` union all `,
  )} order by 1`.execute(everywhere(db));
  return rows.map(({ row }) => row);
}
