/**
 * B4, C3: people found by a name are sorted by what the searcher means: family name, then given name, then middle name.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ConsoleWorld, createConsoleWorld, rowsOf } from '../support/console-world.ts';
import { addPeople } from '../support/seeds.ts';

const NAMES = [
  'Абрамова Анна Ивановна',
  'Волков Иван Петрович',
  'Иванов Пётр Сергеевич',
  'Иванова Яна Ильинична',
  'Петров-Иванов Олег Ильич',
  'Сидоров Олег Иванович',
  'Яковлев Иван Иванович',
];

let world: ConsoleWorld;
beforeAll(async () => {
  world = await createConsoleWorld();
  await addPeople(
    world.db,
    's1',
    NAMES.map((name, i) => ({ id: `t${i}`, name, roles: ['teacher' as const] })),
  );
});
afterAll(() => world[Symbol.asyncDispose]());

test.each([
  [
    'Иванов',
    ['Иванов Пётр Сергеевич', 'Иванова Яна Ильинична', 'Петров-Иванов Олег Ильич', 'Абрамова Анна Ивановна'],
  ],
  [
    'Иван',
    [
      ...['Иванов Пётр Сергеевич', 'Иванова Яна Ильинична', 'Петров-Иванов Олег Ильич'],
      ...['Волков Иван Петрович', 'Яковлев Иван Иванович'],
      ...['Абрамова Анна Ивановна', 'Завуч Анна Ивановна', 'Сидоров Олег Иванович'],
    ],
  ],
  ['Олег', ['Петров-Иванов Олег Ильич', 'Сидоров Олег Иванович']],
  ['Иванов Пётр', ['Иванов Пётр Сергеевич']],
])('«%s» finds family names first, then given names, then middle names', async (text, expected) => {
  const found = rowsOf(await world.page(`/search?text=${encodeURIComponent(text)}`)).map(([name]) => name);
  expect(found.slice(0, expected.length)).toEqual(expected);
});

test('pages go on in the same order and miss nobody', async () => {
  const names: string[] = [];
  for (const page of [1, 2, 3]) {
    const path = `/v1/schools/s1/people?perPage=3&page=${page}&lastName=${encodeURIComponent('Иван')}`;
    const answer = await world.request(path, { token: world.admin });
    const { items } = (await answer.json()) as { items: { name: string }[] };
    names.push(...items.map(({ name }) => name));
  }
  expect(names).toHaveLength(8);
  expect(new Set(names).size).toBe(8);
  expect(names[3]).toBe('Волков Иван Петрович');
});
