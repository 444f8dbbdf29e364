/** «Работы»: every operation of the school with its figures, author and end; what runs stands on every page. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type ConsoleWorld,
  connectSchool,
  createConsoleWorld,
  plainText,
  rowsOf,
} from '../support/console-world.ts';
import { addChat, addOperation, addPeople } from '../support/seeds.ts';
import { tokenOf } from '../support/tokens.ts';

let world: ConsoleWorld;
let running: string;
const PER_PAGE = 50;
const OLD = 60;

beforeAll(async () => {
  world = await createConsoleWorld();
  await connectSchool(world, 's2');
  await addPeople(world.db, 's1', [{ id: 't', name: 'Учитель Пётр Ильич', roles: ['teacher'] }]);
  const chat = await addChat(world.db, 's1', { type: 'class', title: 'Ремонт 2025', members: { t: true } });
  for (let at = 0; at < OLD; at++) {
    const minute = String(at).padStart(2, '0');
    await addOperation(world.db, {
      ...{
        school_id: 's1',
        kind: 'roster-import',
        state: 'succeeded',
        created_at: `2026-10-01T10:${minute}:00Z`,
      },
      ...{
        created_by: 'sgo',
        created_by_kind: 'service',
        result: { people: 100 + at, rejectedTotal: 2, rejected: [] },
      },
    });
  }
  const common = { school_id: 's1', created_by: 'admin', created_by_kind: 'person' };
  await addOperation(world.db, {
    ...{ ...common, kind: 'delete-chat', state: 'succeeded', params: { chatId: chat }, result: {} },
    created_at: '2026-10-02T10:00:00Z',
  });
  await addOperation(world.db, {
    ...{ ...common, state: 'held', params: { types: ['class'] }, created_at: '2026-10-03T10:00:00Z' },
    ...{ started_at: '2026-10-03T10:00:00Z', finished_at: '2026-10-03T10:03:00Z' },
    result: { chats: { created: 4 }, members: { added: 1604, removed: 11 }, held: 52 },
  });
  running = await addOperation(world.db, {
    ...{ ...common, state: 'running', params: { types: ['class'] }, done: 61, total: 100 },
    ...{ created_at: '2026-10-04T10:00:00Z', started_at: '2026-10-04T10:00:00Z' },
  });
  await addOperation(world.db, { school_id: 's2', kind: 'undo', state: 'running', done: 1, total: 2 });
});
afterAll(() => world[Symbol.asyncDispose]());

test('each operation tells what it was, who began it, how many it moved, how long it took and how it ended', async () => {
  const rows = rowsOf(await world.page('/operations'));
  expect(rows.slice(0, 4)).toEqual([
    [
      ...['04.10.2026, 13:00', 'Инициализация выполняется Типы чатов: класс', 'Завуч Анна Ивановна'],
      ...['', '', '', 'выполняется'],
    ],
    [
      '03.10.2026, 13:00',
      'Инициализация ждёт решения Типы чатов: класс; новых чатов: 4; 52 исключения остановлены',
      ...['Завуч Анна Ивановна', '+1 604', '−11', '3 мин', 'ждёт решения'],
    ],
    ['02.10.2026, 13:00', 'Удаление чата «Ремонт 2025»', 'Завуч Анна Ивановна', '', '', '', 'готово'],
    [
      ...['01.10.2026, 13:59', 'Загрузка списков из СГО людей в списках: 159; отклонено строк: 2'],
      ...['служба sgo', '', '', '', 'готово'],
    ],
  ]);
});

test('the log goes on page by page and misses none', async () => {
  const first = await world.page('/operations?kind=roster-import');
  const older = /href="([^"]*after=[^"]*)"/.exec(first)![1]!.replaceAll('&amp;', '&');
  const second = await world.page(older);
  const named = [first, second].map((text) => rowsOf(text).map(([, what]) => /: (\d+);/.exec(what!)![1]));
  expect(named[0]).toHaveLength(PER_PAGE);
  expect(named.flat().map(Number)).toEqual(Array.from({ length: OLD }, (_, i) => 100 + OLD - 1 - i));
  expect(second).not.toContain('Более ранние');
  expect(second).toContain('К новым');
});

test.each([
  ['held', '?state=held', ['Инициализация ждёт решения']],
  ['deletions', '?kind=delete-chat', ['Удаление чата «Ремонт 2025»']],
  ['what does not fit the filter', '?kind=nonsense&after=never~1', null],
])('a filter shows %s', async (_, filter, titles) => {
  const rows = rowsOf(await world.page(`/operations${filter}`));
  if (titles === null) expect(rows).toHaveLength(PER_PAGE);
  else expect(rows.map(([, what]) => what!.split(' Типы')[0])).toEqual(titles);
});

test('what runs is in the header of every page of an administrator, and of nobody else', async () => {
  for (const path of ['/', '/manage', '/settings', '/operations']) {
    const header = /<header.*?<\/header>/s.exec(await world.page(path))![0];
    expect(plainText(header)).toContain('Инициализация списка чатов 61 %');
    expect(header).toContain(`href="/manage/operations/${running}"`);
  }
  expect(plainText(await world.page('/operations/running'))).toBe('Инициализация списка чатов 61 %');
  const teacher = await tokenOf({ role: 'staff', school: 's1', sub: 't' });
  expect(await world.page('/', teacher)).not.toContain('data-runs');
  expect(await world.status('/operations', teacher)).toBe(403);
  expect(await world.status('/operations/running', teacher)).toBe(403);
});
