/** K4: people under new ids whose identity is not certain. Nobody leaves a chat before a decision about each. */
import { describe, expect, test } from 'vitest';
import { ADMIN, type ChatWorld, linkedRoster } from '../support/chat-world.ts';
import { eachWithChatWorld } from '../support/each-chat-world.ts';
import { peopleOf, underNewIds } from '../support/new-ids.ts';
import { NEW_ADMIN, pair, personMatches } from '../support/person-matches.ts';
import { edited, withRows } from '../support/roster-files.ts';
import { tell } from '../support/tell-events.ts';

const PEOPLE = peopleOf(linkedRoster());
let world: ChatWorld;
eachWithChatWorld((given) => {
  world = given;
});
const { open, decide, bring, live, movesOf, imports, waiting } = personMatches(() => world);

describe('people in doubt (K4)', () => {
  test('namesakes with one birth date are in doubt: nobody is confirmed for them but one by one', async () => {
    let files = linkedRoster();
    files = withRows(
      files,
      'users.csv',
      'x1,,s1,student,,Иван,Двойников,,',
      'x2,,s1,student,,Иван,Двойников,,',
    );
    files = withRows(files, 'demographics.csv', 'x1,,2015-05-05,male', 'x2,,2015-05-05,male');
    files = withRows(files, 'enrollments.csv', 'x1,,c5a,s1,x1,student,,,', 'x2,,c5b,s1,x2,student,,,');
    await bring(files);
    await bring(underNewIds(files), 3);
    const doubtful = (await open()).filter(({ doubt }) => doubt !== null);
    expect(doubtful.map(({ oldPersonId, personId }) => `${oldPersonId} ${personId}`).sort()).toEqual([
      'x1 n-x1',
      'x1 n-x2',
      'x2 n-x1',
      'x2 n-x2',
    ]);
    expect(await decide(200, { same: true })).toMatchObject({ decided: PEOPLE.length, doubtful: 4 });
    await world.settled();
    expect((await open()).length).toBe(4);
    const chat = await world.chatId('5А класс');
    expect((await world.listed(chat)).split(' ')).toContain('x1');
    const twice = [pair('x1'), { personId: 'n-x1', oldPersonId: 'x2' }];
    expect((await decide(409, { same: true, matches: twice }, NEW_ADMIN)).type).toMatch(/person-twice$/);
    await decide(200, { same: true, matches: [pair('x1')] }, NEW_ADMIN);
    await world.settled();
    expect(await open()).toMatchObject([{ ...pair('x2'), doubt: null }]);
    await decide(200, { same: true }, NEW_ADMIN);
    await world.settled();
    expect((await world.listed(chat)).split(' ')).toContain('n-x1');
    expect((await imports())[0]).toBe('succeeded');
  });

  test('known by nothing but a name: in doubt and asked about apart, and in the chat until a word', async () => {
    const files = withRows(linkedRoster(), 'users.csv', 'x1,,s1,administrator,,Анна,Ли,,');
    await bring(files);
    await tell(world, 's1', 'sgo.profile.linked', { personId: 'x1', vkUserId: 555 });
    await world.settled();
    const before = live();
    const moves = movesOf();
    expect(before.Учительская).toMatch(/555/);
    await bring(underNewIds(files, ['x1']), 3);
    expect(await open()).toMatchObject([{ ...pair('x1'), evidence: [], doubt: 'name' }]);
    expect(await decide(200, { same: true })).toMatchObject({ decided: 0, doubtful: 1 });
    await world.done(200, 'POST', `/v1/operations/${await waiting()}/approve`, ADMIN, {});
    await world.settled();
    // The next night's list asks the same.
    await bring(underNewIds(files, ['x1']), 4);
    expect([await open(), live(), movesOf()]).toMatchObject([[pair('x1')], before, moves]);
    await decide(200, { same: true, matches: [pair('x1')] });
    await world.settled();
    expect([live(), movesOf(), (await imports())[0]]).toEqual([before, moves, 'succeeded']);
    expect((await world.listed(await world.chatId('Учительская'))).split(' ')).toContain('n-x1*');
  });

  test('on an ordinary day a namesake who comes to another class is somebody else, and nothing is asked', async () => {
    const of = (id: string, unit: string) =>
      withRows(
        withRows(linkedRoster(), 'users.csv', `${id},,s1,student,,Иван,Иванов,,`),
        ...(['enrollments.csv', `e90,,${unit},s1,${id},student,,,`] as const),
      );
    await bring(of('x1', 'c5a'));
    await bring(of('x2', 'c5b'), 3);
    expect([await open(), (await imports())[0]]).toEqual([[], 'succeeded']);
    expect((await world.listed(await world.chatId('5А класс'))).split(' ')).not.toContain('x1');
    expect((await world.listed(await world.chatId('5Б класс'))).split(' ')).toContain('x2');
  });

  test('different VK profiles are a conflict that is shown and cannot be confirmed', async () => {
    const before = live();
    await bring(edited(underNewIds(linkedRoster(), ['t2']), 'users.csv', '{VK:102}', '{VK:777}'));
    expect(await open()).toMatchObject([{ ...pair('t2'), doubt: 'profile' }]);
    expect((await decide(409, { same: true, matches: [pair('t2')] })).type).toMatch(/profiles-differ$/);
    expect(await decide(200, { same: true })).toMatchObject({ decided: 0, doubtful: 1 });
    expect(live()).toEqual(before);
    await decide(200, { same: false, matches: [pair('t2')] });
    await world.settled();
    expect(world.inSferum('5Б класс')).toMatch(/777\*/);
  });

  test('a new id that has linked another profile is in conflict with the old one', async () => {
    await tell(world, 's1', 'sgo.person.saved', {
      ...{ id: 'n-t2', familyName: 'Шевченко', givenName: 'Пётр', middleName: 'Ильич', roles: ['teacher'] },
    });
    await tell(world, 's1', 'sgo.profile.linked', { personId: 'n-t2', vkUserId: 888 });
    await bring(underNewIds(linkedRoster(), ['t2']));
    expect(await open()).toMatchObject([{ ...pair('t2'), doubt: 'profile' }]);
    expect(world.inSferum('5Б класс')).toMatch(/102\*/);
    await decide(200, { same: false, matches: [pair('t2')] });
    await world.settled();
  });

  test('approved with somebody in doubt, the others are those of old, and the question about that person stays', async () => {
    await tell(world, 's1', 'sgo.profile.linked', { personId: 'n-t2', vkUserId: 888 });
    await bring(underNewIds(linkedRoster(), ['t2', 'p1']));
    await world.done(200, 'POST', `/v1/operations/${await waiting()}/approve`, ADMIN, {});
    await world.settled();
    expect([await open(), (await imports())[0]]).toMatchObject([[pair('t2')], 'held people-to-match']);
    expect(world.inSferum('5Б класс')).toMatch(/102\*/);
    // The list is accepted, so refusing it is offered to nobody.
    const { problems } = await world.done<{ problems: object[] }>(
      ...([200, 'GET', `/v1/operations/${await waiting()}`, ADMIN] as const),
    );
    expect(problems).toMatchObject([{ code: 'people-to-match', people: 1, accepted: true }]);
    await decide(200, { same: false, matches: [pair('t2')] });
    await world.settled();
    expect((await imports())[0]).toBe('succeeded');
  });
});
