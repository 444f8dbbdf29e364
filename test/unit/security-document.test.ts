/** docs/security.md answers every requirement and names only tests that exist. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const text = readFileSync(join(ROOT, 'docs/security.md'), 'utf8');
/** The numbers of levels 1 and 2 of ASVS 5.0, a section a line. */
const LEVEL_2 = readFileSync(join(import.meta.dirname, 'asvs-5.0-level-2.txt'), 'utf8')
  .split(/\s+/)
  .filter(Boolean);
const COUNT = 253;

const namedAt = (line: string) => line.match(/(?<![\d.])\d{1,2}\.\d{1,2}\.\d{1,2}(?![\d.]*\d)/g) ?? [];
/** The requirements that the document answers: in the first cell of a row, or as not there, with a reason. */
const answered = text.split('\n').flatMap((line) => {
  if (line.startsWith('Not there: ')) return namedAt(line.split(' – ')[0]!);
  return line.startsWith('| ') ? namedAt(line.split('|')[1]!) : [];
});

test('each requirement of levels 1 and 2 is answered once', () => {
  expect(LEVEL_2).toHaveLength(COUNT);
  expect([...answered].sort()).toEqual([...LEVEL_2].sort());
});

test('each test that is named is there, under its name', () => {
  const named = [...text.matchAll(/`([\w-]+\/[\w-]+\.test\.ts)`(?: «([^»]+)»)?/g)];
  expect(named.length).toBeGreaterThan(80);
  const missing = named.filter(([, file, name]) => {
    const path = join(ROOT, 'test', file!);
    return !existsSync(path) || (name !== undefined && !readFileSync(path, 'utf8').includes(name));
  });
  expect(missing.map(([words]) => words)).toEqual([]);
});
