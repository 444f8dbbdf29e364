import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { DEFAULT_ROSTER_LIMITS } from '../../src/config/roster-limits.ts';
import { readRosterFolder } from '../../src/demo/school/zip-roster.ts';
import type { MergeResult } from '../../src/roster/merge-roster.ts';
import { readRoster } from '../../src/roster/read-roster.ts';
import type { Database } from '../../src/store/database.ts';
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
import { edited, type RosterFiles, readFiles, withoutRows, withRows } from '../support/roster-files.ts';

let db: Database;
eachWithDatabase((given) => {
  db = given;
});

const count = (from: string) => countOf(db, from);

describe('a roster in the database', () => {
  test('hello-448: 4 schools, 48 teachers, 400 pupils, 100 groups, 2,500 enrollments', async () => {
    const zip = await readRosterFolder(join(import.meta.dirname, '../fixtures/hello-448'));
    const reading = await readRoster(zip, DEFAULT_ROSTER_LIMITS);
    const result = await merge(db, reading, MONDAY);
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
    await take(db, files, MONDAY);
    for (const at of [MONDAY, TUESDAY]) {
      let result: MergeResult | undefined;
      const changes = await difference(db, async () => {
        result = await take(db, files, at);
      });
      expect(changes).toEqual([]);
      expect(result!.schools).toEqual([{ id: 's1', created: false, changed: false }]);
    }
  });

  test('what is not in it any more, or deleted, is gone; nothing else is touched', async () => {
    await take(db, files, MONDAY);
    await sql`insert into roster_order (school_id, id) values ('s1', 'o1')`.execute(everywhere(db));
    let next = withoutRows(withoutRows(files, 'users.csv', 'p5,,'), 'enrollments.csv', ',p5,');
    next = edited(next, 'enrollments.csv', 'e10,,', 'e10,tobedeleted,');
    next = edited(next, 'users.csv', 'Андреевна,', 'Сергеевна,');
    next = edited(next, 'users.csv', 'Юрьевна,p2', 'Юрьевна,');
    expect(await difference(db, () => take(db, next, TUESDAY))).toEqual([
      '− enrollment s1 class c5b p5 ..',
      '− enrollment s1 group geo5a p2 ..',
      '− guardian s1 m1 p2',
      '− person s1 p2 Абаева Анна Андреевна female 2015-01-30 {student} абаева анна андреевна',
      '− person s1 p5 Ким Софья Игоревна {student} ким софья игоревна',
      '+ person s1 p2 Абаева Анна Сергеевна female 2015-01-30 {student} абаева анна сергеевна',
    ]);
    expect(await difference(db, () => take(db, files, WEDNESDAY))).toHaveLength(6);
    expect(await count('roster_order')).toBe(1);
  });

  test('a school that the file does not speak of stays as it is; one marked as deleted is emptied', async () => {
    await take(db, files, MONDAY);
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
    expect(await difference(db, () => take(db, withoutRows(other, 'orgs.csv', 's1,'), TUESDAY))).toEqual([]);
    await take(db, edited(other, 'orgs.csv', 's1,,', 's1,tobedeleted,'), WEDNESDAY);
    expect(await facts(db)).toEqual(expect.not.arrayContaining([expect.stringMatching(/^(?!link)/)]));
  });
});

describe('of several statements the latest wins (LWW)', () => {
  test('an older import after a newer one changes nothing, whatever it says', async () => {
    await take(db, withoutRows(files, 'enrollments.csv', 'e13,'), TUESDAY);
    const older = withRows(
      edited(files, 'users.csv', 'Марина', 'Мария'),
      'users.csv',
      'p9,,s1,student,{VK:9},Имя,Фамилия,,',
    );
    expect(await difference(db, () => take(db, older, MONDAY))).toEqual([]);
  });

  test('a later event outlives the import, an earlier one does not', async () => {
    await take(db, files, MONDAY);
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
    expect(await difference(db, () => take(db, files, TUESDAY))).toEqual([
      '− enrollment s1 class c5a p4 ..',
      '+ enrollment s1 class c5b p4 ..',
    ]);
    expect(await count(`enrollment where present and student_id = 'p1' and unit_id = 'c5b'`)).toBe(1);
  });

  test('a late event that is older than the import finds its stamp moved, though the import changed nothing', async () => {
    await take(db, files, MONDAY);
    await take(db, files, WEDNESDAY);
    expect(await count(`enrollment where stated_at < '${WEDNESDAY}'`)).toBe(0);
    expect(await count(`person where stated_at < '${WEDNESDAY}'`)).toBe(0);
    expect(await count(`guardian where stated_at < '${WEDNESDAY}'`)).toBe(0);
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
    await take(db, files, MONDAY);
    const reading = await readFiles(roster);
    const changes = await difference(db, () => merge(db, reading, TUESDAY));
    expect(reading.rows.rejectedTotal).toBeGreaterThan(0);
    expect(changes).toEqual([]);
  });
});
