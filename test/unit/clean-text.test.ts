/** Texts and days that are judged at a glance are judged as the whole rule judges them. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cleanText, isCleanId, isDay } from '../../src/text/clean-text.ts';

const UNWANTED = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\uFFFD]/gu;

const written = fc
  .array(
    fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom('Иванова', 'й', 'ё', 'и\u0306', 'O’Neil', '5 «А»', '-', ' ') },
      { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 4 }) },
      { weight: 1, arbitrary: fc.constantFrom('\t', '\u00a0', '\u200b', '\0', '  ', '~', '!', '\u007f') },
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(''));

test('a name is cleaned by one rule', () => {
  fc.assert(
    fc.property(written, (text) => {
      const ruled = text.replace(/\s+/gu, ' ').replace(UNWANTED, '').replace(/ {2,}/g, ' ').trim();
      expect(cleanText(text)).toBe(ruled.normalize('NFC'));
    }),
    { numRuns: 5_000 },
  );
});

test('an id is clean where it holds nothing unwanted', () => {
  fc.assert(
    fc.property(written, (text) => {
      expect(isCleanId(text)).toBe(text !== '' && text.search(UNWANTED) === -1);
    }),
    { numRuns: 5_000 },
  );
});

test('a day is one that the calendar has, from 1900 on', () => {
  const digits = (most: number, length: number) =>
    fc.integer({ min: 0, max: most }).map((number) => String(number).padStart(length, '0'));
  const day = fc.tuple(digits(9_999, 4), digits(14, 2), digits(33, 2)).map((parts) => parts.join('-'));
  fc.assert(
    fc.property(fc.oneof({ weight: 9, arbitrary: day }, fc.string()), (text) => {
      const known = new Date(`${text}T00:00:00Z`);
      const isKnown = !Number.isNaN(known.getTime()) && known.toISOString().startsWith(`${text}T`);
      expect(isDay(text)).toBe(/^\d{4}-\d\d-\d\d$/.test(text) && isKnown && text >= '1900');
    }),
    { numRuns: 5_000 },
  );
});
