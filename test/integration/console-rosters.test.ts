/**
 * «Списки из СГО»: the last list beside the one before, what was left out of it, and what the lists leave unclear (J2,
 * K5).
 */

import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../src/clock.ts';
import { keepFaults } from '../../src/roster/row-faults.ts';
import {
  type ConsoleWorld,
  connectSchool,
  createConsoleWorld,
  plainText,
  rowsOf,
} from '../support/console-world.ts';
import { everywhere } from '../support/everywhere.ts';
import { addClass, addGroup, addGuardian, addOperation, addPeople } from '../support/seeds.ts';
import { tokenOf } from '../support/tokens.ts';

let world: ConsoleWorld;
let last: string;
let foreign: string;

const counts = (people: number, enrollments: number) => ({
  people,
  classes: 3,
  subjectGroups: 2,
  enrollments,
});

beforeAll(async () => {
  world = await createConsoleWorld();
  await connectSchool(world, 's2');
  await addPeople(world.db, 's1', [
    { id: 't', name: 'Учитель Пётр Ильич', roles: ['teacher'] },
    { id: 'p1', name: 'Абаев Марк', roles: ['student'] },
    { id: 'p2', name: 'Бабкин Лев', roles: ['student'] },
    { id: 'p3', name: '=Формула Ян', roles: ['student'] },
    { id: 'm1', name: 'Абаева Анна Львовна', roles: ['parent'] },
    { id: 'm2', name: 'Яшина Анна Львовна', roles: ['parent'] },
  ]);
  await addPeople(world.db, 's2', [{ id: 'z', name: 'Чужой Ян', roles: ['student'] }]);
  await addClass(world.db, 's1', { id: 'c1', title: '5А', pupils: ['p1'], teachers: ['t'] });
  await addClass(world.db, 's1', { id: 'c2', title: '10Б', pupils: [] });
  await addClass(world.db, 's1', { id: 'c3', title: '9В', pupils: [], teachers: ['gone'] });
  await addGroup(world.db, 's1', { id: 'g1', title: '5А/Физика', teachers: ['t'] });
  await addGroup(world.db, 's1', { id: 'g2', title: '5А/Химия' });
  await addGuardian(world.db, 's1', 'm1', 'p1');
  await sql`insert into person (school_id, id, roles, family_name, name_key, stated_at, stated_by)
    values ('s1', 'odd', '{}', 'Непонятный', 'непонятный', '2026-08-25', 'x')`.execute(everywhere(world.db));
  const list = (hoursAgo: number, fields: Record<string, unknown>) => {
    const takenAt = new Date(Date.now() - hoursAgo * HOUR_MS).toISOString();
    return addOperation(world.db, {
      ...{ school_id: 's1', kind: 'roster-import', state: 'succeeded', created_at: takenAt },
      ...{ params: { takenAt }, ...fields },
    });
  };
  await list(30, { result: counts(6, 1604) });
  last = await list(5, {
    result: {
      ...{ ...counts(7, 1600), rejectedTotal: 120, lostFieldsTotal: 1, members: { added: 12, removed: 3 } },
      ignored: [{ file: 'users.csv', reason: 'роль для чатов не нужна', rows: 41 }],
    },
  });
  await list(4, { state: 'failed', result: null, problems: [{ code: 'zip', message: 'Файл не читается' }] });
  await list(3, {
    ...{ state: 'held', result: null, params: { incomplete: true, takenAt: null } },
    problems: [{ code: 'roster-incomplete', message: 'Выгрузка похожа на неполную: людей было 7, стало 2' }],
  });
  const fault = (line: number) => ({
    ...{ file: 'enrollments.csv', line, field: 'userSourcedId', valueKind: 'text' as const },
    message: line === 2 ? '=cmd|не дата; "31.02.2011"' : 'человека нет в users.csv',
  });
  await keepFaults(
    everywhere(world.db),
    last,
    'rejected',
    Array.from({ length: 120 }, (_, i) => fault(i + 2)),
  );
  await keepFaults(everywhere(world.db), last, 'lost', [fault(900)]);
  foreign = await addOperation(world.db, { school_id: 's2', kind: 'roster-import', state: 'succeeded' });
});
afterAll(() => world[Symbol.asyncDispose]());

test('the last readable list stands beside the one before, with its age', async () => {
  const text = await world.page('/rosters');
  expect(plainText(text)).toContain('5 часов назад');
  expect(rowsOf(text)).toEqual([
    ['Люди', '7', '6', '+1'],
    ['Классы', '3', '3', '0'],
    ['Предметные группы', '2', '2', '0'],
    ['Места учеников и учителей', '1 600', '1 604', '−4'],
  ]);
  expect(plainText(text)).toContain('Отклонено строк: 120');
  expect(plainText(text)).toContain('роль для чатов не нужна 41');
});

test('a list that looks cut says what is missing and leads to its decision', async () => {
  const text = plainText(await world.page('/rosters'));
  expect(text).toContain(
    'Списки похожи на неполные и ждут решения Выгрузка похожа на неполную: людей было 7, стало 2',
  );
});

test('what the lists leave open is counted, and each row is named', async () => {
  const text = plainText(await world.page('/rosters'));
  for (const [what, n] of [
    ['Ученики без класса', 2],
    ['Родители без ребёнка', 1],
    ['Классы без классного руководителя', 2],
    ['Группы без учителя', 1],
    ['Люди с неизвестной ролью', 1],
  ]) {
    expect(text).toMatch(new RegExp(`${what} [^|]*? ${n}(?= |$)`));
  }
});

test.each([
  ['pupils', ['=Формула Ян', 'Бабкин Лев']],
  ['parents', ['Яшина Анна Львовна']],
  ['classes', ['9В', '10Б']],
  ['groups', ['5А/Химия']],
  ['roles', ['Непонятный']],
])('%s', async (of, names) => {
  expect(rowsOf(await world.page(`/rosters/quality?of=${of}`)).map(([name]) => name)).toEqual(names);
});

test('after a row come the ones behind it', async () => {
  const rows = rowsOf(await world.page('/rosters/quality?of=pupils&after=p3'));
  expect(rows.map(([name]) => name)).toEqual(['Бабкин Лев']);
});

test('rejected rows are shown by page, each with its place', async () => {
  const first = await world.page(`/rosters/rows?operation=${last}&list=rejected`);
  expect(rowsOf(first)).toHaveLength(100);
  expect(rowsOf(first)[1]).toEqual(['enrollments.csv', '3', 'userSourcedId', 'человека нет в users.csv']);
  expect(rowsOf(await world.page(`/rosters/rows?operation=${last}&list=rejected&page=2`))).toHaveLength(20);
});

describe('a file', () => {
  test('holds every row in a form that Excel reads, and no formula', async () => {
    const { text, headers } = await world.file(`/rosters/rows.csv?operation=${last}&list=rejected`);
    const lines = text.split('\r\n');
    expect(lines[0]).toBe('\uFEFFФайл;Строка;Поле;Вид значения;Почему');
    expect(lines[1]).toBe(`enrollments.csv;2;userSourcedId;text;"'=cmd|не дата; ""31.02.2011"""`);
    expect(lines).toHaveLength(122);
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(decodeURIComponent(headers.get('content-disposition')!)).toBe(
      "attachment; filename*=UTF-8''Отклонённые строки.csv",
    );
  });

  test('a name that would be a formula stays a name', async () => {
    const { text } = await world.file('/rosters/quality.csv?of=pupils');
    expect(text).toBe("\uFEFFИмя;Идентификатор в СГО\r\n'=Формула Ян;p3\r\nБабкин Лев;p2\r\n");
  });
});

test('another school’s list, none at all, and somebody who is no administrator', async () => {
  for (const path of ['/rosters/rows', '/rosters/rows.csv']) {
    expect(await world.status(`${path}?operation=${foreign}`)).toBe(404);
    expect(await world.status(path)).toBe(404);
  }
  const teacher = await tokenOf({ role: 'staff', school: 's1', sub: 't' });
  for (const path of ['/rosters', '/rosters/quality?of=pupils', '/rosters/quality.csv?of=pupils']) {
    expect(await world.status(path, teacher)).toBe(403);
  }
});
