/** docs/rules.md explains every code that the repository cites, each in one sentence. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const rules = read('docs/rules.md');

/** Line → its code and what follows. */
const ENTRIES = [...rules.matchAll(/^- \*\*([^*]+)\*\* (.*)$/gm)].map(([, code, text]) => ({
  code: code!,
  text: text!,
}));

const PLACES = ['src', 'jobs', 'workers', 'dashboard', 'migrations', 'test', 'docs', 'deploy'];
/** Codes that are not ours: in VK's own files, and OWASP's numbers. */
const FOREIGN = /vk-api-schema|fixtures|asvs|hello-448/;

const files = PLACES.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
).filter((path) => /\.(ts|md|js|css|sql|sh)$/.test(path) && !FOREIGN.test(path));

/** Bytes that look like codes. */
const LONE_SURROGATE = 'ED A0 80';
const numbers = (text: string) => text.match(/\d+/g) ?? [];

/** The codes of a text: `D7`, `V2`, `rule 4`, `reliability 5` (also where it says «scenario 5» or «#5»). */
function citedIn(text: string): string[] {
  const plain = text.replaceAll(LONE_SURROGATE, '');
  const list = String.raw`\d{1,2}(?:(?:, | and )\d{1,2})*\b`;
  const all = (pattern: string) => [...plain.matchAll(new RegExp(pattern, 'gi'))].map(([words]) => words);
  return [
    ...(plain.match(/(?<![%\w.\\#-])[A-KV]\d{1,2}(?![\w-]|\.\d)/g) ?? []),
    ...all(String.raw`\brules? ${list}`)
      .flatMap(numbers)
      .map((n) => `rule ${n}`),
    ...[...all(String.raw`\b(?:reliability|scenarios?) ${list}`), ...all(String.raw`(?<![&\w])#\d{1,2}\b`)]
      .flatMap(numbers)
      .map((n) => `reliability ${n}`),
  ];
}

test('every code that a file cites is explained', () => {
  const explained = new Set(ENTRIES.map(({ code }) => code));
  const cited = [
    ...files,
    'README.md',
    'docs/architecture.md',
    'docs/operating.md',
    'docs/trying.md',
  ].flatMap((path) => citedIn(read(path)).map((code) => ({ path, code })));
  expect(cited.length).toBeGreaterThan(800);
  const unknown = cited.filter(({ code }) => !explained.has(code));
  expect(unknown).toEqual([]);
});

test('a code is explained once, in one sentence of at most 300 characters', () => {
  expect(ENTRIES.length).toBeGreaterThan(100);
  expect(ENTRIES.map(({ code }) => code)).toEqual([...new Set(ENTRIES.map(({ code }) => code))]);
  expect(rules.match(/^- /gm)).toHaveLength(ENTRIES.length);
  const isSentence = (text: string) =>
    /^[A-ZА-ЯЁ«].*[^.]\.$/u.test(text) && !/[.!?;] |;/.test(text) && text.length <= 300;
  expect(ENTRIES.filter(({ text }) => !isSentence(text))).toEqual([]);
});

test('the README leads to it', () => {
  expect(read('README.md')).toContain('](docs/rules.md)');
});
