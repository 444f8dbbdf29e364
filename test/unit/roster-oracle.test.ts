/**
 * Compares the reader with a naive second reading of the same archive, for published rosters and for made-up ones as
 * other tools write them.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvText } from '../../src/demo/school/csv.ts';
import { makeSchool } from '../../src/demo/school/make-school.ts';
import type { RosterReading } from '../../src/roster/reading.ts';
import { type Naive, readNaively } from '../support/naive-roster.ts';
import { asVersion12, type RosterFiles, readFiles, rosterFiles } from '../support/roster-files.ts';

/** The reader's result in the form of the naive one. */
function plainly({ schools, rows }: RosterReading): Naive {
  const lines = (of: (school: RosterReading['schools'][number]) => string[]) => schools.flatMap(of).sort();
  const places = (school: RosterReading['schools'][number], role: 'student' | 'teacher') =>
    [...(role === 'student' ? school.pupils : school.teachers)].flatMap(([unit, users]) =>
      [...users].flatMap(([id, spans]) =>
        spans.map(
          ({ beginsOn, endsOn }) => `${school.id} ${unit} ${role} ${id} ${beginsOn ?? ''}..${endsOn ?? ''}`,
        ),
      ),
    );
  return {
    people: lines(({ id, people }) =>
      [...people.values()].map(
        (one) => `${id} ${one.id} ${[...new Set(one.roles.map(({ role }) => role))].sort()}`,
      ),
    ),
    units: lines(({ id, units }) =>
      [...units.values()].map(
        (unit) =>
          `${id} ${unit.id} ${unit.kind} ${unit.unclearDays ? '?' : `${unit.beginsOn ?? ''}..${unit.endsOn ?? ''}`}`,
      ),
    ),
    places: lines((school) => [...places(school, 'student'), ...places(school, 'teacher')]),
    guardians: lines(({ id, guardians }) =>
      [...guardians].flatMap(([child, parents]) => [...parents].map((parent) => `${id} ${parent}→${child}`)),
    ),
    rows: Object.fromEntries(
      rows.files
        .filter(({ file }) => !['courses.csv', 'demographics.csv'].includes(file))
        .map(({ file, rows, used, rejected, ignored }) => [file, [rows, used, rejected, ignored]]),
    ),
  };
}

const texts = (files: Record<string, unknown>): RosterFiles =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [name, String(text)]));
const hello = join(import.meta.dirname, '../fixtures/hello-448');

test.each<[string, () => RosterFiles]>([
  [
    'hello-448',
    () =>
      texts(
        Object.fromEntries(readdirSync(hello).map((name) => [name, readFileSync(join(hello, name), 'utf8')])),
      ),
  ],
  ['a made-up school', () => texts(makeSchool({ seed: 3, size: 'small', today: '2026-11-23' }).files)],
  ['the small school', rosterFiles],
  ['the small school in 1.2', () => asVersion12(rosterFiles())],
])('%s', async (_, files) => {
  const given = files();
  const reading = await readFiles(given);
  expect(plainly(reading)).toEqual(readNaively(given));
  expect([reading.rows.rejectedTotal, reading.rows.lostFieldsTotal]).toEqual([0, 0]);
});

// Rosters as other tools write them. Few ids, so that references meet.
const pick = <Value>(...values: Value[]) => fc.constantFrom(...values);
const some = (mostly: string, ...others: string[]) =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(mostly) }, { weight: 1, arbitrary: pick(...others) });
const status = some('', 'active', 'tobedeleted', 'inactive', 'planned');
const org = pick('s1', 's1', 's1', 's2', 'district', 'dep', 'nowhere');
const userId = fc.integer({ min: 0, max: 11 }).map((n) => `u${n}`);
const unitId = fc.integer({ min: 0, max: 5 }).map((n) => `k${n}`);
const termId = pick('t0', 't1', 't2', 't9');
const someDay = pick('2026-09-01', '2026-12-31', '2027-05-31', '');
const day = fc.oneof(
  { weight: 8, arbitrary: someDay },
  { weight: 1, arbitrary: pick('46266', '8/1/2015', '2026-09-01T00:00:00Z', '2026-02-30') },
);
const roleName = pick(
  'student',
  'student',
  'student',
  'teacher',
  'teacher',
  'parent',
  'guardian',
  'relative',
  'administrator',
  'siteAdministrator',
  'aide',
  'wizard',
);
const ids = (of: fc.Arbitrary<string>, max = 2) =>
  fc.uniqueArray(of, { maxLength: max }).map((all) => all.join(','));
/** One row of a file in ten has a cell too many. */
const surplus = fc.oneof(
  { weight: 12, arbitrary: fc.constant(false) },
  { weight: 1, arbitrary: fc.constant(true) },
);

type Made = { cells: string[]; surplus: boolean };
const row = (...cells: fc.Arbitrary<string>[]): fc.Arbitrary<Made> =>
  fc.record({ cells: fc.tuple(...cells).map((all) => [...all]), surplus });
const table = (made: fc.Arbitrary<Made>, min: number, max: number) =>
  fc.array(made, { minLength: min, maxLength: max });

/** Rows, their ids numbered or as the row says. */
const roster = fc.record({
  is12: fc.boolean(),
  lineEnd: pick('\n', '\r\n', '\r'),
  bom: fc.boolean(),
  sessions: table(row(status, day, day), 3, 3),
  classes: table(row(status, pick('homeroom', 'scheduled', 'scheduled', 'club'), org, ids(termId)), 6, 6),
  users: table(
    row(status, pick('true', 'true', 'TRUE', '', 'false'), ids(org), roleName, ids(userId)),
    12,
    12,
  ),
  roles: table(row(status, userId, roleName, org, day, day), 5, 25),
  enrollments: table(row(status, unitId, pick('', '', 's1', 's2'), userId, roleName, day, day), 0, 30),
  perSchool: fc.boolean(),
});

function filesOf(made: typeof roster extends fc.Arbitrary<infer Value> ? Value : never): RosterFiles {
  const numbered = (rows: readonly Made[], prefix: string, cellsOf = (cells: string[]) => cells) =>
    rows.map(({ cells, surplus }, at) => [
      `${prefix}${at}`,
      ...cellsOf(cells),
      ...(surplus ? ['лишнее'] : []),
    ]);
  const users = numbered(made.users, 'u', ([status, enabled, orgs, role, agents]) => [
    status!,
    enabled!,
    orgs!,
    role!,
    'Имя',
    'Фамилия',
    agents!,
  ]).map((cells) =>
    cells[7]!.split(',').includes(cells[0]!) ? [...cells.slice(0, 7), '', ...cells.slice(8)] : cells,
  );
  const split =
    made.perSchool && !made.is12
      ? users.flatMap((cells) =>
          cells[3]!.split(',').map((one) => [...cells.slice(0, 3), one, ...cells.slice(4)]),
        )
      : users;
  const text = (columns: string[], rows: string[][]) =>
    `${made.bom ? '\ufeff' : ''}${csvText(columns, rows).replaceAll(/\r?\n/g, made.lineEnd)}`;
  return {
    'manifest.csv': `propertyName,value\noneroster.version,${made.is12 ? '1.2' : '1.1'}\n`,
    'orgs.csv': text(
      ['sourcedId', 'status', 'name', 'type'],
      [
        ['s1', '', 'Первая', 'school'],
        ['s2', '', 'Вторая', 'school'],
        ['district', '', 'Город', 'district'],
        ['dep', '', 'Отдел', 'department'],
      ],
    ),
    'academicSessions.csv': text(
      ['sourcedId', 'status', 'startDate', 'endDate'],
      numbered(made.sessions, 't'),
    ),
    'classes.csv': text(
      ['sourcedId', 'status', 'classType', 'schoolSourcedId', 'termSourcedIds', 'title', 'courseSourcedId'],
      numbered(made.classes, 'k', (cells) => [...cells, 'Название', '']),
    ),
    'users.csv': text(
      [
        'sourcedId',
        'status',
        'enabledUser',
        'orgSourcedIds',
        'role',
        'givenName',
        'familyName',
        'agentSourcedIds',
      ],
      split,
    ),
    ...(made.is12
      ? {
          'roles.csv': text(
            ['sourcedId', 'status', 'userSourcedId', 'role', 'orgSourcedId', 'beginDate', 'endDate'],
            numbered(made.roles, 'r'),
          ),
        }
      : {}),
    'enrollments.csv': text(
      [
        'sourcedId',
        'status',
        'classSourcedId',
        'schoolSourcedId',
        'userSourcedId',
        'role',
        'beginDate',
        'endDate',
      ],
      numbered(made.enrollments, 'e'),
    ),
  };
}

test('whatever a tool writes, both readings say the same, and every row is used, rejected or ignored', async () => {
  await fc.assert(
    fc.asyncProperty(roster, async (made) => {
      const files = filesOf(made);
      const read = plainly(await readFiles(files));
      expect(read).toEqual(readNaively(files));
      for (const [rows, used, rejected, ignored] of Object.values(read.rows))
        expect(used + rejected + ignored).toBe(rows);
    }),
    { numRuns: 400 },
  );
});
