/** Every phrase with a number is right for every number: the word has the form for it, and thousands are set apart. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeIncomplete } from '../../src/roster/looks-incomplete.ts';
import { count, counted } from '../../src/text/numbers.ts';
import { plural } from '../../src/text/plural.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (paths: string) =>
  globSync(paths, { cwd: ROOT }).map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
const sources = read('dashboard/console/**/*.ts');
const product = [...sources, ...read('src/**/*.ts').filter(({ path }) => !path.includes('sferum/sandbox'))];

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

/** The rule of Russian, written here a second time. */
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
  const unbending = /^(из|без|с|к|в|и|до|на|мин|больше)$/;
  const found = sources.flatMap(({ path, text }) =>
    [...text.matchAll(/\$\{count\([^{}]*\)\}(?:<\/\w+>)?(?: |&nbsp;|\u00a0)([а-яё]+)/g)]
      .filter(([, word]) => !unbending.test(word!))
      .map(([phrase]) => `${path}: ${phrase}`),
  );
  expect(found).toEqual([]);
});

test('what counts stands in a Russian sentence by «count» alone, in pages, messages and letters', () => {
  // What the names of these say is a number; who must type one in sees it as it is typed.
  const number =
    /(?:^|\.)(?:[A-Z][A-Z_]+|\w*[cC]hars|length|size|total|rows|entries|members|linked|before|after|more)$/;
  const sums =
    /(?:^|\.)(?:people|removals|renumbered|ticked|lessons|meetings|orders|calls|requests|done|min|max)$/;
  const phrase = /[а-яё]+(?:[ ,:(–−+]|\u00a0|&nbsp;)+\$\{([\w.]+)(?: - \w+)?\}/g;
  const found = product.flatMap(({ path, text }) =>
    [...text.matchAll(phrase)]
      .filter(([said, what]) => (number.test(what!) || sums.test(what!)) && !/число/.test(said))
      .map(([said]) => `${path}: ${said}`),
  );
  expect(found).toEqual([]);
});

test('a message of what a list lacks divides its numbers', () => {
  const lost = [{ kind: 'users' as const, before: 10_399, after: 12 }];
  const list = { schoolId: 's1', lost, emptiedClassIds: [], endingIds: [], renumbered: 10_399 };
  expect(describeIncomplete(list)).toBe(
    'Людей под новыми номерами: 10\u00a0399. Выгрузка похожа на неполную: людей было 10\u00a0399, стало 12. Ничего не изменено: решите, прежние ли это люди',
  );
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
