/** What «Обзор» says in each state of a school. */
import { describe, expect, test } from 'vitest';
import { percentOf, placed } from '../../dashboard/console/overview/heat.ts';
import { delayText, stateFigures, stateSentence } from '../../dashboard/console/overview/words.ts';

const CALM = { total: 2701, behind: 0, held: 0, failing: 0, deleting: 0 };
const SINCE = '2026-11-28T14:44:00.000Z';

function sayings(
  chats: Partial<typeof CALM>,
  { isInitialized = true, waits = 0, trouble = null as null | 'broken' | 'restore-unconfirmed' } = {},
): [string, string] {
  const state = {
    overview: { isInitialized, chats: { ...CALM, ...chats } },
    trouble: trouble && { state: trouble, since: SINCE },
    waits,
  };
  return [stateSentence(state), stateFigures(state).replaceAll('\u00a0', ' ')];
}

describe('the sentence of state', () => {
  test.each([
    ['all is well', sayings({}), ['Всё идёт само', 'Все чаты совпадают со списками СГО: 2 701']],
    [
      'chats are well, something else waits',
      sayings({}, { waits: 1 }),
      ['Все чаты обновлены', 'Все чаты совпадают со списками СГО: 2 701'],
    ],
    [
      'one is held, four fail',
      sayings({ held: 1, failing: 4 }),
      ['Всё сошлось, кроме 5\u00a0чатов', '2 696 из 2 701 чата совпадают со списками СГО'],
    ],
    [
      'one is held',
      sayings({ held: 1, total: 2700 }),
      ['Всё сошлось, кроме 1\u00a0чата', '2 699 из 2 700 чатов совпадают со списками СГО'],
    ],
    [
      'two follow',
      sayings({ behind: 2 }),
      ['Обновляется 2\u00a0чата', '2 699 из 2 701 чата совпадают со списками СГО'],
    ],
    [
      'the key is dead',
      sayings({}, { trouble: 'broken' }),
      ['Чаты не обновляются', '2 701 чат, состояние неизвестно'],
    ],
    [
      'the database is a copy',
      sayings({ failing: 3 }, { trouble: 'restore-unconfirmed' }),
      ['Чаты не обновляются', '2 701 чат, состояние неизвестно'],
    ],
    ['nothing was begun', sayings({ total: 0 }, { isInitialized: false }), ['Осталось создать чаты', '']],
  ])('%s', (_, said, expected) => {
    expect(said).toEqual(expected);
  });
});

describe('classes in their places', () => {
  const cells = (...titles: string[]) =>
    placed(titles.map((title, i) => ({ id: String(i), title, grade: null, people: 1, linked: 1 }))).map(
      ({ row, column, of }) => `${of.title}: ${row}|${column}`,
    );

  test('the parallel is the row, the rest of the title the column, in natural order', () => {
    expect(cells('10А', '5Б', '5А', '10А (П)', '1 доп')).toEqual([
      '1 доп: 1|доп',
      '5А: 5|А',
      '5Б: 5|Б',
      '10А: 10|А',
      '10А (П): 10|А (П)',
    ]);
  });

  test('two classes of one place, and a class of no parallel, stand somewhere', () => {
    expect(cells('5А', '5-А', 'Подготовительный')).toEqual([
      '5-А: 5|А',
      '5А: 5|А\u2032',
      'Подготовительный: –|Подготовительный',
    ]);
  });

  test('a share is rounded down: nobody is said to be there who is not', () => {
    expect(percentOf({ people: 1000, linked: 999 })).toBe(99);
    expect(percentOf({ people: 0, linked: 0 })).toBe(0);
  });
});

test.each([
  [4, '0,1\u00a0с'],
  [940, '0,9\u00a0с'],
  [48_400, '48\u00a0с'],
  [180_000, '3\u00a0мин'],
  [3 * 3_600_000, '3\u00a0ч'],
])('%i ms read as «%s»', (ms, text) => {
  expect(delayText(ms)).toBe(text);
});
