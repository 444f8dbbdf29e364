/** Every phrase of the console with a number is right for every number: the word's form follows it. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { count, counted } from '../../dashboard/console/parts/numbers.ts';
import { plural } from '../../src/text/plural.ts';

const ROOT = join(import.meta.dirname, '../..');
const sources = globSync('dashboard/console/**/*.ts', { cwd: ROOT }).map((path) => ({
  path,
  text: readFileSync(join(ROOT, path), 'utf8'),
}));

const CALL = /(?:counted|plural)\(\s*[^;{}]*?,\s*'([^']+)',\s*'([^']+)',\s*'([^']+)',?\s*\)/g;
const used = [
  ...new Set(
    sources.flatMap(({ text }) =>
      [...text.matchAll(CALL)].map(([, one, few, many]) => `${one}, ${few}, ${many}`),
    ),
  ),
];

test('the three forms of a phrase are forms of the same words', () => {
  expect(used.length).toBeGreaterThan(20);
  const stems = (form: string) => form.split(' ').map((word) => word[0]);
  const odd = used.filter((forms) => new Set(forms.split(', ').map((form) => stems(form).join())).size > 1);
  expect(odd).toEqual([]);
});

/** The rule of Russian, said once more in other words. */
function formOf(n: number): 0 | 1 | 2 {
  const [tens, ones] = [Math.floor(n / 10) % 10, n % 10];
  if (tens === 1 || ones === 0 || ones > 4) return 2;
  return ones === 1 ? 0 : 1;
}

test.each(used)('«%s» follows 0 to 125', (forms) => {
  const three = forms.split(', ') as [string, string, string];
  for (let n = 0; n <= 125; n++) {
    expect(plural(n, ...three), String(n)).toBe(three[formOf(n)]);
    expect(counted(n, ...three)).toBe(`${n}\u00a0${three[formOf(n)]}`);
  }
});

test('a number is followed by a word that bends, or by none that would', () => {
  // «3 из 7», «ещё 3 без привязки», «через 3 с»: these words are the same after every number.
  const unbending = /^(из|без|с|к|в|и|до|на|мин)$/;
  const found = sources.flatMap(({ path, text }) =>
    [...text.matchAll(/\$\{count\([^{}]*\)\}(?:<\/\w+>)?(?: |&nbsp;|\u00a0)([а-яё]+)/g)]
      .filter(([, word]) => !unbending.test(word!))
      .map(([phrase]) => `${path}: ${phrase}`),
  );
  expect(found).toEqual([]);
});

test('large numbers are divided by spaces that do not break', () => {
  expect(count(25_138)).toBe('25\u00a0138');
  expect(counted(25_138, 'чат', 'чата', 'чатов')).toBe('25\u00a0138\u00a0чатов');
});

test('words that people need not know are not used', () => {
  const strange = /прогон|вызов(?!ет)|участий|сервисный профиль|[Уу]бра(?:ть|но|ны|н )|[Зз]адержан/;
  const found = sources.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, n) => (strange.test(line) ? [`${path}:${n + 1} ${line.trim()}`] : [])),
  );
  expect(found).toEqual([]);
});
