/** Contract, «Who sees whom»: an order moves a pupil into the new teacher's circle and out of the former one's. */
import { expect, test } from 'vitest';
import { HOMEROOM_5A, HOMEROOM_5B } from '../support/chat-world.ts';
import { hearingWorld } from '../support/hearing-world.ts';
import type { TokenClaims } from '../support/tokens.ts';

const school = hearingWorld();

/** The pupils and parents whom a teacher may pick. */
async function circleOf(teacher: TokenClaims): Promise<string> {
  const path = '/v1/schools/s1/people?perPage=100';
  const { items } = await school.world.done<{ items: { id: string; role: string }[] }>(
    ...([200, 'GET', path, teacher] as const),
  );
  return items
    .filter(({ role }) => role !== 'staff')
    .map(({ id }) => id)
    .sort()
    .join(' ');
}

test('a pupil whom an order moves is seen with his parents by his new teacher alone, until it is cancelled', async () => {
  const before = [await circleOf(HOMEROOM_5A), await circleOf(HOMEROOM_5B)];
  expect(before[0]!.split(' ')).toEqual(expect.arrayContaining(['p1', 'f1', 'm1']));
  expect(before[1]!.split(' ')).not.toContain('p1');
  await school.hear(school.moved('o1', [{ studentId: 'p1', classId: 'c5a', toClassId: 'c5b' }]));
  const there = await circleOf(HOMEROOM_5B);
  expect(there.split(' ')).toEqual(expect.arrayContaining(['p1', 'f1', 'm1']));
  const left = (await circleOf(HOMEROOM_5A)).split(' ');
  expect(left).not.toContain('p1');
  expect(left).not.toContain('f1');
  await school.hear(school.event('sgo.order.cancelled', { id: 'o1' }));
  expect([await circleOf(HOMEROOM_5A), await circleOf(HOMEROOM_5B)]).toEqual(before);
});

test('a pupil who has departed by an order is seen by no teacher', async () => {
  const leaves = { id: 'o1', kind: 'withdrawal', effectiveOn: '2026-10-01', items: [{ studentId: 'p1' }] };
  await school.hear(school.event('sgo.order.issued', leaves));
  for (const teacher of [HOMEROOM_5A, HOMEROOM_5B])
    expect((await circleOf(teacher)).split(' ')).not.toContain('p1');
});
