/** D11 and J2 through the whole product: what is unclear or missing in a file takes nobody out of a chat. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeSchool } from '../../src/demo/school/make-school.ts';
import { zipRoster } from '../../src/demo/school/zip-roster.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { type RosterFiles, withRows } from '../support/roster-files.ts';
import { initializeAll, TODAY } from '../support/small-world.ts';
import { stateOf } from '../support/world-state.ts';

const SCHOOL = 'school-2';
const OPERATOR = { role: 'operator', sub: 'operator' } as const;
const whole: RosterFiles = Object.fromEntries(
  Object.entries(makeSchool({ seed: 7, size: 'small', today: TODAY }).files).map(([name, text]) => [
    name,
    String(text),
  ]),
);

let world: TestApp;
let before: Awaited<ReturnType<typeof stateOf>>;
let day = 5;
beforeAll(async () => {
  world = await startTestApp({ now: '2026-10-28T06:00:00Z' });
  expect(await take(whole)).toMatchObject({ state: 'succeeded' });
  expect((await initializeAll(world, SCHOOL)).state).toBe('succeeded');
  before = await stateOf(world);
});
afterAll(() => world[Symbol.asyncDispose]());

interface Shown {
  id: string;
  state: string;
  result: Record<string, unknown>;
  problems: { code: string; message: string }[];
}

/** Each file is a day newer than the one before. */
async function take(files: RosterFiles): Promise<Shown> {
  day += 1;
  const response = await world.request(
    `/v1/roster-imports?takenAt=2026-10-${String(day).padStart(2, '0')}T05:00:00Z`,
    {
      ...{ method: 'POST', as: OPERATOR, headers: { 'content-type': 'application/zip' } },
      body: (await zipRoster(files)) as Uint8Array<ArrayBuffer>,
    },
  );
  const { operationId } = (await response.json()) as { operationId: string };
  await world.settled();
  return (await (await world.call('GET', `/v1/operations/${operationId}`, OPERATOR)).json()) as Shown;
}

const rowsOf = (file: string, change: (row: string) => string | null): RosterFiles => ({
  ...whole,
  [file]: whole[file]!.split(/\r?\n/)
    .flatMap((row, at) => (at === 0 ? row : (change(row) ?? [])))
    .join('\n'),
});

test.each<[string, () => RosterFiles]>([
  ['refused', () => rowsOf('academicSessions.csv', (row) => row.replace(/\d{4}-\d\d-\d\d/g, '8/1/2015'))],
  ['missing', () => rowsOf('academicSessions.csv', () => null)],
])('terms that are %s archive no chat', async (_, files) => {
  expect((await take(files())).state).toBe('succeeded');
  expect(await stateOf(world)).toEqual(before);
});

test('terms that can be read and end all classes in October wait for a person', async () => {
  const ended = rowsOf('academicSessions.csv', (row) =>
    row.replace(/\d{4}-\d\d-\d\d,\d{4}-\d\d-\d\d/, '2026-09-01,2026-10-01'),
  );
  const held = await take(ended);
  expect(held).toMatchObject({ state: 'held', problems: [{ code: 'roster-incomplete' }] });
  expect(held.problems[0]!.message).toMatch(/кончается сразу: \d+/);
  expect(await stateOf(world)).toEqual(before);
});

test("all teachers' places missing: held, and no school admin stands in for them", async () => {
  const held = await take(rowsOf('enrollments.csv', (row) => (row.includes(',teacher,') ? null : row)));
  expect(held.state).toBe('held');
  expect(held.problems[0]!.message).toMatch(/назначений учителей было [\d\u00a0]+, стало 0/);
  expect(await stateOf(world)).toEqual(before);
});

test('bad rows beyond the first thousand are fetched by page', async () => {
  const bad = Array.from({ length: 1_203 }, (_, at) => `bad${at},,,c0002,${SCHOOL},nobody,student,false,,`);
  const { id, state, result } = await take(withRows(whole, 'enrollments.csv', ...bad));
  expect(state).toBe('succeeded');
  expect(result.rejectedTotal).toBe(1_203);
  expect((result.rejected as unknown[]).length).toBe(1_000);
  const page = async (query: string) =>
    (await (await world.call('GET', `/v1/operations/${id}/rows?${query}`, OPERATOR)).json()) as {
      items: { line: number }[];
      total: number;
    };
  const first = await page('perPage=700&page=1');
  const second = await page('perPage=700&page=2');
  expect([first.total, second.total]).toEqual([1_203, 1_203]);
  const lines = [...first.items, ...second.items].map(({ line }) => line);
  expect(lines.length).toBe(1_203);
  expect(new Set(lines).size).toBe(1_203);
  expect(await page('list=lostFields')).toMatchObject({ items: [], total: 0 });
});

test('a file without a school fails and says why', async () => {
  const none = rowsOf('orgs.csv', (row) => row.replace(',school', ',School'));
  const failed = await take(none);
  expect(failed).toMatchObject({ state: 'failed', problems: [{ code: 'no-school' }] });
  expect(failed.problems[0]!.message).toContain('тип «School»');
});

test('a misprint in the row of a homeroom teacher holds nothing and takes nobody out', async () => {
  let left = 1;
  const misprinted = rowsOf('enrollments.csv', (row) =>
    row.includes(',teacher,') && left-- > 0 ? row.replace(',teacher,', ',teacherr,') : row,
  );
  expect(await take(misprinted)).toMatchObject({ state: 'succeeded', result: { rejectedTotal: 1 } });
  expect(await stateOf(world)).toEqual(before);
});
