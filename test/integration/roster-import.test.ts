import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { DEFAULT_ROSTER_LIMITS } from '../../src/config/roster-limits.ts';
import { readRosterFolder } from '../../src/demo/school/zip-roster.ts';
import { looksIncomplete } from '../../src/roster/looks-incomplete.ts';
import { type MergeResult, mergeRoster } from '../../src/roster/merge-roster.ts';
import { readRoster } from '../../src/roster/read-roster.ts';
import type { RosterReading } from '../../src/roster/reading.ts';
import { sizeOf, storedSize } from '../../src/roster/roster-size.ts';
import { Database } from '../../src/store/database.ts';
import { createTestDatabase } from '../support/database.ts';
import { eachWithDatabase } from '../support/each-database.ts';
import { everywhere } from '../support/everywhere.ts';
import {
  edited,
  type RosterFiles,
  readFiles,
  rosterFiles,
  withoutRows,
  withRows,
} from '../support/roster-files.ts';

const MONDAY = '2026-11-16T03:00:00.000Z';
const TUESDAY = '2026-11-17T03:00:00.000Z';
const WEDNESDAY = '2026-11-18T03:00:00.000Z';
const files = rosterFiles();

let db: Database;
eachWithDatabase((given) => {
  db = given;
});

interface How {
  addOnly?: boolean;
  by?: string;
}

async function merge(
  reading: RosterReading,
  takenAt: string,
  { addOnly, by }: How = {},
): Promise<MergeResult> {
  const schools = new Set(addOnly ? reading.schools.map((school) => school.id) : []);
  const options = { takenAt, by: by ?? `import:${takenAt}`, timeZone: 'Europe/Moscow', addOnly: schools };
  return db.transactionAcross('figures', (tx) => mergeRoster(tx.sql, reading, options));
}

const take = async (roster: RosterFiles, takenAt: string, how?: How) =>
  merge(await readFiles(roster), takenAt, how);

/** All facts that are present, as sorted lines; stamps left out. */
async function facts(): Promise<string[]> {
  const { rows } = await sql<{ fact: string }>`
    select concat_ws(' ', 'person', school_id, id, family_name, given_name, middle_name, sex, birth_date, roles, name_key) as fact
      from person where present
    union all select concat_ws(' ', 'class', school_id, id, title, grade, homeroom_teacher_ids, starts_on, ends_on) from class where present
    union all select concat_ws(' ', 'group', school_id, id, title, subject, coalesce(class_id, '-'), teacher_ids, starts_on, ends_on)
      from subject_group where present
    union all select concat_ws(' ', 'enrollment', school_id, unit, unit_id, student_id, begins_on, '..', ends_on) from enrollment where present
    union all select concat_ws(' ', 'guardian', school_id, guardian_id, student_id) from guardian where present
    union all select concat_ws(' ', 'link', school_id, person_id, vk_user_id) from profile_link where present
    order by 1`.execute(everywhere(db));
  return rows.map((row) => row.fact);
}

/** Facts that appeared (+) and disappeared (−) by what is done. */
async function difference(work: () => Promise<unknown>): Promise<string[]> {
  const before = new Set(await facts());
  await work();
  const after = new Set(await facts());
  const gone = [...before].filter((fact) => !after.has(fact));
  const come = [...after].filter((fact) => !before.has(fact));
  return [...gone.map((fact) => `− ${fact}`), ...come.map((fact) => `+ ${fact}`)];
}

async function count(from: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from ${sql.raw(from)}`.execute(
    everywhere(db),
  );
  return rows[0]!.count;
}

describe('a roster in the database', () => {
  test('hello-448: 4 schools, 48 teachers, 400 pupils, 100 groups, 2,500 enrollments', async () => {
    const zip = await readRosterFolder(join(import.meta.dirname, '../fixtures/hello-448'));
    const reading = await readRoster(zip, DEFAULT_ROSTER_LIMITS);
    const result = await merge(reading, MONDAY);
    expect(result.counts).toEqual({
      schools: 4,
      people: 448,
      classes: 0,
      subjectGroups: 100,
      enrollments: 2500,
    });
    expect(result.refusedLinks).toEqual([]);
    expect(result.schools).toHaveLength(4);
    expect(result.schools.every((school) => school.created && school.changed)).toBe(true);
    expect(await count(`person where present and 'teacher' = any(roles)`)).toBe(48);
    expect(await count(`person where present and 'student' = any(roles)`)).toBe(400);
    expect(await count(`subject_group where present and cardinality(teacher_ids) = 1`)).toBe(100);
    expect(await count(`enrollment where present`)).toBe(2400);
    expect(
      await count(
        `(select unit_id from enrollment group by school_id, unit_id having count(*) = 25) as of_25`,
      ),
    ).toBe(96);
    expect(await count(`person where school_id = 'edp_sch0' and 'teacher' = any(roles)`)).toBe(12);
  });

  test('the same again, and later, changes nothing', async () => {
    await take(files, MONDAY);
    for (const at of [MONDAY, TUESDAY]) {
      let result: MergeResult | undefined;
      const changes = await difference(async () => {
        result = await take(files, at);
      });
      expect(changes).toEqual([]);
      expect(result!.schools).toEqual([{ id: 's1', created: false, changed: false }]);
    }
  });

  test('what is not in it any more, or deleted, is gone; nothing else is touched', async () => {
    await take(files, MONDAY);
    await sql`insert into roster_order (school_id, id) values ('s1', 'o1')`.execute(everywhere(db));
    let next = withoutRows(withoutRows(files, 'users.csv', 'p5,,'), 'enrollments.csv', ',p5,');
    next = edited(next, 'enrollments.csv', 'e10,,', 'e10,tobedeleted,');
    next = edited(next, 'users.csv', 'Андреевна,', 'Сергеевна,');
    next = edited(next, 'users.csv', 'Юрьевна,p2', 'Юрьевна,');
    expect(await difference(() => take(next, TUESDAY))).toEqual([
      '− enrollment s1 class c5b p5 ..',
      '− enrollment s1 group geo5a p2 ..',
      '− guardian s1 m1 p2',
      '− person s1 p2 Абаева Анна Андреевна female 2015-01-30 {student} абаева анна андреевна',
      '− person s1 p5 Ким Софья Игоревна {student} ким софья игоревна',
      '+ person s1 p2 Абаева Анна Сергеевна female 2015-01-30 {student} абаева анна сергеевна',
    ]);
    expect(await difference(() => take(files, WEDNESDAY))).toHaveLength(6);
    expect(await count('roster_order')).toBe(1);
  });

  test('a school that the file does not speak of stays as it is; one marked as deleted is emptied', async () => {
    await take(files, MONDAY);
    const other = withRows(
      {
        ...files,
        'users.csv': files['users.csv']!.split('\n')[0]!,
        'classes.csv': files['classes.csv']!.split('\n')[0]!,
        'enrollments.csv': files['enrollments.csv']!.split('\n')[0]!,
        'demographics.csv': files['demographics.csv']!.split('\n')[0]!,
      },
      'orgs.csv',
      's2,,Школа № 2,school',
    );
    expect(await difference(() => take(withoutRows(other, 'orgs.csv', 's1,'), TUESDAY))).toEqual([]);
    await take(edited(other, 'orgs.csv', 's1,,', 's1,tobedeleted,'), WEDNESDAY);
    expect(await facts()).toEqual(expect.not.arrayContaining([expect.stringMatching(/^(?!link)/)]));
  });
});

describe('of several statements the latest wins (LWW)', () => {
  test('an older import after a newer one changes nothing, whatever it says', async () => {
    await take(withoutRows(files, 'enrollments.csv', 'e13,'), TUESDAY);
    const older = withRows(
      edited(files, 'users.csv', 'Марина', 'Мария'),
      'users.csv',
      'p9,,s1,student,{VK:9},Имя,Фамилия,,',
    );
    expect(await difference(() => take(older, MONDAY))).toEqual([]);
  });

  test('a later event outlives the import, an earlier one does not', async () => {
    await take(files, MONDAY);
    await sql`update enrollment set gone_at = ${WEDNESDAY}, gone_by = 'x' where student_id = 'p1' and unit = 'class'`.execute(
      everywhere(db),
    );
    await sql`update enrollment set gone_at = ${MONDAY}, gone_by = 'import:z' where student_id = 'p4' and unit = 'class'`.execute(
      everywhere(db),
    );
    await sql`insert into enrollment (school_id, unit, unit_id, student_id, stated_at, stated_by)
      values ('s1', 'class', 'c5b', 'p1', ${WEDNESDAY}, 'x'), ('s1', 'class', 'c5a', 'p4', ${MONDAY}, 'a')`.execute(
      everywhere(db),
    );
    expect(await difference(() => take(files, TUESDAY))).toEqual([
      '− enrollment s1 class c5a p4 ..',
      '+ enrollment s1 class c5b p4 ..',
    ]);
    expect(await count(`enrollment where present and student_id = 'p1' and unit_id = 'c5b'`)).toBe(1);
  });

  test('a late event that is older than the import finds its stamp moved, though the import changed nothing', async () => {
    await take(files, MONDAY);
    await take(files, WEDNESDAY);
    expect(await count(`enrollment where stated_at < '${WEDNESDAY}'`)).toBe(0);
    expect(await count(`person where stated_at < '${WEDNESDAY}'`)).toBe(0);
    expect(await count(`guardian where stated_at < '${WEDNESDAY}'`)).toBe(0);
  });
});

describe('an incomplete roster only adds (J2)', () => {
  /** Without p4 and p5, a shorter stay of p1, no teacher of 5А, no days for the autumn; and somebody new. */
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
    await take(files, MONDAY);
    const changes = await difference(() => take(partial(), TUESDAY, { addOnly: true }));
    expect(changes).toEqual(['− person s1 t2 Шевченко Пётр Ильич {teacher} шевченко петр ильич', ...added]);
    const later = edited(files, 'users.csv', 'Полина', 'Павлина');
    expect(await difference(() => take(later, WEDNESDAY))).toHaveLength(7);
    expect(await count(`person where id = 'p6' and present`)).toBe(0);
  });

  test.each([
    ['the same one, approved', TUESDAY],
    ['a later one', WEDNESDAY],
  ])('a whole one afterwards puts everything right: %s', async (_, at) => {
    await take(files, MONDAY);
    await take(partial(), TUESDAY, { addOnly: true, by: 'import:held' });
    await take(partial(), at, { by: 'import:held' });
    const merged = await facts();
    const fresh = await createTestDatabase();
    const first = db;
    db = await Database.open(fresh.url, { poolMax: 2 });
    try {
      await take(partial(), at);
      expect(merged).toEqual(await facts());
    } finally {
      await db[Symbol.asyncDispose]();
      await fresh[Symbol.asyncDispose]();
      db = first;
    }
  });

  test('what is stored and what a file would leave are measured alike', async () => {
    const reading = await readFiles(files);
    await merge(reading, MONDAY);
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

describe('what a bad row speaks of stays as it was', () => {
  test.each<[string, RosterFiles]>([
    [
      'a pupil with a misprint in his dates',
      edited(files, 'enrollments.csv', 'p1,student,,2026-09-01', 'p1,student,,1.9.2026'),
    ],
    [
      'a teacher with a misprint in hers',
      edited(files, 'enrollments.csv', 'e1,,c5a,s1,t1,teacher,true,,', 'e1,,c5a,s1,t1,teacher,true,now,'),
    ],
    ['a person of an unknown role', edited(files, 'users.csv', 't2,,s1,teacher', 't2,,s1,wizard')],
    [
      'a pupil with a name too long',
      edited(files, 'users.csv', 'Абаева,Андреевна', `${'А'.repeat(300)},Андреевна`),
    ],
    ['a parent with a row too short', edited(files, 'users.csv', 'Елена,Абаева,Юрьевна,p2', 'Елена,Абаева')],
    ['a class of an unknown type', edited(files, 'classes.csv', '5Б,5,,homeroom', '5Б,5,,club')],
    ['a group without a title', edited(files, 'classes.csv', '5А/География', '')],
    ['an enrollment with the id of another', edited(files, 'enrollments.csv', 'e4,,', 'e3,,')],
  ])('%s', async (_, roster) => {
    await take(files, MONDAY);
    const reading = await readFiles(roster);
    const changes = await difference(() => merge(reading, TUESDAY));
    expect(reading.rows.rejectedTotal).toBeGreaterThan(0);
    expect(changes).toEqual([]);
  });
});

describe('profile links', () => {
  const links = async () => (await facts()).filter((fact) => fact.startsWith('link'));
  const link = (person: string, vk: number) => `link s1 ${person} ${vk}`;

  test('are added, and never taken away by absence', async () => {
    await take(files, MONDAY);
    expect(await links()).toEqual([link('m1', 301), link('p1', 201), link('t1', 101)]);
    await take(edited(files, 'users.csv', '{VK:201}', ''), TUESDAY);
    expect(await links()).toContain(link('p1', 201));
  });

  test('a link that somebody made or undid himself is not touched; one of an import is corrected', async () => {
    await sql`insert into school (id, name) values ('s1', 'Школа')`.execute(everywhere(db));
    await sql`insert into profile_link (school_id, person_id, vk_user_id, stated_at, stated_by) values
      ('s1', 't1', 900, ${MONDAY}, 'person:t1')`.execute(everywhere(db));
    await sql`insert into profile_link (school_id, person_id, gone_at, gone_by) values
      ('s1', 'm1', ${MONDAY}, 'person:m1')`.execute(everywhere(db));
    await take(files, TUESDAY);
    expect(await links()).toEqual([link('p1', 201), link('t1', 900)]);
    await take(edited(files, 'users.csv', '{VK:201}', '{VK:202}'), WEDNESDAY);
    expect(await links()).toEqual([link('p1', 202), link('t1', 900)]);
  });

  test.each([
    ["a pupil's profile to another pupil", 'p2,,s1,student,', 201],
    ["a pupil's profile to an adult", 'f1,,s1,guardian,', 201],
    ["an adult's profile to a pupil", 'p2,,s1,student,', 301],
  ])('A7: %s is refused and reported', async (_, row, vk) => {
    await take(files, MONDAY);
    const result = await take(edited(files, 'users.csv', row, `${row}{VK:${vk}}`), TUESDAY);
    expect(result.refusedLinks).toMatchObject([{ file: 'users.csv', field: 'userIds' }]);
    expect(await links()).toEqual([link('m1', 301), link('p1', 201), link('t1', 101)]);
  });

  test('A7: adults may share a profile', async () => {
    const result = await take(
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
    const result = await take(withRows(files, 'users.csv', ...rows), MONDAY);
    expect(result.refusedLinks.length).toBe(1);
    expect(await links()).toEqual([link('m1', 301), link('p1', 201), link('t1', 101), link('x1', 7)]);
  });

  test('one person in two schools keeps his profile in both', async () => {
    let roster = withRows(files, 'orgs.csv', 's2,,Школа № 2,school');
    roster = edited(roster, 'users.csv', 'p1,,s1,', 'p1,,"s1,s2",');
    const result = await take(roster, MONDAY);
    expect(result.refusedLinks).toEqual([]);
    expect(await links()).toContain('link s2 p1 201');
  });
});
