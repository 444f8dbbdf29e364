/** J2: every row of every file is used, rejected, or ignored by a rule with a name. None is dropped in silence. */
import { expect, test } from 'vitest';
import { DEFAULT_ROSTER_LIMITS } from '../../src/config/roster-limits.ts';
import { zipRoster } from '../../src/demo/school/zip-roster.ts';
import { RosterFileError } from '../../src/roster/file-error.ts';
import { readRoster } from '../../src/roster/read-roster.ts';
import type { RosterReading } from '../../src/roster/reading.ts';
import {
  asVersion12,
  edited,
  type RosterFiles,
  readFiles,
  rosterFiles,
  withRows,
} from '../support/roster-files.ts';

const files = rosterFiles();
const user = (...rows: string[]) => withRows(files, 'users.csv', ...rows);
const place = (...rows: string[]) => withRows(files, 'enrollments.csv', ...rows);
const ignored = ({ rows }: RosterReading) =>
  rows.ignored.map(({ file, reason, rows: count }) => `${file} ${count}: ${reason}`);
const rejected = ({ rows }: RosterReading) =>
  rows.rejected.map(({ file, field, message }) => `${file} ${field}: ${message}`);
const lost = ({ rows }: RosterReading) =>
  rows.lostFields.map(({ file, field, message }) => `${file} ${field}: ${message}`);
const guardians = ({ schools }: RosterReading, at = 0) =>
  [...schools[at]!.guardians]
    .flatMap(([child, parents]) => [...parents].map((parent) => `${parent}→${child}`))
    .sort();

test('the organisation that is no school is left out, and nothing else of a clean roster', async () => {
  const reading = await readFiles(files);
  expect(ignored(reading)).toEqual(['orgs.csv 1: Организация не школа (тип «district»)']);
  expect(reading.rows.files).toContainEqual({
    file: 'users.csv',
    rows: 10,
    used: 10,
    rejected: 0,
    ignored: 0,
  });
});

test.each<[string, RosterFiles, string]>([
  [
    'a deleted user',
    user('x,tobedeleted,s1,teacher,,Имя,Фамилия,,'),
    'users.csv 1: Помечено как удалённое (tobedeleted, inactive)',
  ],
  [
    'a deleted place',
    place('x,tobedeleted,c5a,s1,p1,student,,,'),
    'enrollments.csv 1: Помечено как удалённое (tobedeleted, inactive)',
  ],
  [
    'aides and administrators of a class',
    place('x,,c5a,s1,a1,administrator,,,', 'y,,c5a,s1,t2,aide,,,'),
    'enrollments.csv 2: Роль в классе не ученик и не учитель: в чат класса не входит',
  ],
  [
    'an official of the district',
    user('x,,city,districtAdministrator,,Имя,Фамилия,,'),
    'users.csv 1: Не числится ни в одной школе файла',
  ],
  [
    'a parent of the district without a child here',
    user('x,,city,parent,,Имя,Фамилия,,'),
    'users.csv 1: Не числится ни в одной школе файла',
  ],
  [
    'a file that is not needed',
    { ...files, 'results.csv': 'sourcedId,score\nr1,5\n\nr2,4\n' },
    'results.csv 2: Файл не нужен для чатов или отмечен как отсутствующий (absent)',
  ],
])('ignored: %s', async (_, roster, expected) => {
  const reading = await readFiles(roster);
  expect(ignored(reading)).toContain(expected);
  expect(rejected(reading)).toEqual([]);
});

test.each<[string, RosterFiles, string]>([
  [
    'a class of the district',
    withRows(files, 'classes.csv', 'x,,1А,1,,homeroom,city,'),
    'classes.csv schoolSourcedId: Организация не школа (тип не school)',
  ],
  [
    'a teacher of another school of the file',
    withRows(
      withRows(user('t9,,s2,teacher,,Имя,Фамилия,,'), 'orgs.csv', 's2,,Вторая,school'),
      'enrollments.csv',
      'x,,c5a,s1,t9,teacher,,,',
    ),
    'enrollments.csv userSourcedId: Пользователь есть в users.csv, но не числится в этой школе',
  ],
  [
    'a place of a user whose row was refused',
    withRows(user('x,,s1,wizard,,Имя,Фамилия,,'), 'enrollments.csv', 'x,,c5a,s1,x,student,,,'),
    'enrollments.csv userSourcedId: Строка этого пользователя в users.csv отклонена',
  ],
  [
    'a place of nobody',
    place('x,,c5a,s1,p9,student,,,'),
    'enrollments.csv userSourcedId: Нет такого пользователя в users.csv',
  ],
  [
    'a place in a class whose row was refused',
    withRows(
      withRows(files, 'classes.csv', 'x,,,1,,homeroom,s1,'),
      'enrollments.csv',
      'x,,x,s1,p1,student,,,',
    ),
    'enrollments.csv classSourcedId: Строка этого класса в classes.csv отклонена',
  ],
  [
    'a day as Excel keeps it',
    place('x,,c5a,s1,p4,student,,46266,'),
    'enrollments.csv beginDate: Ожидается дата вида ГГГГ-ММ-ДД, здесь число: так хранит даты Excel',
  ],
  [
    'a pupil who is his own parent',
    user('x,,s1,student,,Имя,Фамилия,,x'),
    'users.csv agentSourcedIds: Ученик назван собственным родителем',
  ],
])('rejected with the true reason: %s', async (_, roster, expected) => {
  expect(rejected(await readFiles(roster))).toContain(expected);
});

test('a row with several faults is told once; a refused one is not told of as one that lost a field too', async () => {
  const reading = await readFiles(
    withRows(
      user('x,,s1,wizard,{VK:me},Имя,,,', 'y,,s1,teacher,{VK:me},Имя,Фамилия,,nobody'),
      'demographics.csv',
      'p4,,1.1.2015,да',
    ),
  );
  expect(rejected(reading)).toEqual(['users.csv role: Неизвестная роль']);
  expect(lost(reading)).toEqual([
    'demographics.csv sex: Неизвестный пол. birthDate: Ожидается дата вида ГГГГ-ММ-ДД, здесь дата в другом виде',
    'users.csv userIds: Идентификатор VK не число. agentSourcedIds: Нет такого пользователя в users.csv',
  ]);
  expect(reading.rows.lostFields.map(({ valueKind }) => valueKind)).toEqual(['text', 'text']);
});

test('parents who are listed above the schools count for the schools of their children', async () => {
  let roster = edited(files, 'users.csv', 'm1,,s1,parent', 'm1,,city,parent');
  roster = edited(roster, 'users.csv', 'f1,,s1,guardian', 'f1,,city,guardian');
  for (const given of [roster, asVersion12(roster)]) {
    const reading = await readFiles(given);
    expect(guardians(reading)).toEqual(guardians(await readFiles(files)));
    expect(reading.schools[0]!.people.get('m1')!.roles).toMatchObject([{ role: 'parent' }]);
    expect(reading.counts.people).toBe(10);
    expect(lost(reading)).toEqual([]);
  }
});

test('a user in several rows, one a school, is one user; one id of two people is two', async () => {
  let roster = withRows(files, 'orgs.csv', 's2,,Вторая,school');
  roster = withRows(
    roster,
    'users.csv',
    't1,,s2,teacher,,Марина,Загурская,Александровна,',
    'p1,,s2,student,,Другой,Ученик,,',
  );
  const reading = await readFiles(roster);
  expect([rejected(reading), lost(reading)]).toEqual([[], []]);
  expect([...reading.schools[1]!.people.values()].map(({ id, familyName }) => `${id} ${familyName}`)).toEqual(
    ['t1 Загурская', 'p1 Ученик'],
  );
  expect(reading.schools[0]!.people.get('p1')!.familyName).toBe('Абаев');
  expect(guardians(reading, 1)).toEqual([]);
});

test('a user in two rows of one school has both roles; the same once more is left out', async () => {
  const again = 'm1,,s1,teacher,{VK:301},Елена,Абаева,Юрьевна,';
  const reading = await readFiles(user(again, again));
  expect(reading.schools[0]!.people.get('m1')!.roles.map(({ role }) => role)).toEqual(['parent', 'teacher']);
  expect(ignored(reading)).toContain('users.csv 1: Тот же человек в той же школе ещё раз');
});

test('D13: whoever is disabled is not there, and his places are left out by name', async () => {
  const column = (text: string) =>
    text.replace('sourcedId,status,', 'sourcedId,status,enabledUser,').replace(/^(\w+),,/gm, '$1,,TRUE,');
  let users = column(files['users.csv']!);
  users = users.replace('p5,,TRUE', 'p5,,False').replace('t2,,TRUE', 't2,,maybe');
  const reading = await readFiles({ ...files, 'users.csv': users });
  expect(reading.schools[0]!.people.has('p5')).toBe(false);
  expect(reading.schools[0]!.people.has('t2')).toBe(true);
  expect(ignored(reading)).toContain(
    'users.csv 1: Отключён в источнике (enabledUser=false): считается выбывшим',
  );
  expect(ignored(reading)).toContain('enrollments.csv 1: Пользователь отключён (enabledUser=false)');
  expect(rejected(reading)).toEqual([]);
  expect(lost(reading)).toEqual([
    'users.csv enabledUser: Ожидается true или false: человек считается включённым',
  ]);
});

test('a users.csv without agentSourcedIds is read, and that is said', async () => {
  const cut = files['users.csv']!.split('\n').map((line) => line.replace(/,("[^"]*"|[^,"]*)$/, ''));
  const reading = await readFiles({ ...files, 'users.csv': cut.join('\n') });
  expect(reading.counts.people).toBe(10);
  expect(reading.remarks).toMatchObject([{ code: 'no-guardian-column' }]);
  expect(guardians(reading)).toEqual([]);
});

test('Manifest.csv, Bulk, a header that ends in empty cells', async () => {
  const { 'manifest.csv': manifest, 'orgs.csv': orgs, ...others } = files;
  const reading = await readFiles({
    ...others,
    'Manifest.csv': manifest!.replaceAll(',bulk', ',Bulk'),
    'Orgs.csv': orgs!.replace('name,type', 'name,type,,').replace('№ 1,school', '№ 1,school,,'),
  });
  expect(reading.counts).toEqual((await readFiles(files)).counts);
  expect(reading.rows.rejected).toEqual([]);
});

test.each<[string, string[]]>([
  ['an old one in a folder before the root', ['old/', '']],
  ['two folders', ['a/', 'b/']],
])('two rosters in one archive: %s', async (_, folders) => {
  const both = folders.flatMap((folder) =>
    Object.entries(files).map(([name, text]) => [`${folder}${name}`, text]),
  );
  const zip = await zipRoster(Object.fromEntries(both));
  const problem = await readRoster(zip, DEFAULT_ROSTER_LIMITS).catch((error) => error);
  expect(problem).toBeInstanceOf(RosterFileError);
  expect(problem.code).toBe('two-rosters');
  for (const folder of folders) expect(problem.message).toContain(folder === '' ? 'корень архива' : folder);
});

test('a file that is not what the archive says by its checksum is not read', async () => {
  const zip = Buffer.from(await zipRoster(files));
  const directory = zip.lastIndexOf(Buffer.from('enrollments.csv'));
  zip.writeUInt32LE((zip.readUInt32LE(directory - 30) ^ 1) >>> 0, directory - 30);
  const problem = await readRoster(zip, DEFAULT_ROSTER_LIMITS).catch((error) => error);
  expect(problem).toMatchObject({ code: 'zip-broken', file: 'enrollments.csv' });
});
