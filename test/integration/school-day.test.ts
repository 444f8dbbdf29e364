/** «Today» is the school's own day, whatever zone the region lives in (D6). */
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findVisitor } from '../../dashboard/console/visitor.ts';
import type { Caller } from '../../src/caller.ts';
import type { Context } from '../../src/context.ts';
import { departedBefore } from '../../src/ending/departed.ts';
import { dayThere, timeIn } from '../../src/store/school-day.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { linkedRoster, PUPIL } from '../support/chat-world.ts';
import { everywhere } from '../support/everywhere.ts';

/** In Moscow, the region's zone, the day began half an hour ago. In Kaliningrad it has not begun. */
const AROUND_MIDNIGHT = '2026-10-05T21:30:00Z';

let world: TestApp;
beforeAll(async () => {
  world = await startTestApp({ now: AROUND_MIDNIGHT });
  await world.importRoster(linkedRoster());
});
afterAll(() => world[Symbol.asyncDispose]());

const describedAs = async () => {
  const caller: Caller = { subject: PUPIL.sub, role: PUPIL.role, schoolId: PUPIL.school };
  return (await findVisitor(world.ctx, caller))!.description;
};

test.each([
  ['Europe/Kaliningrad', '2026-10-05', null, 'ученик 5А'],
  [null, '2026-10-05', null, 'ученик'],
  ['Asia/Kamchatka', '2026-10-05', null, 'ученик'],
  ['Europe/Kaliningrad', null, '2026-10-06', 'ученик'],
  [null, null, '2026-10-06', 'ученик 5А'],
])(
  'a pupil of a school in %s whose place ends %s and begins %s is told as «%s»',
  async (zone, ends, begins, words) => {
    await sql`update school set time_zone = ${zone} where id = 's1'`.execute(everywhere(world.ctx));
    await sql`update enrollment set ends_on = ${ends}, begins_on = ${begins}
    where student_id = ${PUPIL.sub} and unit = 'class'`.execute(everywhere(world.ctx));
    expect(await describedAs()).toBe(words);
  },
);

test.each([
  ['Europe/Kaliningrad', '2026-10-09T22:00:00.000Z'],
  [null, '2026-10-09T21:00:00.000Z'],
  ['Asia/Kamchatka', '2026-10-09T12:00:00.000Z'],
])('a pupil of a school in %s who is withdrawn from 10 October on has departed at %s', async (zone, at) => {
  await sql`update school set time_zone = ${zone} where id = 's1'`.execute(everywhere(world.ctx));
  await sql`insert into roster_order (school_id, id, number, issued_on, kind, effective_on, items, student_ids, issued_at, issued_by)
    values ('s1', 'away', '9', '2026-10-05', 'withdrawal', '2026-10-10', '[{"studentId": "p3", "classId": null, "subjectGroupIds": []}]', '{p3}',
      ${AROUND_MIDNIGHT}, 'event:away') on conflict do nothing`.execute(everywhere(world.ctx));
  const later: Context = { ...world.ctx, clock: { ...world.ctx.clock, now: () => Date.parse('2026-10-20') } };
  const departed = await world.ctx.db.transactionOf('s1', ({ sql: tx }) =>
    departedBefore(later, tx, 's1', new Date('2026-10-15')),
  );
  expect(departed).toMatchObject([{ id: 'p3', at: new Date(at) }]);
});

test('the day in SQL is the day in TypeScript, in every zone at every instant', async () => {
  const zones = [
    null,
    'Europe/Kaliningrad',
    'Europe/Samara',
    'Asia/Omsk',
    'Asia/Vladivostok',
    'Asia/Kamchatka',
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true }),
      fc.constantFrom(...zones),
      async (at, own) => {
        const moment = { nowMs: at.getTime(), timeZone: 'Europe/Moscow' };
        const { rows } = await sql<{ day: string }>`
          select ${dayThere(sql`own`, moment)}::text as day from (values (${own}::text)) v(own)`.execute(
          everywhere(world.ctx),
        );
        expect(rows[0]!.day).toBe(timeIn(own, moment).today);
      },
    ),
    { numRuns: 200 },
  );
});
