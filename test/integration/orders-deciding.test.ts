/**
 * Orders that cannot decide anything are not read, and nothing differs because of that (the reason stands in
 * facts/load-orders.ts).
 */

import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { DAY_MS } from '../../src/clock.ts';
import { desiredChats } from '../../src/desired/desired-chats.ts';
import {
  CHAT_TYPES,
  type Day,
  type OrderKind,
  type RosterFacts,
  type Stamp,
} from '../../src/desired/model.ts';
import { schoolOn } from '../../src/desired/school.ts';
import { partFor } from '../../src/facts/fact-part.ts';
import { loadFacts } from '../../src/facts/load-facts.ts';
import type { Database, Sql } from '../../src/store/database.ts';
import { arbitraryFacts, arbitraryOrder } from '../support/arbitrary-school.ts';
import { eachWithDatabase } from '../support/each-database.ts';
import { stamp } from '../support/small-school.ts';

const RUNS = 300;
const ORDERS = 10;
const DAYS = ['2026-09-01', '2026-09-20', '2026-10-01', '2026-10-20'];

let db: Database;
eachWithDatabase((given) => {
  db = given;
});

const manyOrders = fc
  .tuple(...Array.from({ length: ORDERS }, (_, at) => fc.option(arbitraryOrder(`o${at}`), { freq: 5 })))
  .map((orders) => orders.filter((order) => order !== null));

/** For how many days each fact has held unchanged before its statement, at random (rule 6). */
const runs = fc.infiniteStream(fc.constantFrom(0, 0, 5, 15, 40));

test('the orders that are read for a day give the desired state of all orders, grounds and endings included', async () => {
  let left = 0;
  await fc.assert(
    fc.asyncProperty(
      arbitraryFacts,
      manyOrders,
      runs,
      fc.constantFrom(...DAYS),
      async (facts, orders, since, day) => {
        const schoolId = randomUUID();
        await db.transactionOf(schoolId, async ({ sql: tx }) => {
          await store(tx, schoolId, { ...facts, orders }, since);
          const all = await loadFacts(tx, schoolId);
          const read = await loadFacts(tx, schoolId, { day });
          left += all.orders.length - read.orders.length;
          expect(stateOf(read, day)).toEqual(stateOf(all, day));
          for (const chat of stateOf(all, day)) {
            const part = await partFor(tx, schoolId, {
              day,
              classIds: chat.type === 'class' || chat.type === 'parents' ? [chat.classId!] : [],
              groupIds: chat.groupId === null ? [] : [chat.groupId],
              ...{ staff: chat.type === 'staff', peopleIds: [], studentIds: [] },
            });
            const own = stateOf(await loadFacts(tx, schoolId, { part, day }), day);
            expect(own.find(({ key }) => key === chat.key)).toEqual(chat);
          }
          await expectSamePresence(tx, schoolId, day, all);
        });
      },
    ),
    { numRuns: RUNS, endOnFailure: false },
  );
  expect(left).toBeGreaterThan(RUNS);
}, 600_000);

/** Who is present is asked of people alone, without their units (who-is-here.ts). */
async function expectSamePresence(tx: Sql, schoolId: string, day: Day, all: RosterFacts): Promise<void> {
  const peopleIds = [...all.people.keys()];
  const scope = { day, classIds: [], groupIds: [], staff: false, peopleIds, studentIds: [] };
  const part = await partFor(tx, schoolId, scope);
  const [own, whole] = [schoolOn(await loadFacts(tx, schoolId, { part, day }), day), schoolOn(all, day)];
  for (const id of peopleIds) {
    expect([id, own.isPresent(id), own.departureOrder(id)]).toEqual([
      ...[id, whole.isPresent(id), whole.departureOrder(id)],
    ]);
  }
}

test('rule 6: the first order that gave a place is read, because an absence is void only after it', async () => {
  const schoolId = randomUUID();
  const geo = { classId: null, toClassId: null, subjectGroupIds: ['geo'] };
  const item = { ...geo, studentId: 'p1' };
  const order = (id: string, kind: OrderKind, effectiveOn: Day, cancelledOn: Day | null = null) => ({
    ...{ id, number: id, issuedOn: null, kind, effectiveOn, items: [item] },
    ...{ issued: stamp(effectiveOn, id), cancelled: cancelledOn === null ? null : stamp(cancelledOn, id) },
  });
  const place = { unit: 'group' as const, unitId: 'geo', studentId: 'p1', beginsOn: null, endsOn: null };
  await db.transactionOf(schoolId, async ({ sql: tx }) => {
    await store(
      tx,
      schoolId,
      {
        people: new Map([['p1', { id: 'p1', roles: ['student'] }]]),
        classes: new Map(),
        groups: new Map([
          [
            'geo',
            {
              id: 'geo',
              title: 'geo',
              classId: null,
              teacherIds: [],
              startsOn: null,
              endsOn: null,
              closed: false,
            },
          ],
        ]),
        enrollments: [{ ...place, stated: null, gone: stamp('2026-09-20', 'list') }],
        guardians: [],
        orders: [
          order('first', 'enrollment', '2026-09-01'),
          order('void', 'withdrawal', '2026-09-10', '2026-09-25'),
          order('last', 'enrollment', '2026-09-15'),
        ],
      },
      [0].values(),
    );
    const read = await loadFacts(tx, schoolId, { day: '2026-10-01' });
    const all = await loadFacts(tx, schoolId);
    expect(stateOf(read, '2026-10-01')).toEqual(stateOf(all, '2026-10-01'));
    const geoChat = stateOf(read, '2026-10-01').find(({ key }) => key === 'subject:geo');
    expect([...geoChat!.members.keys()]).toEqual(['p1']);
    expect(read.orders.map(({ id }) => id).sort()).toEqual(['first', 'last', 'void']);
  });
});

function stateOf(facts: RosterFacts, day: Day) {
  return desiredChats(schoolOn(facts, day), [], { types: new Set(CHAT_TYPES), strict: false });
}

/** Writes facts as events and imports leave them. */
async function store(tx: Sql, schoolId: string, facts: RosterFacts, since: Iterator<number>): Promise<void> {
  const insert = async (table: string, rows: readonly Record<string, unknown>[]) => {
    for (const row of rows) {
      const columns = Object.keys(row).map((name) => sql.ref(name));
      await sql`insert into ${sql.table(table)} (school_id, ${sql.join(columns)})
        values (${schoolId}, ${sql.join(Object.values(row))}) on conflict do nothing`.execute(tx);
    }
  };
  const at = (name: string, stamp: Stamp | null | undefined) => ({
    [`${name}_at`]: stamp?.at ?? null,
    [`${name}_by`]: stamp?.by ?? null,
  });
  const from = (stamp: Stamp | null) =>
    stamp && new Date(Date.parse(stamp.at) - DAY_MS * (since.next().value as number));
  const stated = at('stated', { at: '2026-08-01T00:00:00Z', by: 'x' });
  const gone = (isGone: boolean) => at('gone', isGone ? { at: '2026-08-02T00:00:00Z', by: 'x' } : null);
  await sql`insert into school (id, name) values (${schoolId}, 'Школа')`.execute(tx);
  await insert(
    'person',
    [...facts.people.values()].map(({ id, roles }) => ({ id, roles, ...stated })),
  );
  await insert(
    'class',
    [...facts.classes.values()].map(({ id, title, homeroomTeacherIds, startsOn, endsOn, closed }) => ({
      ...{ id, title, homeroom_teacher_ids: homeroomTeacherIds, starts_on: startsOn, ends_on: endsOn },
      ...{ ...stated, ...gone(closed) },
    })),
  );
  await insert(
    'subject_group',
    [...facts.groups.values()].map(({ id, title, classId, teacherIds, startsOn, endsOn, closed }) => ({
      ...{ id, title, class_id: classId, teacher_ids: teacherIds, starts_on: startsOn, ends_on: endsOn },
      ...{ ...stated, ...gone(closed) },
    })),
  );
  await insert(
    'guardian',
    facts.guardians.map(({ guardianId, studentId }) => ({
      ...{ guardian_id: guardianId, student_id: studentId, ...stated },
    })),
  );
  await insert(
    'enrollment',
    facts.enrollments.map((fact) => ({
      ...{ unit: fact.unit, unit_id: fact.unitId, student_id: fact.studentId },
      ...{
        begins_on: fact.beginsOn,
        ends_on: fact.endsOn,
        ...at('stated', fact.stated),
        ...at('gone', fact.gone),
      },
      ...{ stated_from_at: from(fact.stated), gone_from_at: from(fact.gone) },
    })),
  );
  await insert(
    'roster_order',
    facts.orders.map((order) => ({
      ...{ id: order.id, number: order.number, kind: order.kind, effective_on: order.effectiveOn },
      ...{ items: JSON.stringify(order.items), student_ids: order.items.map(({ studentId }) => studentId) },
      ...{ ...at('issued', order.issued), ...at('cancelled', order.cancelled) },
    })),
  );
}
