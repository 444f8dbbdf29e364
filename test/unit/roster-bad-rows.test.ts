import { describe, expect, test } from 'vitest';
import {
  asVersion12,
  type RosterFiles,
  readFiles,
  rosterFiles,
  withoutRows,
  withRows,
} from '../support/roster-files.ts';

const files = rosterFiles();

describe('a bad row is told and does not stop the rest', () => {
  const user = (row: string) => withRows(files, 'users.csv', row);
  const enrollment = (row: string) => withRows(files, 'enrollments.csv', row);
  const cases: [name: string, roster: RosterFiles, file: string, line: number, field: string][] = [
    ['a user without id', user(',,s1,teacher,,Имя,Фамилия,,'), 'users.csv', 12, 'sourcedId'],
    [
      'an id with a control character',
      user('x\u0007,,s1,teacher,,Имя,Фамилия,,'),
      'users.csv',
      12,
      'sourcedId',
    ],
    [
      'an id a mile long',
      user(`${'x'.repeat(201)},,s1,teacher,,Имя,Фамилия,,`),
      'users.csv',
      12,
      'sourcedId',
    ],
    ['an id twice', user('t1,,s1,teacher,,Имя,Фамилия,,'), 'users.csv', 12, 'sourcedId'],
    ['an unknown status', user('x,perhaps,s1,teacher,,Имя,Фамилия,,'), 'users.csv', 12, 'status'],
    ['an unknown role', user('x,,s1,wizard,,Имя,Фамилия,,'), 'users.csv', 12, 'role'],
    ['a role that every object has', user('x,,s1,constructor,,Имя,Фамилия,,'), 'users.csv', 12, 'role'],
    ['a user of an unknown school', user('x,,s9,teacher,,Имя,Фамилия,,'), 'users.csv', 12, 'orgSourcedIds'],
    ['a user without a name', user('x,,s1,teacher,, ,\u0000,,'), 'users.csv', 12, 'familyName'],
    [
      'a name of 201 characters',
      user(`x,,s1,teacher,,Имя,${'Ы'.repeat(201)},,`),
      'users.csv',
      12,
      'familyName',
    ],
    ['an unknown parent', user('x,,s1,student,,Имя,Фамилия,,nobody'), 'users.csv', 12, 'agentSourcedIds'],
    ['a VK id that is none', user('x,,s1,student,{VK:me},Имя,Фамилия,,'), 'users.csv', 12, 'userIds'],
    ['a row too short', user('x,,s1'), 'users.csv', 12, ''],
    ['a row too long', user('x,,s1,teacher,,Имя,Фамилия,,,,'), 'users.csv', 12, ''],
    [
      'a class of an unknown school',
      withRows(files, 'classes.csv', 'x,,1А,1,,homeroom,s9,'),
      'classes.csv',
      6,
      'schoolSourcedId',
    ],
    [
      'a class of an unknown type',
      withRows(files, 'classes.csv', 'x,,1А,1,,club,s1,'),
      'classes.csv',
      6,
      'classType',
    ],
    [
      'a class without a title',
      withRows(files, 'classes.csv', 'x,,,1,,homeroom,s1,'),
      'classes.csv',
      6,
      'title',
    ],
    [
      'an unknown term',
      withRows(files, 'classes.csv', 'x,,1А,1,,homeroom,s1,summer'),
      'classes.csv',
      6,
      'termSourcedIds',
    ],
    [
      'an unknown course',
      withRows(files, 'classes.csv', 'x,,1А/Х,1,chem,scheduled,s1,'),
      'classes.csv',
      6,
      'courseSourcedId',
    ],
    [
      'a term that ends before it begins',
      withRows(files, 'academicSessions.csv', 'x,,Т,term,2026-12-01,2026-11-30'),
      'academicSessions.csv',
      4,
      'endDate',
    ],
    [
      'an enrollment in an unknown class',
      enrollment('x,,c9,s1,p1,student,,,'),
      'enrollments.csv',
      15,
      'classSourcedId',
    ],
    [
      'an enrollment in another school',
      enrollment('x,,c5a,s9,p1,student,,,'),
      'enrollments.csv',
      15,
      'schoolSourcedId',
    ],
    [
      'an enrollment of an unknown user',
      enrollment('x,,c5a,s1,p9,student,,,'),
      'enrollments.csv',
      15,
      'userSourcedId',
    ],
    ['an enrollment in an unknown role', enrollment('x,,c5a,s1,p4,guest,,,'), 'enrollments.csv', 15, 'role'],
    ['30 February', enrollment('x,,c5a,s1,p4,student,,2026-02-30,'), 'enrollments.csv', 15, 'beginDate'],
    ['a Russian date', enrollment('x,,c5a,s1,p4,student,,,31.05.2027'), 'enrollments.csv', 15, 'endDate'],
    [
      'an end before the beginning',
      enrollment('x,,c5a,s1,p4,student,,2026-10-02,2026-10-01'),
      'enrollments.csv',
      15,
      'endDate',
    ],
    [
      'a birth date that is none',
      withRows(files, 'demographics.csv', 'p4,,2015-13-01,male'),
      'demographics.csv',
      4,
      'birthDate',
    ],
    [
      'an unknown sex',
      withRows(files, 'demographics.csv', 'p4,,2015-01-01,да'),
      'demographics.csv',
      4,
      'sex',
    ],
    [
      'demographics of nobody',
      withRows(files, 'demographics.csv', 'p9,,2015-01-01,male'),
      'demographics.csv',
      4,
      'sourcedId',
    ],
  ];
  test.each(cases)('%s', async (_, roster, file, line, field) => {
    const reading = await readFiles(roster);
    const faults = [...reading.rows.rejected, ...reading.rows.lostFields];
    expect(faults).toMatchObject([{ file, line, field }]);
    expect(reading.rows.rejectedTotal + reading.rows.lostFieldsTotal).toBe(1);
    expect(faults[0]!.message).toMatch(/[А-я]/);
    expect(reading.counts.people).toBeGreaterThanOrEqual(10);
    expect(reading.counts.enrollments).toBe(13);
  });

  test('1.2: a user without a role, a role of nobody, an unknown role', async () => {
    let roster = withoutRows(asVersion12(files), 'roles.csv', 'p5-0');
    roster = withoutRows(roster, 'enrollments.csv', ',p5,');
    roster = withRows(roster, 'roles.csv', 'x,,p9,primary,student,,,s1', 'y,,t2,secondary,wizard,,,s1');
    const reading = await readFiles(roster);
    expect(reading.rows.rejected.map(({ file, field }) => `${file} ${field}`)).toEqual([
      'roles.csv userSourcedId',
      'roles.csv role',
      'users.csv sourcedId',
    ]);
    expect([...reading.unclear.people]).toEqual(['p5']);
    expect([...reading.unclear.roles]).toEqual(['t2']);
  });

  test('the list is bounded, the count is not', async () => {
    const rows = Array.from({ length: 30 }, (_, at) => `x${at},,c9,s1,p1,student,,,`);
    const reading = await readFiles(withRows(files, 'enrollments.csv', ...rows), { rejectedRows: 5 });
    expect(reading.rows.rejected.map((row) => row.line)).toEqual([15, 16, 17, 18, 19]);
    expect(reading.rows.rejectedTotal).toBe(30);
  });

  test('reliability 16: names come in clean', async () => {
    const evil = Buffer.from(
      files['users.csv']!.replace('Загурская,', "За\u0000гу\u0085р\u202eская\t\u200b  (я) 😀 <b>'--##,"),
    );
    const at = evil.indexOf('##');
    // A lone surrogate as careless writers encode it: ED A0 80.
    const bytes = Buffer.concat([
      evil.subarray(0, at),
      Buffer.from([0xed, 0xa0, 0x80]),
      evil.subarray(at + 2),
    ]);
    const reading = await readFiles({ ...files, 'users.csv': bytes } as Record<string, string | Uint8Array>);
    expect([...reading.rows.rejected, ...reading.rows.lostFields]).toEqual([]);
    expect(reading.schools[0]!.people.get('t1')!.familyName).toBe("Загурская (я) 😀 <b>'--");
  });
});
