/** D11, D13: what a file says of days counts on those days, and a term that cannot be read changes none. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { mergeRoster } from '../../src/roster/merge-roster.ts';
import { settleDays } from '../../src/roster/settle-days.ts';
import type { Database } from '../../src/store/database.ts';
import { eachWithDatabase } from '../support/each-database.ts';
import { everywhere } from '../support/everywhere.ts';
import {
  asVersion12,
  edited,
  type RosterFiles,
  readFiles,
  rosterFiles,
  withRows,
} from '../support/roster-files.ts';

const files = rosterFiles();
const MONDAY = '2026-11-16T03:00:00Z';
const TUESDAY = '2026-11-17T03:00:00Z';

let db: Database;
eachWithDatabase((given) => {
  db = given;
});

async function take(roster: RosterFiles, takenAt: string) {
  const reading = await readFiles(roster);
  const options = { takenAt, by: `import:${takenAt}`, timeZone: 'Europe/Moscow' };
  return db.transactionAcross('figures', ({ sql: tx }) => mergeRoster(tx, reading, options));
}

const beginDay = (day: string) => db.transactionOf('s1', ({ sql: tx }) => settleDays(tx, 's1', day));

/** Gives the units that exist, with their days. */
async function units(): Promise<string[]> {
  const { rows } = await sql<{ unit: string }>`
    select concat_ws(' ', id, starts_on, ends_on) as unit from class where present
    union all select concat_ws(' ', id, starts_on, ends_on) from subject_group where present order by 1`.execute(
    everywhere(db),
  );
  return rows.map(({ unit }) => unit);
}

/** Gives a person's roles (`-`: not present), who teaches 5А, and a pupil's time in it. */
async function standing(id: string) {
  const { rows } = await sql<{ roles: string | null; teachers: string; span: string | null }>`
    select (select array_to_string(roles, ' ') from person where id = ${id} and present) as roles,
      (select array_to_string(homeroom_teacher_ids, ' ') from class where id = 'c5a') as teachers,
      (select concat(begins_on, '..', ends_on) from enrollment where unit_id = 'c5a' and student_id = ${id}) as span`.execute(
    everywhere(db),
  );
  return rows[0]!;
}

const KNOWN = [
  'art5',
  'c5a 2026-09-01 2027-05-31',
  'c5b 2026-09-01 2027-05-31',
  'geo5a 2026-09-01 2026-12-28',
];

test.each<[string, string]>([
  ['refused', 'autumn,,Осень,term,46266,46384'],
  ['of eleven years ago, and refused', 'autumn,,Осень,term,8/1/2015,5/31/2016'],
  ['not there', 'winter,,Зима,term,2026-12-01,2027-02-28'],
])('classes keep the days known before where a term is %s', async (_, row) => {
  await take(files, MONDAY);
  const unclear = edited(files, 'academicSessions.csv', 'autumn,,Осень,term,2026-09-01,2026-12-28', row);
  const { unclearUnitIds } = await take(unclear, TUESDAY);
  expect(await units()).toEqual(KNOWN);
  expect(unclearUnitIds).toEqual([]);
});

test('a new class with an unclear term is not taken until it is clear, and is told', async () => {
  await take(files, MONDAY);
  const newClass = withRows(files, 'classes.csv', 'c6a,,6А,6,,homeroom,s1,summer');
  expect((await take(newClass, TUESDAY)).unclearUnitIds).toEqual(['c6a']);
  expect(await units()).toEqual(KNOWN);
  const clear = withRows(newClass, 'academicSessions.csv', 'summer,,Лето,term,2027-06-01,2027-06-30');
  expect((await take(clear, '2026-11-18T03:00:00Z')).unclearUnitIds).toEqual([]);
  expect(await units()).toContain('c6a 2027-06-01 2027-06-30');
});

test('a school whose terms are all unclear from the beginning has no class that never ends', async () => {
  const unclear = edited(files, 'academicSessions.csv', 'startDate,endDate', 'startDate,endDate,x');
  expect((await take(unclear, MONDAY)).unclearUnitIds).toEqual(['c5a', 'c5b', 'geo5a']);
  expect(await units()).toEqual(['art5']);
});

test('a role with days counts on its days; without any the person is not there', async () => {
  let roster = asVersion12(files);
  roster = edited(
    roster,
    'roles.csv',
    't2-0,,t2,primary,teacher,,,s1',
    't2-0,,t2,primary,teacher,2026-12-01,2026-12-31,s1',
  );
  roster = withRows(
    roster,
    'roles.csv',
    'x,,t1,secondary,aide,2026-12-01,,s1',
    'y,,a1,secondary,teacher,,2026-11-30,s1',
  );
  await take(roster, MONDAY);
  const seen: (string | null)[][] = [];
  for (const day of ['2026-11-16', '2026-11-30', '2026-12-01', '2026-12-31', '2027-01-01']) {
    await beginDay(day);
    seen.push([
      day,
      ...(await Promise.all(['t2', 't1', 'a1'].map(async (id) => (await standing(id)).roles))),
    ]);
  }
  expect(seen).toEqual([
    ['2026-11-16', null, 'parent teacher', 'administrator teacher'],
    ['2026-11-30', null, 'parent teacher', 'administrator teacher'],
    ['2026-12-01', 'teacher', 'parent staff teacher', 'administrator'],
    ['2026-12-31', 'teacher', 'parent staff teacher', 'administrator'],
    ['2027-01-01', null, 'parent staff teacher', 'administrator'],
  ]);
});

test('teachers and places with days count on their days; the next statement replaces them', async () => {
  let roster = edited(
    files,
    'enrollments.csv',
    'e1,,c5a,s1,t1,teacher,true,,',
    'e1,,c5a,s1,t1,teacher,true,,2026-12-31',
  );
  roster = withRows(
    roster,
    'enrollments.csv',
    'n1,,c5a,s1,t2,teacher,,2027-01-01,',
    'n2,,c5a,s1,p4,student,,2026-10-01,2026-11-20',
    'n3,,c5a,s1,p4,student,,2026-12-10,',
  );
  await take(roster, MONDAY);
  const seen: string[] = [];
  for (const day of ['2026-11-16', '2026-11-21', '2027-01-01']) {
    await beginDay(day);
    const { teachers, span } = await standing('p4');
    seen.push(`${day} ${teachers} ${span}`);
  }
  expect(seen).toEqual([
    '2026-11-16 t1 2026-10-01..2026-11-20',
    '2026-11-21 t1 2026-12-10..',
    '2027-01-01 t2 2026-12-10..',
  ]);
  await take(files, TUESDAY);
  await beginDay('2027-01-01');
  expect((await standing('p1')).teachers).toBe('t1');
});
