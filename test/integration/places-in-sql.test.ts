/** Who is in a class or group on a day is decided in TypeScript and, for lists, in SQL. Both give the same (D6). */
import fc from 'fast-check';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { dayIn } from '../../src/clock.ts';
import type { EnrollmentFact, OrderFact, OrderKind, UnitKind } from '../../src/desired/model.ts';
import { enrolledOn } from '../../src/desired/orders.ts';
import { loadFacts } from '../../src/facts/load-facts.ts';
import type { Database } from '../../src/store/database.ts';
import { placesInUnits, placesOfPupils } from '../../src/store/queries/places.ts';
import { eachWithDatabase } from '../support/each-database.ts';
import { everywhere } from '../support/everywhere.ts';

let db: Database;
eachWithDatabase((opened) => {
  db = opened;
});

const RUNS = 300;
/** Zones west and east of UTC: a stamp of midnight falls on another day in one of them. */
const ZONES = ['America/New_York', 'Pacific/Auckland'];
const PUPILS = ['p1', 'p2'];
const UNITS: Record<UnitKind, string[]> = { class: ['5А', '5Б'], group: ['geo', 'club'] };

/** Two pupils and a few days, so that statements and orders meet at one place. */
const DAYS = ['2026-09-10', '2026-09-20', '2026-09-30', '2026-10-01'];
const day = fc.constantFrom(...DAYS);
const pupil = fc.constantFrom(...PUPILS);
const stampedBy = (...by: string[]) =>
  fc.record({ at: day.map((on) => `${on}T12:00:00.000Z`), by: fc.constantFrom(...by) });
const stamped = stampedBy('', 'i1', 'o2');
const maybeStamped = fc.option(stamped, { freq: 3 });
/** No statement says both that a pupil is in it and that the pupil is not. */
const maybeGone = fc.option(stampedBy('g1', 'j1'), { freq: 3 });
const maybeDay = fc.option(day, { freq: 1 });
const classId = fc.option(fc.constantFrom(...UNITS.class));
const groupId = fc.constantFrom(...UNITS.group);

const place = fc.oneof(
  fc.record({ unit: fc.constant('class' as const), unitId: fc.constantFrom(...UNITS.class) }),
  fc.record({ unit: fc.constant('group' as const), unitId: groupId }),
);
const statements = fc.record({
  ...{ studentId: pupil, beginsOn: maybeDay, endsOn: maybeDay },
  ...{ stated: maybeStamped, gone: maybeGone, statedFrom: maybeStamped, goneFrom: maybeStamped },
});
const enrollment = fc
  .tuple(place, statements)
  .map(([where, said]): EnrollmentFact => ({ ...where, ...said }));
const item = fc.record({
  ...{ studentId: pupil, classId, toClassId: classId },
  subjectGroupIds: fc.uniqueArray(groupId, { maxLength: 2 }),
});
const orderOf = (id: string): fc.Arbitrary<OrderFact> =>
  fc.record({
    ...{ id: fc.constant(id), number: fc.constant(null), issuedOn: fc.constant(null) },
    kind: fc.constantFrom<OrderKind>('enrollment', 'withdrawal', 'transfer'),
    ...{ effectiveOn: day, issued: stamped, cancelled: fc.option(stamped, { freq: 1 }) },
    items: fc.array(item, { minLength: 1, maxLength: 3 }),
  });
const arbitraryWorld = fc.record({
  enrollments: fc.uniqueArray(enrollment, {
    maxLength: 8,
    selector: ({ unit, unitId, studentId }) => `${unit}:${unitId}:${studentId}`,
  }),
  orders: fc.tuple(orderOf('o1'), orderOf('o2'), orderOf('o3'), orderOf('o4')),
});
type World = typeof arbitraryWorld extends fc.Arbitrary<infer T> ? T : never;

test('the pupils of units, and the units of pupils, whatever was stated and ordered', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(arbitraryWorld, day, fc.constantFrom(...ZONES), async (world, today, timeZone) => {
      const schoolId = `s${run++}`;
      await store(schoolId, world);
      const facts = await loadFacts(everywhere(db), schoolId);
      const enrolled = enrolledOn({ ...facts, dayOf: (at) => dayIn(timeZone, Date.parse(at)) }, today);
      const on = { schoolId, day: today, timeZone };
      for (const [unit, rolls] of [
        ['class', enrolled.classes],
        ['group', enrolled.groups],
      ] as const) {
        const all = [...rolls].flatMap(([id, roll]) =>
          [...roll.students.keys()].map((pupil) => `${pupil} ${id}`),
        );
        const ids = sql`${UNITS[unit]}::text[]`;
        expect(await held(placesInUnits(on, unit, ids))).toEqual(all.sort());
        expect(await held(placesOfPupils(on, unit, sql`${PUPILS}::text[]`))).toEqual(all);
        const some = all.filter((place) => place.startsWith('p1'));
        expect(await held(placesOfPupils(on, unit, sql`'{p1}'::text[]`))).toEqual(some);
      }
    }),
    { numRuns: RUNS },
  );
}, 300_000);

async function held(places: ReturnType<typeof placesInUnits>): Promise<string[]> {
  const { rows } = await sql<{ student_id: string; unit_id: string }>`select * from ${places} x`.execute(
    everywhere(db),
  );
  return rows.map((row) => `${row.student_id} ${row.unit_id}`).sort();
}

async function store(schoolId: string, { enrollments, orders }: World): Promise<void> {
  const to = everywhere(db);
  await sql`insert into school (id, name) values (${schoolId}, 'Школа')`.execute(to);
  await sql`insert into subject_group (school_id, id, title, class_id, stated_at, stated_by)
    values (${schoolId}, 'geo', 'geo', '5А', '2026-08-01T00:00Z', 'i0'),
      (${schoolId}, 'club', 'club', null, '2026-08-01T00:00Z', 'i0')`.execute(to);
  for (const fact of enrollments) {
    const { stated, gone, statedFrom, goneFrom } = fact;
    await sql`insert into enrollment (school_id, unit, unit_id, student_id, begins_on, ends_on,
        stated_at, stated_by, gone_at, gone_by, stated_from_at, gone_from_at)
      values (${schoolId}, ${fact.unit}, ${fact.unitId}, ${fact.studentId}, ${fact.beginsOn}, ${fact.endsOn},
        ${stated?.at}, ${stated?.by}, ${gone?.at}, ${gone?.by}, ${statedFrom?.at}, ${goneFrom?.at})`.execute(
      to,
    );
  }
  for (const order of orders) {
    const { issued, cancelled } = order;
    await sql`insert into roster_order (school_id, id, kind, effective_on, items, student_ids,
        issued_at, issued_by, cancelled_at, cancelled_by)
      values (${schoolId}, ${order.id}, ${order.kind}, ${order.effectiveOn}, ${JSON.stringify(order.items)}::jsonb,
        ${order.items.map(({ studentId }) => studentId)}, ${issued.at}, ${issued.by},
        ${cancelled?.at}, ${cancelled?.by})`.execute(to);
  }
}
