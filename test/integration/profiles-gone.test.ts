/** A7: the VK ID of a person who is gone blocks nobody, and no claim is lost in silence. */
import { sql } from 'kysely';
import { beforeEach, expect, test } from 'vitest';
import { linkProfile } from '../../src/profile/link-profile.ts';
import { unlinkProfile } from '../../src/profile/unlink-profile.ts';
import { ADMIN, PUPIL } from '../support/chat-world.ts';
import { everywhere } from '../support/everywhere.ts';
import { hearingWorld, SERVICE, taken } from '../support/hearing-world.ts';

const school = hearingWorld();
const { event, hear, post } = school;
beforeEach(async () => {
  await hear(
    event('sgo.person.saved', { id: 'n', familyName: 'Новенький', givenName: 'Олег', roles: ['student'] }),
    event('sgo.order.issued', {
      ...{ id: 'in', kind: 'enrollment', effectiveOn: '2026-09-01' },
      items: [{ studentId: 'n', classId: 'c5a' }],
    }),
  );
});

const link = (personId: string, vkUserId: number) => event('sgo.profile.linked', { personId, vkUserId });
const withdrawal = (studentId: string, effectiveOn = '2026-09-30') =>
  event('sgo.order.issued', { id: 'out', kind: 'withdrawal', effectiveOn, items: [{ studentId }] });

async function holders(vk: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select school_id || '/' || person_id as id from profile_link
    where present and vk_user_id = ${vk} order by 1`.execute(everywhere(school.world.ctx));
  return rows.map(({ id }) => id);
}
const in5A = () => school.world.inSferum('5А класс');

test.each([
  ['removed', () => event('sgo.person.removed', { id: 'p1' })],
  ['withdrawn by order', () => withdrawal('p1')],
])('whoever is %s gives way to the newcomer', async (_, leave) => {
  await hear(leave());
  expect(await hear(link('n', 201))).toEqual(taken(1));
  expect(await holders(201)).toEqual(['s1/n']);
  expect(in5A()).toBe('101* 201 202 203');
});

test('what СГО said and was refused takes effect when the holder goes; back, he is a condition and no silent loss', async () => {
  expect(await hear(link('n', 201))).toMatchObject({
    accepted: 0,
    rejected: [{ message: expect.stringContaining('data.vkUserId: Профиль VK уже привязан') }],
  });
  expect(await holders(201)).toEqual(['s1/p1']);
  await hear(withdrawal('p1'));
  expect(await holders(201)).toEqual(['s1/n']);
  expect(in5A()).toBe('101* 201 202 203');
  await hear(event('sgo.order.cancelled', { id: 'out' }));
  expect(await holders(201)).toEqual(['s1/n']);
  expect(await school.world.done(200, 'GET', '/v1/me', PUPIL)).toMatchObject({
    ...{ linked: false, profileTaken: true },
  });
  const why = await school.world.done<{ person: object; chats: { why: string[] }[] }>(
    ...([200, 'GET', '/v1/people/p1/grounds', ADMIN] as const),
  );
  expect(why.person).toMatchObject({ linked: false, profileTaken: true });
  expect(why.chats[0]!.why).toContain('В Сферуме нет: профиль VK ID занят другим человеком');
  const page = await school.world.request('/attention', { as: ADMIN });
  expect(await page.text()).toContain('Профиль VK занят другим человеком');
  // The person who has it now gives it up, so it belongs to the first person again.
  await unlinkProfile(school.world.ctx, { schoolId: 's1', personId: 'n' });
  await school.world.settled();
  expect(await holders(201)).toEqual(['s1/p1']);
  expect(in5A()).toBe('101* 201 202 203');
});

test('ids are a school’s own: the same id elsewhere is another person, and a pupil who moves there is linked there', async () => {
  await sql`insert into school (id, name) values ('s2', 'Школа № 2')`.execute(everywhere(school.world.ctx));
  const abroad = (...events: unknown[]) => post(events, { ...SERVICE, school: '*' }, 's2');
  const saved = { familyName: 'Икс', givenName: 'И', roles: ['student'] };
  const answer = await abroad(event('sgo.person.saved', { id: 'p1', ...saved }), link('p1', 201));
  expect(await answer.json()).toMatchObject({ accepted: 1, rejected: [{}] });
  expect(await holders(201)).toEqual(['s1/p1']);
  await hear(withdrawal('p1'));
  expect(await holders(201)).toEqual(['s2/p1']);
});

test('refused through VK ID it is refused for good, and he may try again', async () => {
  const linking = { schoolId: 's1', personId: 'n', vkUserId: 201 };
  await expect(linkProfile(school.world.ctx, linking)).rejects.toMatchObject({ status: 409 });
  await hear(withdrawal('p1'));
  expect(await holders(201)).toEqual(['s1/p1']);
  await linkProfile(school.world.ctx, linking);
  await school.world.settled();
  expect(await holders(201)).toEqual(['s1/n']);
});

test('F4 who links another profile asked for the old one to leave: no stranger, no breach, nothing held', async () => {
  school.world.sandbox.world.faults.latencyMs = 300;
  await linkProfile(school.world.ctx, { schoolId: 's1', personId: 'p2', vkUserId: 777 });
  await hear(event('sgo.person.saved', { id: 't9', familyName: 'Я', givenName: 'Я', roles: ['teacher'] }));
  school.world.sandbox.world.faults.latencyMs = 0;
  await school.world.initialize();
  const { rows } = await sql`select what, details from journal
    where what in ('invariant', 'hold-remove') or what = 'remove' and not details ? 'ending'`.execute(
    everywhere(school.world.ctx),
  );
  expect(rows).toEqual([]);
  expect(in5A()).toBe('101* 201 203 777');
});
