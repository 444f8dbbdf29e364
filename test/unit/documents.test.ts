/** README and docs/ name only files that exist and name every dependency, in lines short enough to read. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { VARIABLES } from '../../src/config/variables.ts';

const ROOT = join(import.meta.dirname, '../..');
const LINE_CHARACTERS = 300;
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const DOCUMENTS = [
  'README.md',
  'CHANGELOG.md',
  ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`),
];
/** Documents that are read from the top. The others are tables of facts, whose lines are as long as their cells. */
const READABLE = [
  ...['README.md', 'docs/trying.md', 'docs/operating.md', 'docs/architecture.md', 'docs/contributing.md'],
  ...['docs/rules.md', 'docs/api.md', 'CHANGELOG.md'],
];
const operating = read('docs/operating.md');

describe.each(DOCUMENTS)('%s', (path) => {
  test('leads to documents that there are', () => {
    const links = [...read(path).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link]) => link!);
    expect(links.filter((link) => !existsSync(join(ROOT, dirname(path), link)))).toEqual([]);
  });

  test('names files and folders that there are', () => {
    // A name in capitals stands for any name.
    const named = [
      ...read(path).matchAll(/`((?:src|jobs|workers|dashboard|migrations|test|deploy)\/[^`\s]+)`/g),
    ]
      .map(([, name]) => name!)
      .filter((name) => !/[A-Z*{]/.test(name));
    expect(named.filter((name) => !existsSync(join(ROOT, name)))).toEqual([]);
  });
});

test.each(READABLE)('%s has no line that is longer than a reader follows', (path) => {
  const long = read(path)
    .split('\n')
    .filter((line) => line.length > LINE_CHARACTERS);
  expect(long).toEqual([]);
});

test('the README is short, and leads each of its three readers to a page', () => {
  const readme = read('README.md');
  expect(readme.split('\n').length).toBeLessThan(80);
  for (const page of ['trying', 'operating', 'architecture', 'contributing']) {
    expect(readme).toContain(`](docs/${page}.md)`);
  }
});

test.each(READABLE)('%s says nothing twice', (path) => {
  const said = read(path)
    .split('\n')
    .filter((line) => line.length > 40 && !line.trimStart().startsWith('```'));
  expect(said).toEqual([...new Set(said)]);
});

test('the architecture says of each dependency what it is for', () => {
  const manifest = JSON.parse(read('package.json')) as Record<string, Record<string, string>>;
  const all = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };
  const architecture = read('docs/architecture.md');
  const explained = architecture.slice(architecture.indexOf('## Why each dependency'));
  const rows = explained.split('\n').filter((line) => line.startsWith('| `'));
  const named = rows.flatMap((row) =>
    [...row.split('|')[1]!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!),
  );
  const covers = (name: string, row: string) =>
    row.endsWith('/*') ? name.startsWith(row.slice(0, -1)) : row === name;
  expect(Object.keys(all).filter((name) => !named.some((row) => covers(name, row)))).toEqual([]);
  expect(named.filter((row) => !Object.keys(all).some((name) => covers(name, row)))).toEqual([]);
});

test('README and docs/ say of each command of the manifest what it does', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const said = ['README.md', 'docs/trying.md', 'docs/operating.md'].map(read).join('\n');
  // Parts of `check`.
  const parts = ['lint', 'types', 'format', 'check:static'];
  const missing = Object.keys(scripts).filter(
    (name) => !parts.includes(name) && !said.includes(`npm run ${name}`) && !said.includes(`npm ${name}`),
  );
  expect(missing).toEqual([]);
});

test('what each variable means is said to operators', () => {
  expect(Object.keys(VARIABLES).filter((name) => !new RegExp(`\\b${name}\\b`).test(operating))).toEqual([]);
});
