/** K4: people whom a list names under new ids, from the list to the members of each chat in the sandbox. */
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { ADMIN, type ChatWorld, HOMEROOM_5A, linkedRoster } from '../support/chat-world.ts';
import { eachWithChatWorld } from '../support/each-chat-world.ts';
import { everywhere } from '../support/everywhere.ts';
import { newIdOf, peopleOf, underNewIds } from '../support/new-ids.ts';
import { NEW_ADMIN, pair, personMatches } from '../support/person-matches.ts';
import { withoutRows, withRows } from '../support/roster-files.ts';
import { tell } from '../support/tell-events.ts';

const PEOPLE = peopleOf(linkedRoster());
let world: ChatWorld;
eachWithChatWorld((given) => {
  world = given;
});
const { open, decide, bring, live, movesOf, imports, waiting } = personMatches(() => world);

describe('a list brings people under other ids (K4)', () => {
  test('a whole school: all are proposed, confirmed at once, and nobody enters or leaves a chat', async () => {
    const before = live();
    const moves = movesOf();
    await bring(underNewIds(linkedRoster()));
    expect((await open()).map(({ oldPersonId }) => oldPersonId).sort()).toEqual([...PEOPLE].sort());
    expect((await imports())[0]).toBe('held people-to-match');
    expect([live(), movesOf()]).toEqual([before, moves]);

    expect(await decide(200, { same: true })).toMatchObject({ decided: PEOPLE.length, open: 0 });
    await world.settled();
    expect([live(), movesOf()]).toEqual([before, moves]);
    expect((await imports())[0]).toBe('succeeded');
    const { rows } = await sql<{ ids: string[] }>`
      select array_agg(id order by id) as ids from person where present`.execute(everywhere(world.ctx));
    expect(rows[0]!.ids).toEqual(PEOPLE.map(newIdOf).sort());
    // A second decision changes nothing, and neither does the next night's list.
    expect(await decide(200, { same: true }, NEW_ADMIN)).toMatchObject({ decided: 0 });
    expect(await decide(200, { same: true, matches: [pair('p1')] }, NEW_ADMIN)).toMatchObject({ decided: 0 });
    await bring(underNewIds(linkedRoster()), 3);
    expect([live(), movesOf(), (await imports())[0]]).toEqual([before, moves, 'succeeded']);
  });

  test('one person of the list waits; the others are as the list says', async () => {
    const moves = () => world.sandbox.world.ledger.of('remove').length;
    const removed = moves();
    await bring(withoutRows(underNewIds(linkedRoster(), ['p1']), 'enrollments.csv', ',p2,'));
    expect(await open()).toMatchObject([{ ...pair('p1'), doubt: null }]);
    // 201 is p1, 202 is p2.
    expect(world.inSferum('5А класс')).toMatch(/201/);
    expect(world.inSferum('5А класс')).not.toMatch(/202/);
    expect(moves()).toBeGreaterThan(removed);
    await decide(200, { same: true });
    await world.settled();
    expect(world.inSferum('5А класс')).toMatch(/201/);
    expect((await imports())[0]).toBe('succeeded');
  });

  test('«another person»: the old one leaves, the new one comes, and the pair is not proposed again', async () => {
    await bring(underNewIds(linkedRoster(), ['p2']));
    await decide(200, { same: false, matches: [pair('p2')] });
    await world.settled();
    const chat = await world.chatId('5А класс');
    expect(await world.listed(chat)).toContain(newIdOf('p2'));
    expect((await world.listed(chat)).split(' ')).not.toContain('p2');
    await bring(underNewIds(linkedRoster(), ['p2']), 3);
    expect(await open()).toEqual([]);
    expect((await imports())[0]).toBe('succeeded');
    expect((await decide(409, { same: true, matches: [pair('p2')] })).type).toMatch(/person-decided$/);
  });

  test('who was ruled about, exceptions, profiles and orders are the person’s under the new id', async () => {
    const chat = await world.chatId('5А класс');
    const word = { members: { add: ['sec'], remove: ['p2'] }, reason: 'по просьбе' };
    await world.done(200, 'PATCH', `/v1/chats/${chat}`, ADMIN, word);
    await tell(world, 's1', 'sgo.order.issued', {
      ...{ id: 'o1', number: '7', kind: 'transfer', effectiveOn: '2026-10-01' },
      items: [{ studentId: 'p1', classId: 'c5a', toClassId: 'c5b' }],
    });
    await world.settled();
    const before = live();
    await bring(underNewIds(linkedRoster()), 2);
    await decide(200, { same: true });
    await world.settled();
    expect(live()).toEqual(before);
    expect(await world.exceptions(chat)).toEqual(
      [`${newIdOf('p2')} excluded`, `${newIdOf('sec')} added`].sort(),
    );
    // The cancellation names the order, and the pupil is back under the new id.
    await tell(world, 's1', 'sgo.order.cancelled', { id: 'o1' });
    expect(await world.listed(chat)).toContain(newIdOf('p1'));
  });

  test('a late event by the old id acts on the person; what clears the old card away changes nothing', async () => {
    await bring(underNewIds(linkedRoster()));
    const before = live();
    await tell(world, 's1', 'sgo.person.removed', { id: 'p1' });
    expect(live()).toEqual(before);
    await decide(200, { same: true });
    await world.settled();
    await tell(world, 's1', 'sgo.person.removed', { id: 'p1' });
    await tell(world, 's1', 'sgo.guardian.unlinked', { guardianId: 'm1', studentId: 'p1' });
    await tell(world, 's1', 'sgo.profile.unlinked', { personId: 'p1' });
    expect(live()).toEqual(before);
    await tell(world, 's1', 'sgo.order.issued', {
      ...{ id: 'o2', kind: 'withdrawal', effectiveOn: '2026-10-01' },
      items: [{ studentId: 'p1' }],
    });
    expect(world.inSferum('5А класс')).not.toMatch(/201/);
  });

  test('an older list by the old ids speaks of the same people, and one by both ids of two', async () => {
    await bring(underNewIds(linkedRoster()));
    await decide(200, { same: true });
    await world.settled();
    const before = live();
    const moves = movesOf();
    await bring(linkedRoster(), 3);
    expect([live(), movesOf(), (await imports())[0]]).toEqual([before, moves, 'succeeded']);
    const both = withRows(underNewIds(linkedRoster()), 'users.csv', 'p4,,s1,student,,Иной,Человек,,');
    await bring(withRows(both, 'enrollments.csv', 'e99,,c5a,s1,p4,student,,,'), 4);
    expect((await world.listed(await world.chatId('5А класс'))).split(' ')).toContain('p4');
    expect(live()).toEqual(before);
  });

  test('a new id that events have named before: the two become one, chats and profile too', async () => {
    await tell(world, 's1', 'sgo.person.saved', {
      ...{ id: 'n-p2', familyName: 'Абаева', givenName: 'Анна', middleName: 'Андреевна', roles: ['student'] },
    });
    const chat = await world.chatId('5Б класс');
    await world.done(200, 'PATCH', `/v1/chats/${chat}`, ADMIN, { members: { add: ['n-p2'] } });
    await bring(underNewIds(linkedRoster(), ['p2']));
    expect(await open()).toMatchObject([{ ...pair('p2'), doubt: null }]);
    await decide(200, { same: true });
    await world.settled();
    // 202 is in 5А by the roster and in 5Б by hand.
    expect([world.inSferum('5А класс'), world.inSferum('5Б класс')].join()).toMatch(/202.*202/);
    expect(await world.exceptions(chat)).toEqual(['n-p2 added']);
  });

  test('both ids in one list are two people, and a list by the old ids again takes the question back', async () => {
    const twice = withRows(linkedRoster(), 'users.csv', 'n-p5,,s1,student,,Софья,Ким,Игоревна,');
    await bring(withRows(twice, 'enrollments.csv', 'e77,,c5b,s1,n-p5,student,,,'));
    expect([await open(), (await imports())[0]]).toEqual([[], 'succeeded']);
    await bring(underNewIds(linkedRoster(), ['p1']), 3);
    expect(await open()).toHaveLength(1);
    await bring(linkedRoster(), 4);
    expect([await open(), (await imports())[0]]).toEqual([[], 'succeeded']);
  });

  test('refused, the list leaves all as it was', async () => {
    const before = live();
    await bring(underNewIds(linkedRoster()));
    await world.done(200, 'POST', `/v1/operations/${await waiting()}/reject`, ADMIN, {});
    await world.settled();
    expect([live(), await open(), (await imports())[0]]).toEqual([before, [], 'succeeded people-to-match']);
  });

  test('approved as a whole, the list says that all are those of old: nobody leaves', async () => {
    const before = live();
    await bring(underNewIds(linkedRoster()));
    await world.done(200, 'POST', `/v1/operations/${await waiting()}/approve`, ADMIN, {});
    await world.settled();
    expect([live(), await open(), (await imports())[0]]).toEqual([before, [], 'succeeded']);
  });

  test('a pair that nobody proposed, a teacher and another school are refused, and nothing changes', async () => {
    await bring(underNewIds(linkedRoster(), ['p1']));
    await decide(404, { same: true, matches: [pair('p1'), pair('p2')] });
    await decide(403, { same: true }, HOMEROOM_5A);
    await decide(404, { same: true }, { role: 'school-admin', school: 's2', sub: 'a1' });
    await decide(400, { same: true, matches: [] });
    expect(await open()).toMatchObject([pair('p1')]);
  });
});
