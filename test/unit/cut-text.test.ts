import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutText } from '../../src/text/cut-text.ts';

test.each([
  ['География', 20, 'География'],
  ['География', 3, 'Гео'],
  ['Урок 😀', 6, 'Урок'],
  ['Урок 😀', 7, 'Урок 😀'],
  ['Флаг 🇷🇺', 7, 'Флаг'],
  ['Класс 👩‍🏫', 9, 'Класс'],
  ['и\u0306од', 1, ''],
  ['и\u0306од', 2, 'и\u0306'],
  ['Тема урока', 5, 'Тема'],
])('«%s» cut at %i', (text, most, expected) => {
  expect(cutText(text, most)).toBe(expected);
});

test('whatever is cut is a beginning of whole characters within the limit', () => {
  const texts = fc.string({ unit: 'grapheme', maxLength: 40 });
  fc.assert(
    fc.property(texts, fc.integer({ min: 0, max: 60 }), (text, most) => {
      const cut = cutText(text, most);
      expect(text.startsWith(cut)).toBe(true);
      expect(cut.length).toBeLessThanOrEqual(most);
      expect(cut.isWellFormed()).toBe(true);
      const characters = [...new Intl.Segmenter('ru').segment(text)].map(({ segment }) => segment);
      const whole = [...new Intl.Segmenter('ru').segment(cut)].map(({ segment }) => segment);
      expect(characters.slice(0, whole.length)).toEqual(whole);
    }),
  );
});
