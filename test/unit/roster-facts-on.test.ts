import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { spanOn } from '../../src/roster/dated.ts';
import { factsOn } from '../../src/roster/facts-on.ts';
import type { RosterReading } from '../../src/roster/reading.ts';
import {
  asVersion12,
  edited,
  type RosterFiles,
  readFiles,
  rosterFiles,
  withRows,
} from '../support/roster-files.ts';

const DAY = '2026-11-20';
const span = (beginsOn: string | null, endsOn: string | null) => ({ beginsOn, endsOn });
const factsOf = (reading: RosterReading, day = DAY) => factsOn(reading.schools[0]!, day);
const factsFrom = async (files: RosterFiles, day = DAY) => factsOf(await readFiles(files), day);

/** Facts without their order and without their place in a file. */
function comparable(reading: RosterReading) {
  const facts = factsOf(reading);
  const people = facts.people.map(({ line: _, ...person }) => person);
  const sorted = (items: object[]) => items.map((item) => JSON.stringify(item)).sort();
  return Object.values({ ...facts, people }).map(sorted);
}

describe('a roster file as facts', () => {
  test('classes, groups and their people', async () => {
    const facts = await factsFrom(rosterFiles());
    const title = {
      grade: '5',
      beginsOn: '2026-09-01',
      endsOn: '2027-05-31',
      datedTeachers: null,
      unclearDays: false,
    };
    expect(facts.classes).toEqual([
      { id: 'c5a', title: '5А', teacherIds: ['t1'], ...title },
      { id: 'c5b', title: '5Б', teacherIds: ['t2'], ...title },
    ]);
    expect(facts.enrollments.filter((enrollment) => enrollment.unitId === 'c5a')).toEqual([
      {
        unit: 'class',
        unitId: 'c5a',
        studentId: 'p1',
        datedSpans: null,
        ...span('2026-09-01', '2027-05-31'),
      },
      { unit: 'class', unitId: 'c5a', studentId: 'p2', datedSpans: null, ...span('2026-09-01', null) },
      { unit: 'class', unitId: 'c5a', studentId: 'p3', datedSpans: null, ...span(null, null) },
    ]);
    expect(facts.people.find((person) => person.id === 'p1')).toMatchObject({
      familyName: 'Абаев',
      sex: 'male',
      birthDate: '2015-04-22',
      vkUserId: 201,
      roles: ['student'],
    });
  });

  test('D11: a class lasts from its first term to the end of its last, or without end', async () => {
    const { groups } = await factsFrom(rosterFiles());
    expect(groups.find((group) => group.id === 'geo5a')).toMatchObject(span('2026-09-01', '2026-12-28'));
    expect(groups.find((group) => group.id === 'art5')).toMatchObject(span(null, null));
  });

  test("a group's class is the one homeroom that all its pupils share, or none", async () => {
    const { groups } = await factsFrom(rosterFiles());
    expect(groups.map(({ id, subject, classId }) => [id, subject, classId])).toEqual([
      ['geo5a', 'География', 'c5a'],
      ['art5', 'Рисование', null],
    ]);
  });

  test('a pupil who has left a group does not count for its class', async () => {
    const files = edited(
      rosterFiles(),
      'enrollments.csv',
      'e13,,art5,s1,p4,student,,,',
      'e13,,art5,s1,p4,student,,,2026-11-19',
    );
    expect((await factsFrom(files)).groups[1]!.classId).toBe('c5a');
    expect((await factsFrom(files, '2026-11-19')).groups[1]!.classId).toBeNull();
  });

  test('a group whose pupils have all left keeps the class of its last day', async () => {
    const files = rosterFiles();
    const ended = files['enrollments.csv']!.replace(
      /(geo5a|c5a),s1,(p1|p2),student,,[^\n]*/g,
      '$1,s1,$2,student,,2026-09-01,2027-05-31',
    );
    const { groups } = await factsFrom({ ...files, 'enrollments.csv': ended }, '2027-06-15');
    expect(groups.find(({ id }) => id === 'geo5a')?.classId).toBe('c5a');
  });

  test('parents are linked from either side, also one who teaches', async () => {
    const facts = await factsFrom(rosterFiles());
    expect(facts.guardians.map(({ guardianId, studentId }) => `${guardianId}>${studentId}`).sort()).toEqual([
      'f1>p1',
      'm1>p1',
      'm1>p2',
      't1>p3',
    ]);
    expect(facts.people.find((person) => person.id === 't1')!.roles).toEqual(['parent', 'teacher']);
  });

  test('1.1 and 1.2 of the same roster give the same facts', async () => {
    const older = await readFiles(rosterFiles());
    const newer = await readFiles(asVersion12(rosterFiles()));
    expect(newer.rows.rejected).toEqual([]);
    expect([older.version, newer.version]).toEqual(['1.1', '1.2']);
    expect(comparable(newer)).toEqual(comparable(older));
    expect(newer.counts).toEqual(older.counts);
  });

  test('1.2: a person has the roles that have not ended, and has left without any', async () => {
    const files = withRows(
      asVersion12(rosterFiles()),
      'roles.csv',
      'x1,,t2,secondary,counselor,,2026-11-20,s1',
      'x2,,t1,secondary,aide,,2026-11-19,s1',
    );
    const rolesOf = async (id: string) =>
      (await factsFrom(files)).people.find((person) => person.id === id)?.roles;
    expect(await rolesOf('t2')).toEqual(['staff', 'teacher']);
    expect(await rolesOf('t1')).toEqual(['parent', 'teacher']);
    const gone = edited(
      files,
      'roles.csv',
      't2-0,,t2,primary,teacher,,,',
      't2-0,,t2,primary,teacher,,2026-11-01,',
    );
    expect((await factsFrom(gone, '2026-11-21')).people.some((person) => person.id === 't2')).toBe(false);
  });

  test('one user of two schools is a person in each', async () => {
    let files = withRows(rosterFiles(), 'orgs.csv', 's2,,Школа № 2,school');
    files = edited(files, 'users.csv', 't2,,s1,teacher', 't2,,"s1,s2",teacher');
    const reading = await readFiles(files);
    expect(reading.schools.map((school) => [school.id, [...school.people.keys()]])).toMatchObject([
      ['s1', expect.arrayContaining(['t2', 't1'])],
      ['s2', ['t2']],
    ]);
  });

  test.each([
    ['taught until yesterday', ',2026-11-19', DAY, []],
    ['teaches to the end of today', ',2026-11-20', DAY, ['t2']],
    ['will teach from next week', '2026-11-27,', DAY, []],
    ['a roster of August: teaches from the first day', '2026-09-01,', '2026-08-20', ['t2']],
    ['a roster of August: takes over in January', '2027-01-09,', '2026-08-20', []],
  ])('a teacher who %s', async (_, dates, day, expected) => {
    const files = edited(
      rosterFiles(),
      'enrollments.csv',
      'e2,,c5b,s1,t2,teacher,true,,',
      `e2,,c5b,s1,t2,teacher,true,${dates}`,
    );
    expect((await factsFrom(files, day)).classes[1]!.teacherIds).toEqual(expected);
  });

  test('deleted rows, and what refers to them, are absent without complaint', async () => {
    let files = edited(rosterFiles(), 'users.csv', 'p1,,', 'p1,tobedeleted,');
    files = edited(files, 'classes.csv', 'c5b,,', 'c5b,inactive,');
    files = edited(files, 'enrollments.csv', 'e4,,', 'e4,ToBeDeleted,');
    const reading = await readFiles(files);
    expect(reading.rows.rejected).toEqual([]);
    const facts = factsOf(reading);
    expect(facts.people.map((person) => person.id)).not.toContain('p1');
    expect(facts.classes.map((unit) => unit.id)).toEqual(['c5a']);
    expect(facts.enrollments.map(({ unitId, studentId }) => `${unitId}:${studentId}`)).toEqual([
      'c5a:p3',
      'geo5a:p2',
      'art5:p3',
      'art5:p4',
    ]);
  });

  test('the order of rows does not matter', async () => {
    const files = rosterFiles();
    const expected = comparable(await readFiles(files));
    const names = Object.keys(files).filter((name) => name !== 'manifest.csv');
    const rows = names.map((name) => files[name]!.trim().split('\n'));
    const orders = fc.tuple(
      ...rows.map(([, ...body]) => fc.shuffledSubarray(body, { minLength: body.length })),
    );
    await fc.assert(
      fc.asyncProperty(orders, async (bodies) => {
        const shuffled = { ...files };
        for (const [at, name] of names.entries()) shuffled[name] = [rows[at]![0], ...bodies[at]!].join('\n');
        expect(comparable(await readFiles(shuffled))).toEqual(expected);
      }),
      { numRuns: 25 },
    );
  });
});

describe('several spans of one pupil in one class', () => {
  test.each([
    ['one that holds', [span(null, '2026-10-01'), span('2026-11-01', null)], span('2026-11-01', null)],
    [
      'those that adjoin as one',
      [span('2026-11-15', null), span('2026-09-01', '2026-11-14')],
      span('2026-09-01', null),
    ],
    [
      'those that overlap as one',
      [span(null, '2026-12-01'), span('2026-09-01', '2027-05-31')],
      span(null, '2027-05-31'),
    ],
    [
      'the next one',
      [span(null, '2026-10-01'), span('2026-12-01', '2027-01-01'), span('2027-02-01', null)],
      span('2026-12-01', '2027-01-01'),
    ],
    [
      'the last one',
      [span(null, '2026-09-10'), span('2026-10-01', '2026-10-10')],
      span('2026-10-01', '2026-10-10'),
    ],
  ])('%s', (_, spans, expected) => {
    expect(spanOn(spans, DAY)).toEqual(expected);
    expect(spanOn(spans.toReversed(), DAY)).toEqual(expected);
  });
});
