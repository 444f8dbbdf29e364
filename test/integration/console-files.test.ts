/** Every table can be had as a file, with the filters of its page, by those who may see the page and by nobody else. */
import { parse } from 'csv-parse/sync';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { byPerson } from '../../src/author.ts';
import { noteLine } from '../../src/rows/journal.ts';
import { type ConsoleWorld, createConsoleWorld, plainText, rowsOf } from '../support/console-world.ts';
import { everywhere } from '../support/everywhere.ts';
import { addChat, addClass, addOperation, addPeople } from '../support/seeds.ts';
import { tokenOf } from '../support/tokens.ts';

let world: ConsoleWorld;
let teacher: string;
let pupil: string;

beforeAll(async () => {
  world = await createConsoleWorld();
  await addPeople(world.db, 's1', [
    { id: 't', name: 'Учитель Пётр Ильич', roles: ['teacher'], profile: 7 },
    { id: 'p1', name: 'Абаев Марк', roles: ['student'] },
    { id: 'p2', name: '=Формула Ян', roles: ['student'] },
    { id: 'p3', name: 'Яшин Лев', roles: ['student'] },
  ]);
  await addClass(world.db, 's1', { id: 'c5', title: '5А', pupils: ['p1', 'p2'], teachers: ['t'] });
  await addClass(world.db, 's1', { id: 'c10', title: '10Б', pupils: ['p3'] });
  const chat = (classId: string, title: string, pupils: string[]) =>
    addChat(world.db, 's1', {
      ...{
        type: 'class',
        title,
        classId,
        members: { t: true, ...Object.fromEntries(pupils.map((id) => [id, false])) },
      },
    });
  await chat('c5', '5А класс', ['p1', 'p2']);
  const other = await chat('c10', '10Б класс', ['p3']);
  await sql`update membership m set grounds = jsonb_build_array(jsonb_build_object('kind', 'enrollment', 'classId', c.class_id))
    from chat c where c.id = m.chat_id and not m.admin`.execute(everywhere(world.db));
  await addOperation(world.db, {
    ...{ school_id: 's1', state: 'succeeded', created_by: 'admin', created_by_kind: 'person' },
    ...{ created_at: '2026-10-03T10:00:00Z', params: { types: ['class'] } },
    result: { chats: { created: 4 }, members: { added: 1604, removed: 11 } },
  });
  await noteLine(world.db.of('s1'), {
    ...{ schoolId: 's1', at: new Date('2026-10-03T10:00:00Z'), what: 'change', cause: 'edit:x' },
    ...{ chatId: other, author: byPerson('admin'), details: {} },
  });
  teacher = await tokenOf({ role: 'staff', school: 's1', sub: 't' });
  pupil = await tokenOf({ role: 'student', school: 's1', sub: 'p1' });
});
afterAll(() => world[Symbol.asyncDispose]());

async function table(path: string, token?: string): Promise<string[][]> {
  return parse((await world.file(path, token)).text, { bom: true, delimiter: ';' });
}

test('the chats of the list, by its filter', async () => {
  const [head, ...rows] = await table('/manage/list.csv');
  expect(head).toEqual([
    ...['Наименование чата', 'Тип чата', 'Кол-во участников', 'В Сферуме', 'Администратор'],
    ...['Состояние', 'Что мешает'],
  ]);
  expect(rows.map((row) => row.slice(0, 5))).toEqual([
    ['5А класс', 'Класс', '3', '0', 'Учитель Пётр Ильич'],
    ['10Б класс', 'Класс', '2', '0', 'Учитель Пётр Ильич'],
  ]);
  const filtered = new URLSearchParams({ title: '10', sort: '-title' });
  expect((await table(`/manage/list.csv?${filtered}`)).slice(1).map(([title]) => title)).toEqual([
    '10Б класс',
  ]);
});

test('operations', async () => {
  const [head, ...rows] = await table('/operations.csv');
  expect(head!.slice(0, 6)).toEqual(['Когда', 'Работа', 'Подробности', 'Кто', 'Добавлено', 'Исключено']);
  expect(rows[0]!.slice(0, 6)).toEqual([
    ...['03.10.2026, 13:00', 'Инициализация выполнена', 'Типы чатов: класс; новых чатов: 4'],
    ...['Завуч Анна Ивановна', '1604', '11'],
  ]);
  expect(await table('/operations.csv?kind=undo')).toHaveLength(1);
});

test('changes', async () => {
  expect((await table('/changes.csv')).slice(1)).toEqual([
    ['03.10.2026, 13:00', 'Правка вручную', '10Б класс', 'Правка чата', 'Завуч Анна Ивановна', ''],
  ]);
  expect(await table('/changes.csv?from=2026-10-04')).toHaveLength(1);
});

test('who is not in Sferum: everybody for an administrator, their own class for a teacher', async () => {
  const everybody = (await table('/unreachable.csv')).slice(1);
  expect(everybody.map((row) => row.slice(0, 4))).toEqual([
    ['5А', "'=Формула Ян", 'ученик', 'профиль не привязан'],
    ['5А', 'Абаев Марк', 'ученик', 'профиль не привязан'],
    ['10Б', 'Яшин Лев', 'ученик', 'профиль не привязан'],
  ]);
  const own = (await table('/unreachable.csv', teacher)).slice(1);
  expect(own.map(([title]) => title)).toEqual(['5А', '5А']);
  expect((await table('/unreachable.csv?classId=c10', teacher)).slice(1)).toEqual([]);
});

test('no file for who may not see its page', async () => {
  for (const path of ['/operations.csv', '/changes.csv']) expect(await world.status(path, teacher)).toBe(403);
  for (const path of ['/manage/list.csv', '/unreachable.csv'])
    expect(await world.status(path, pupil)).toBe(403);
});

test('classes are sorted by any figure, and summed up', async () => {
  const titles = async (sort: string) =>
    rowsOf(await world.page(`/unreachable?sort=${sort}`)).map(([title]) => title);
  expect(await titles('title')).toEqual(['5А', '10Б']);
  expect(await titles('-title')).toEqual(['10Б', '5А']);
  expect(await titles('-notLinked')).toEqual(['5А', '10Б']);
  expect(await titles('notLinked')).toEqual(['10Б', '5А']);
  const foot = /<tfoot>(.*?)<\/tfoot>/s.exec(await world.page('/unreachable'))![1]!;
  expect(plainText(foot)).toBe('Всего по классам 3 0 0');
});
