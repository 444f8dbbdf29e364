/** K6: the erased person is found in what others wrote, and nobody else is. */
import { describe, expect, test } from 'vitest';
import { documentWithoutNames, stemsOf, withoutNames } from '../../src/ending/names-in-text.ts';

const PETR = { familyName: 'Канарейкин', givenName: 'Пётр', middleName: 'Ильич' };
const forgotten = (more: object = {}) => ({
  ...{ people: [PETR], profiles: ['770077001'], shared: new Set<string>() },
  ...more,
});

describe('withoutNames', () => {
  test.each([
    ['Кружок Канарейкина', 'Кружок …'],
    ['Помощь Канарейкину Петру Ильичу!', 'Помощь …!'],
    ['КАНАРЕЙКИНЫМ сказано', '… сказано'],
    ['Kанарейкин латиницей', '… латиницей'],
    ['Пётр Первый', null],
    ['Канарейкинский район', null],
    ['профиль 770077001', 'профиль …'],
    ['номер 7700770012', null],
    ['Кружок хорового пения', null],
    ['', null],
  ])('«%s» → %j', (text, rest) => {
    expect(withoutNames(text, forgotten())).toBe(rest);
  });

  test('a family name that others have too says nobody without the name', () => {
    const shared = forgotten({ shared: new Set(stemsOf('Канарейкина')) });
    expect(withoutNames('Кружок Канарейкиной', shared)).toBeNull();
    expect(withoutNames('Кружок Канарейкина Петра', shared)).toBe('Кружок …');
  });

  test.each([
    ['Ким', 'Кима позвали', '… позвали'],
    ['Ким', 'кимоно', null],
    ['Ли', 'лист', null],
    ['Ли', 'для Ли', 'для …'],
    ['Шевченко', 'от Шевченко', 'от …'],
    ['Толстая', 'к Толстой', 'к …'],
    ['Римский-Корсаков', 'сочинения Римского-Корсакова', 'сочинения …'],
    ['', 'ничего', null],
  ])('%s in «%s» → %j', (familyName, text, rest) => {
    expect(withoutNames(text, forgotten({ people: [{ ...PETR, familyName }] }))).toBe(rest);
  });
});

test('a document is searched at any depth; a number is a VK ID where its name says so', () => {
  const document = {
    problems: [{ message: 'Канарейкину отказано', userId: 770077001, count: 770077001 }],
  };
  expect(documentWithoutNames(document, forgotten())).toEqual({
    problems: [{ message: '… отказано', userId: 0, count: 770077001 }],
  });
  expect(documentWithoutNames({ a: ['Пётр', 5, null] }, forgotten())).toBeNull();
});
