import { describe, expect, test } from 'vitest';
import { looksIncomplete } from '../../src/roster/looks-incomplete.ts';
import type { RosterReading } from '../../src/roster/reading.ts';
import { sizeOf, storedSize } from '../../src/roster/roster-size.ts';
import { Database } from '../../src/store/database.ts';
import { createTestDatabase } from '../support/database.ts';
import { eachWithDatabase } from '../support/each-database.ts';
import { everywhere } from '../support/everywhere.ts';
import {
  countOf,
  difference,
  facts,
  files,
  MONDAY,
  merge,
  TUESDAY,
  take,
  WEDNESDAY,
} from '../support/merged-roster.ts';
import { edited, readFiles, withoutRows, withRows } from '../support/roster-files.ts';

let db: Database;
eachWithDatabase((given) => {
  db = given;
});

const count = (from: string) => countOf(db, from);

describe('an incomplete roster only adds (J2)', () => {
  /**
   * A list without p4 and p5, with a shorter stay of p1, no teacher of 5А, no days for the autumn, and a new person.
   */
  const partial = () => {
    let roster = withoutRows(withoutRows(files, 'users.csv', 'p4,,'), 'enrollments.csv', ',p4,');
    roster = withoutRows(withoutRows(roster, 'users.csv', 'p5,,'), 'enrollments.csv', ',p5,');
    roster = edited(roster, 'enrollments.csv', '2026-09-01,2027-05-31', '2026-10-01,2026-11-01');
    roster = withoutRows(roster, 'enrollments.csv', 'e1,');
    roster = edited(roster, 'users.csv', 't2,,s1,teacher', 't2,,s1,aide');
    roster = edited(roster, 'academicSessions.csv', '2027-05-31', '2027-05-01');
    roster = withRows(roster, 'users.csv', 'p6,,s1,student,,Новая,Ученица,,m1');
    return withRows(roster, 'enrollments.csv', 'e20,,c5a,s1,p6,student,,2026-11-01,');
  };
  const added = [
    '+ enrollment s1 class c5a p6 2026-11-01 ..',
    '+ guardian s1 m1 p6',
    '+ person s1 p6 Ученица Новая  {student} ученица новая',
    '+ person s1 t2 Шевченко Пётр Ильич {staff,teacher} шевченко петр ильич',
  ];

  test('nobody is taken out by it, and it makes no later import older than itself', async () => {
    await take(db, files, MONDAY);
    const changes = await difference(db, () => take(db, partial(), TUESDAY, { addOnly: true }));
    expect(changes).toEqual(['− person s1 t2 Шевченко Пётр Ильич {teacher} шевченко петр ильич', ...added]);
    const later = edited(files, 'users.csv', 'Полина', 'Павлина');
    expect(await difference(db, () => take(db, later, WEDNESDAY))).toHaveLength(7);
    expect(await count(`person where id = 'p6' and present`)).toBe(0);
  });

  test.each([
    ['the same one, approved', TUESDAY],
    ['a later one', WEDNESDAY],
  ])('a whole one afterwards puts everything right: %s', async (_, at) => {
    await take(db, files, MONDAY);
    await take(db, partial(), TUESDAY, { addOnly: true, by: 'import:held' });
    await take(db, partial(), at, { by: 'import:held' });
    const merged = await facts(db);
    const fresh = await createTestDatabase();
    const first = db;
    db = await Database.open(fresh.url, { poolMax: 2 });
    try {
      await take(db, partial(), at);
      expect(merged).toEqual(await facts(db));
    } finally {
      await db[Symbol.asyncDispose]();
      await fresh[Symbol.asyncDispose]();
      db = first;
    }
  });

  test('what is stored and what a file would leave are measured alike', async () => {
    const reading = await readFiles(files);
    await merge(db, reading, MONDAY);
    const day = '2026-11-16';
    const stored = (await storedSize(everywhere(db), 's1', day))!;
    const size = ({ schools, unclear }: RosterReading) => sizeOf(schools[0]!, unclear, day);
    expect(stored).toEqual(size(reading));
    const cut = await readFiles(withoutRows(files, 'enrollments.csv', ',c5b,'));
    expect(looksIncomplete(new Map([['s1', stored]]), new Map([['s1', size(cut)]]), day)).toMatchObject([
      { schoolId: 's1', emptiedClassIds: ['c5b'] },
    ]);
  });
});
