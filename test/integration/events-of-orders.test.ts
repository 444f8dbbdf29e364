/** Orders (D6), as events. */
import { sql } from 'kysely';
import { describe, expect, test, vi } from 'vitest';
import { linkedRoster } from '../support/chat-world.ts';
import { everywhere } from '../support/everywhere.ts';
import { hearingWorld, taken } from '../support/hearing-world.ts';
import { edited, withoutRows } from '../support/roster-files.ts';

const school = hearingWorld();
const { event, hear, everything, moved } = school;

describe('orders (D6)', () => {
  test('a transfer moves a pupil and his parents, groups of the old class included', async () => {
    expect(
      await hear(moved('o1', [{ studentId: 'p1', classId: 'c5a', toClassId: 'c5b' }], { number: '12' })),
    ).toEqual(taken(1));
    expect(everything()).toMatchObject({
      '5А класс': '101* 202 203',
      '5Б класс': '102* 201 204 205',
      '5А/География': '101* 202',
      // m1 still has p2 in 5А; f1 has p1 alone. t1 is a parent of p3.
      '5А родители': '101* 301',
      '5Б родители': '102* 301 302',
    });
    const { rows } = await sql<{
      grounds: object[];
    }>`select grounds from membership m join chat c on c.id = m.chat_id
      where c.key = 'class:c5b' and person_id = 'p1'`.execute(everywhere(school.world.ctx));
    expect(rows[0]!.grounds).toEqual([
      { kind: 'enrollment', classId: 'c5b', since: '2026-10-01', orderId: 'o1' },
    ]);
  });

  test('a roster taken meanwhile leaves the departed and his parent out; the cancellation brings all back', async () => {
    const before = everything();
    const leaves = { id: 'o1', kind: 'withdrawal', effectiveOn: '2026-10-01', items: [{ studentId: 'p1' }] };
    await hear(event('sgo.order.issued', leaves));
    const left = withoutRows(withoutRows(linkedRoster(), 'enrollments.csv', ',p1,'), 'users.csv', 'p1,');
    await school.world.importRoster(withoutRows(left, 'users.csv', 'f1,'), '2026-10-01T09:30:00Z');
    await school.world.settled();
    expect(school.world.inSferum('5А класс')).toBe('101* 202 203');
    await hear(event('sgo.order.cancelled', { id: 'o1' }, { time: '2026-10-01T09:40:00Z' }));
    expect(everything()).toEqual(before);
  });

  test('a transfer that a roster has shown meanwhile is undone by its cancellation, in both classes', async () => {
    const before = everything();
    await hear(moved('o1', [{ studentId: 'p1', classId: 'c5a', toClassId: 'c5b' }]));
    const shown = edited(linkedRoster(), 'enrollments.csv', 'c5a,s1,p1', 'c5b,s1,p1');
    await school.world.importRoster(shown, '2026-10-01T09:30:00Z');
    await school.world.settled();
    expect(school.world.inSferum('5Б класс')).toBe('102* 201 204 205');
    await hear(event('sgo.order.cancelled', { id: 'o1' }, { time: '2026-10-01T09:40:00Z' }));
    expect(school.world.inSferum('5Б класс')).toBe(before['5Б класс']);
    expect(school.world.inSferum('5А класс')).toBe(before['5А класс']);
  });

  test('a cancellation that comes before its order is remembered', async () => {
    const before = everything();
    expect(await hear(event('sgo.order.cancelled', { id: 'o1' }))).toEqual(taken(1));
    await hear(moved('o1', [{ studentId: 'p1', classId: 'c5a', toClassId: 'c5b' }]));
    expect(everything()).toEqual(before);
  });

  test('an order about a pupil not known yet waits for him', async () => {
    const comes = {
      id: 'o1',
      kind: 'enrollment',
      effectiveOn: '2026-10-01',
      items: [{ studentId: 'p9', classId: 'c5a' }],
    };
    await hear(
      event('sgo.order.issued', comes),
      event('sgo.profile.linked', { personId: 'p9', vkUserId: 209 }),
    );
    expect(school.world.inSferum('5А класс')).toBe('101* 201 202 203');
    await hear(
      event('sgo.person.saved', { id: 'p9', familyName: 'Новый', givenName: 'Олег', roles: ['student'] }),
    );
    expect(school.world.inSferum('5А класс')).toBe('101* 201 202 203 209');
  });

  test('an order dated ahead waits for its day in the school, and comes into force by itself', async () => {
    await hear(
      moved('o1', [{ studentId: 'p1', classId: 'c5a', toClassId: 'c5b' }], { effectiveOn: '2026-10-05' }),
    );
    expect(school.world.inSferum('5Б класс')).toBe('102* 204 205');
    const { clock } = school.world.ctx;
    const { now } = clock;
    // 20:59 UTC is a minute before midnight in Moscow.
    const until = (instant: string) => {
      const aheadMs = Date.parse(instant) - now();
      clock.now = () => now() + aheadMs;
    };
    until('2026-10-04T20:50:00Z');
    await vi.waitFor(async () => {
      const { rows } = await sql`select 1 from school where computed_on = '2026-10-04'`.execute(
        everywhere(school.world.ctx),
      );
      expect(rows).toHaveLength(1);
    }, 20_000);
    await school.world.settled();
    expect(school.world.inSferum('5Б класс')).toBe('102* 204 205');
    until('2026-10-04T21:00:30Z');
    await vi.waitFor(() => expect(school.world.inSferum('5Б класс')).toBe('102* 201 204 205'), 20_000);
    await school.world.settled();
    const { rows } = await sql<{
      cause: string;
    }>`select distinct j.cause from journal j join chat c on c.id = j.chat_id
      where c.key = 'class:c5b' and what = 'add' and j.person_id = 'p1'`.execute(
      everywhere(school.world.ctx),
    );
    expect(rows).toEqual([{ cause: 'day:2026-10-05' }]);
  });
});
