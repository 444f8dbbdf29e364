import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { DEFAULT_ROSTER_LIMITS, type RosterLimits } from '../../src/config/roster-limits.ts';
import { zipRoster } from '../../src/demo/school/zip-roster.ts';
import { RosterFileError } from '../../src/roster/file-error.ts';
import { readRoster } from '../../src/roster/read-roster.ts';
import {
  asVersion12,
  edited,
  type RosterFiles,
  readFiles,
  rosterFiles,
  withoutRows,
  withRows,
} from '../support/roster-files.ts';

const files = rosterFiles();
const without = (name: string): RosterFiles =>
  Object.fromEntries(Object.entries(files).filter(([key]) => key !== name));
const changed = (name: string, change: (text: string) => string | Uint8Array) =>
  zipRoster({ ...files, [name]: change(files[name]!) });
const cp1251 = (text: string) => Buffer.from(text.replace(/[А-яЁё]/g, '\xcf'), 'latin1');

async function problemOf(zip: Uint8Array, limits: Partial<RosterLimits> = {}): Promise<RosterFileError> {
  const outcome = await readRoster(zip, { ...DEFAULT_ROSTER_LIMITS, ...limits }).catch((error) => error);
  expect(outcome).toBeInstanceOf(RosterFileError);
  return outcome;
}

describe('a file that cannot be read ends in one problem', () => {
  type Case = [
    name: string,
    zip: () => Promise<Uint8Array> | Uint8Array,
    code: string,
    file?: string,
    line?: number,
  ];
  const cases: Case[] = [
    ['nothing', () => new Uint8Array(), 'not-a-zip'],
    ['a text', () => Buffer.from('sourcedId,name\n'), 'not-a-zip'],
    ['a zip cut in the middle', async () => (await zipRoster(files)).subarray(0, 900), 'zip-broken'],
    ['a zip with no files', () => zipRoster({}), 'missing-file', 'manifest.csv'],
    ['no manifest', () => zipRoster(without('manifest.csv')), 'missing-file', 'manifest.csv'],
    ['a promised file is missing', () => zipRoster(without('users.csv')), 'missing-file', 'users.csv'],
    [
      'an optional file that was promised',
      () => zipRoster(without('courses.csv')),
      'missing-file',
      'courses.csv',
    ],
    [
      'a required file called absent',
      () => changed('manifest.csv', (t) => t.replace('users,bulk', 'users,absent')),
      'missing-file',
      'users.csv',
    ],
    [
      'a delta',
      () => changed('manifest.csv', (t) => t.replace('users,bulk', 'users,delta')),
      'not-bulk',
      'users.csv',
    ],
    [
      'another version',
      () => changed('manifest.csv', (t) => t.replace('version,1.1', 'version,2.0')),
      'wrong-version',
      'manifest.csv',
    ],
    [
      '1.2 without roles',
      () => changed('manifest.csv', (t) => t.replace('version,1.1', 'version,1.2')),
      'missing-file',
      'roles.csv',
    ],
    [
      'a wrong header',
      () => changed('users.csv', (t) => t.replace('familyName', 'surname')),
      'wrong-header',
      'users.csv',
      1,
    ],
    ['an empty file', () => changed('enrollments.csv', () => ''), 'wrong-header', 'enrollments.csv', 1],
    [
      'a column twice',
      () => changed('orgs.csv', (t) => t.replace('type', 'name')),
      'wrong-header',
      'orgs.csv',
      1,
    ],
    ['Windows-1251', () => changed('users.csv', cp1251), 'not-utf8', 'users.csv'],
    [
      'UTF-16',
      () => changed('users.csv', (t) => Buffer.from(`\ufeff${t}`, 'utf16le')),
      'not-utf8',
      'users.csv',
    ],
    [
      'UTF-8 that ends in a letter',
      () => changed('orgs.csv', (t) => Buffer.from(`${t}Ш`).subarray(0, -1)),
      'not-utf8',
      'orgs.csv',
    ],
    [
      'a quote that is not closed',
      () => changed('users.csv', (t) => t.replace('Абаева', '"Абаева')),
      'broken-csv',
      'users.csv',
      6,
    ],
    [
      'a quote that swallows rows',
      () => changed('users.csv', (t) => t.replace('Анна', '"Анна').replace('Вадим', 'Вадим"')),
      'broken-csv',
      'users.csv',
      6,
    ],
  ];
  test.each(cases)('%s', async (_, zip, code, file, line) => {
    const problem = await problemOf(await zip());
    expect({ code: problem.code, file: problem.file, line: problem.line }).toEqual({ code, file, line });
    expect(problem.message).toMatch(/[а-я]/);
  });

  const long = 'x'.repeat(5_000);
  const bomb = { ...files, 'users.csv': files['users.csv'] + '\n'.repeat(3_000_000) };
  test.each<[string, RosterFiles, Partial<RosterLimits>, string]>([
    ['a zip too big', files, { zipBytes: 1_000 }, 'zip-too-big'],
    ['files too big', files, { unpackedBytes: 2_000 }, 'unpacked-too-big'],
    ['a zip bomb', bomb, {}, 'zip-bomb'],
    ['too many files', files, { entries: 3 }, 'too-many-files'],
    [
      'a field too long',
      withRows(files, 'orgs.csv', `s9,,${long},school`),
      { fieldChars: 4_000 },
      'field-too-long',
    ],
    [
      'a line without end',
      withRows(files, 'orgs.csv', `s9,,${long},school`),
      { lineBytes: 4_000 },
      'line-too-long',
    ],
    ['too many rows', withRows(files, 'orgs.csv', ...Array(2_000).fill('')), { rows: 20 }, 'too-many-rows'],
  ])('reliability 33: %s', async (_, roster, limits, code) => {
    expect((await problemOf(await zipRoster(roster), limits)).code).toBe(code);
  });

  test('reliability 33: a file larger than the archive says is not read to its end', async () => {
    const zip = Buffer.from(await zipRoster(files));
    const packed = deflateRawSync(Buffer.from(files['users.csv']!));
    const local = zip.indexOf(packed);
    const directory = zip.lastIndexOf(Buffer.from('users.csv'));
    expect([local, directory].every((at) => at > 0)).toBe(true);
    zip.writeUInt32LE(100, directory - 22);
    expect((await problemOf(zip)).code).toBe('zip-broken');
  });

  test('what the archive holds is damaged', async () => {
    const zip = Buffer.from(await zipRoster(files));
    const packed = deflateRawSync(Buffer.from(files['users.csv']!));
    zip.fill(0xff, zip.indexOf(packed), zip.indexOf(packed) + 40);
    expect((await problemOf(zip)).code).toBe('zip-broken');
  });
});

describe('the same roster in other clothes', () => {
  const expected = { schools: 1, people: 10, classes: 2, subjectGroups: 2, enrollments: 13 };
  const every = (change: (text: string) => string) =>
    Object.fromEntries(Object.entries(files).map(([name, text]) => [name, change(text)]));
  const inFolder = Object.fromEntries(
    Object.entries(files).map(([name, text]) => [`выгрузка/${name}`, text]),
  );
  test.each<[string, RosterFiles]>([
    ['LF', files],
    ['CRLF', every((text) => text.replaceAll('\n', '\r\n'))],
    ['CR', every((text) => text.replaceAll('\n', '\r'))],
    ['mixed line ends', every((text) => text.replace('\n', '\r\n'))],
    ['without a last line end', every((text) => text.trimEnd())],
    ['empty lines', every((text) => text.replaceAll('\n', '\n\n'))],
    ['BOM', every((text) => `\ufeff${text}`)],
    ['in a folder', inFolder],
    [
      'in a folder, with what macOS adds',
      { ...inFolder, '__MACOSX/._users.csv': 'x', 'выгрузка/.DS_Store': 'x' },
    ],
    ['every cell quoted', every((text) => text.replace(/(^|,)([^",\n]*)(?=,|\n)/gm, '$1"$2"'))],
    [
      'columns in another order, one more',
      edited(
        edited(
          files,
          'orgs.csv',
          'sourcedId,status,name,type\ncity,,Город,district\ns1,,Школа № 1,school',
          'type,metadata.x,name,sourcedId\ndistrict,,Город,city\nschool,,Школа № 1,s1',
        ),
        'manifest.csv',
        'version,1.1',
        'version,1.1.1',
      ),
    ],
    ['1.2', asVersion12(files)],
  ])('%s', async (_, roster) => {
    const reading = await readFiles(roster);
    expect([...reading.rows.rejected, ...reading.rows.lostFields]).toEqual([]);
    expect(reading.counts).toEqual(expected);
    expect(reading.schools[0]!.name).toBe('Школа № 1');
  });

  test('without the optional files: classes are read, and their terms are unclear (D11)', async () => {
    let fewer = files;
    for (const name of ['courses', 'academicSessions', 'demographics']) {
      fewer = edited(
        withoutRows(fewer, `${name}.csv`, ''),
        'manifest.csv',
        `file.${name},bulk`,
        `file.${name},absent`,
      );
      delete fewer[`${name}.csv`];
    }
    const reading = await readFiles(fewer);
    expect(reading.counts).toEqual(expected);
    expect(reading.rows.rejected).toEqual([]);
    expect(reading.rows.lostFields.map(({ field }) => field)).toEqual(Array(3).fill('termSourcedIds'));
    const unclear = [...reading.schools[0]!.units.values()].map(({ id, unclearDays }) => [id, unclearDays]);
    expect(unclear).toEqual([
      ['c5a', true],
      ['c5b', true],
      ['geo5a', true],
      ['art5', false],
    ]);
  });

  test('a cell may hold a line break and quotes', async () => {
    const roster = edited(files, 'orgs.csv', 'Школа № 1', '"Школа\n«Луч» и ""Я"""');
    const reading = await readFiles(withRows(roster, 'orgs.csv', ',,Безымянная,school'));
    expect(reading.schools[0]!.name).toBe('Школа «Луч» и "Я"');
    expect(reading.rows.rejected[0]).toMatchObject({ file: 'orgs.csv', line: 5 });
  });
});
