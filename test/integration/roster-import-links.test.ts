import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { eachWithDatabase } from '../support/each-database.ts';
import { everywhere } from '../support/everywhere.ts';
import { facts, files, MONDAY, TUESDAY, take, WEDNESDAY } from '../support/merged-roster.ts';
import { edited, withRows } from '../support/roster-files.ts';

let db: Database;
eachWithDatabase((given) => {
  db = given;
});

describe('profile links', () => {
  const links = async () => (await facts(db)).filter((fact) => fact.startsWith('link'));
  const link = (person: string, vk: number) => `link s1 ${person} ${vk}`;

  test('are added, and never taken away by absence', async () => {
    await take(db, files, MONDAY);
    expect(await links()).toEqual([link('m1', 301), link('p1', 201), link('t1', 101)]);
    await take(db, edited(files, 'users.csv', '{VK:201}', ''), TUESDAY);
    expect(await links()).toContain(link('p1', 201));
  });

  test('a link that somebody made or undid himself is not touched; one of an import is corrected', async () => {
    await sql`insert into school (id, name) values ('s1', 'Школа')`.execute(everywhere(db));
    await sql`insert into profile_link (school_id, person_id, vk_user_id, stated_at, stated_by) values
      ('s1', 't1', 900, ${MONDAY}, 'person:t1')`.execute(everywhere(db));
    await sql`insert into profile_link (school_id, person_id, gone_at, gone_by) values
      ('s1', 'm1', ${MONDAY}, 'person:m1')`.execute(everywhere(db));
    await take(db, files, TUESDAY);
    expect(await links()).toEqual([link('p1', 201), link('t1', 900)]);
    await take(db, edited(files, 'users.csv', '{VK:201}', '{VK:202}'), WEDNESDAY);
    expect(await links()).toEqual([link('p1', 202), link('t1', 900)]);
  });

  test.each([
    ["a pupil's profile to another pupil", 'p2,,s1,student,', 201],
    ["a pupil's profile to an adult", 'f1,,s1,guardian,', 201],
    ["an adult's profile to a pupil", 'p2,,s1,student,', 301],
  ])('A7: %s is refused and reported', async (_, row, vk) => {
    await take(db, files, MONDAY);
    const result = await take(db, edited(files, 'users.csv', row, `${row}{VK:${vk}}`), TUESDAY);
    expect(result.refusedLinks).toMatchObject([{ file: 'users.csv', field: 'userIds' }]);
    expect(await links()).toEqual([link('m1', 301), link('p1', 201), link('t1', 101)]);
  });

  test('A7: adults may share a profile', async () => {
    const result = await take(
      db,
      edited(files, 'users.csv', 'f1,,s1,guardian,,', 'f1,,s1,guardian,{VK:301},'),
      MONDAY,
    );
    expect(result.refusedLinks).toEqual([]);
    expect(await links()).toContain(link('f1', 301));
  });

  const claimants = ['x1,,s1,student,{VK:7},Имя,Один,,', 'x2,,s1,teacher,{VK:7},Имя,Два,,'];
  test.each([
    ['the pupil first', claimants],
    ['the teacher first', claimants.toReversed()],
  ])('A7: of two in one file the same one is refused: %s', async (_, rows) => {
    const result = await take(db, withRows(files, 'users.csv', ...rows), MONDAY);
    expect(result.refusedLinks.length).toBe(1);
    expect(await links()).toEqual([link('m1', 301), link('p1', 201), link('t1', 101), link('x1', 7)]);
  });

  test('one person in two schools keeps his profile in both', async () => {
    let roster = withRows(files, 'orgs.csv', 's2,,Школа № 2,school');
    roster = edited(roster, 'users.csv', 'p1,,s1,', 'p1,,"s1,s2",');
    const result = await take(db, roster, MONDAY);
    expect(result.refusedLinks).toEqual([]);
    expect(await links()).toContain('link s2 p1 201');
  });
});
