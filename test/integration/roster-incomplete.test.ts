/** J2 through the whole product: what a cut roster file does to chats, and what heals it. */
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeSchool } from '../../src/demo/school/make-school.ts';
import { zipRoster } from '../../src/demo/school/zip-roster.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { everywhere } from '../support/everywhere.ts';
import { type RosterFiles, withRows } from '../support/roster-files.ts';
import { initializeAll, TODAY } from '../support/small-world.ts';
import { stateOf } from '../support/world-state.ts';

const SCHOOL = 'school-2';
const OPERATOR = { role: 'operator', sub: 'operator' } as const;
const NEWCOMER = { id: 'p900', profile: 200_900_000 };
const MONDAY = '2026-10-05T05:00:00Z';
const TUESDAY = '2026-10-06T05:00:00Z';
const WEDNESDAY = '2026-10-07T05:00:00Z';

const whole: RosterFiles = Object.fromEntries(
  Object.entries(makeSchool({ seed: 7, size: 'small', today: TODAY }).files).map(([name, text]) => [
    name,
    String(text),
  ]),
);

/** The same school with one more pupil in 5А. */
function withNewcomer(files: RosterFiles): RosterFiles {
  const { id, profile } = NEWCOMER;
  let next = withRows(files, 'users.csv', `${id},,,true,${id},{VK:${profile}},Олег,Новый,,,,,,,,,,${SCHOOL}`);
  next = withRows(next, 'roles.csv', `${id}-student,,,${id},primary,student,,,${SCHOOL},`);
  return withRows(next, 'enrollments.csv', `e900,,,c0002,${SCHOOL},${id},student,false,2026-09-01,`);
}

/** Three of five places of pupils are missing. */
function cut(files: RosterFiles): RosterFiles {
  const rows = files['enrollments.csv']!.split('\n');
  const places = rows.filter((row) => row.includes(',student,'));
  const lost = new Set(places.filter((_, at) => at % 5 < 3));
  return { ...files, 'enrollments.csv': rows.filter((row) => !lost.has(row)).join('\n') };
}

let world: TestApp;
beforeEach(async () => {
  world = await startTestApp({ now: '2026-10-08T06:00:00Z' });
  expect(await take(whole, MONDAY)).toMatchObject({ state: 'succeeded' });
  expect((await initializeAll(world, SCHOOL)).state).toBe('succeeded');
});
afterEach(() => world[Symbol.asyncDispose]());

async function take(files: RosterFiles, takenAt: string) {
  const response = await world.request(`/v1/roster-imports?takenAt=${takenAt}`, {
    ...{ method: 'POST', as: OPERATOR, headers: { 'content-type': 'application/zip' } },
    body: (await zipRoster(files)) as Uint8Array<ArrayBuffer>,
  });
  expect(response.status).toBe(202);
  const { operationId } = (await response.json()) as { operationId: string };
  await world.settled();
  return shown(operationId);
}

interface Shown {
  id: string;
  state: string;
  problems: { code: string; message: string; schoolId?: string; renumbered?: number }[];
}

async function shown(id: string): Promise<Shown> {
  return (await (await world.call('GET', `/v1/operations/${id}?school=${SCHOOL}`, OPERATOR)).json()) as Shown;
}

async function decide(id: string, decision: 'approve' | 'reject'): Promise<Shown> {
  const response = await world.call(
    'POST',
    `/v1/operations/${id}/${decision}?school=${SCHOOL}`,
    OPERATOR,
    {},
  );
  expect(response.status).toBe(200);
  await world.settled();
  return shown(id);
}

const removals = () => world.sandbox.world.ledger.of('remove').length;

test('J2, reliability 11: a whole roster without 60 % of its enrollments takes nobody out; who is new comes in; the next one heals it', async () => {
  const before = await stateOf(world);
  const held = await take(withNewcomer(cut(whole)), TUESDAY);
  expect(held.state).toBe('held');
  expect(held.problems).toMatchObject([{ code: 'roster-incomplete', schoolId: SCHOOL }]);
  expect(held.problems[0]!.message).toMatch(
    /зачислений было [\d\u00a0]+, стало [\d\u00a0]+\. Никто не исключён/,
  );

  const after = await stateOf(world);
  expect(removals()).toBe(0);
  expect(before.lists.filter((line) => !after.lists.includes(line))).toEqual([]);
  const come = after.lists.filter((line) => !before.lists.includes(line));
  expect(come).toEqual([`5А класс: ${NEWCOMER.id} enrollment`]);
  expect(after.sferum).toEqual({
    ...before.sferum,
    '5А класс': expect.stringContaining(String(NEWCOMER.profile)),
  });

  expect((await take(withNewcomer(whole), WEDNESDAY)).state).toBe('succeeded');
  expect(await stateOf(world)).toEqual(after);
  expect(await world.differences([SCHOOL])).toEqual([]);
  expect(removals()).toBe(0);
});

test('J2, F4: approved, the roster counts as whole – and its crowd of removals waits for the second word, by chat', async () => {
  const { id } = await take(cut(whole), TUESDAY);
  const before = await stateOf(world);
  const accepted = await decide(id, 'approve');
  expect(accepted).toMatchObject({ state: 'held', problems: [{ code: 'removals-held' }] });
  expect(accepted.problems[0]!.message).toMatch(/^Исключений ждут решения: \d+ \(«.+» – \d+/);
  expect((await stateOf(world)).sferum).toEqual(before.sferum);
  expect((await decide(id, 'approve')).state).toBe('succeeded');
  expect(removals()).toBeGreaterThan(0);
  expect(await world.differences([SCHOOL])).toEqual([]);
});

test('K8: what an accepted roster does stands under who accepted it, not under its sender', async () => {
  const { id } = await take(withNewcomer(cut(whole)), TUESDAY);
  const other = { role: 'operator', sub: 'another' } as const;
  const response = await world.call('POST', `/v1/operations/${id}/approve?school=${SCHOOL}`, other, {});
  expect(response.status).toBe(200);
  await world.settled();
  expect((await shown(id)).state).toBe('held');
  const { rows } = await sql<{ line: string }>`
    select distinct concat_ws(' ', split_part(cause, ':', 1), what, author_kind, author_id) as line from journal
    where split_part(cause, ':', 2) = ${id} and what not like 'sferum-%' order by 1`.execute(
    world.ctx.db.of(SCHOOL),
  );
  expect(rows.map(({ line }) => line)).toEqual([
    'approval decision operator another',
    'import add operator operator',
    'import hold-remove operator another',
  ]);
});

test('J2: rejected, everything stays as it was, and the operation says why', async () => {
  const before = await stateOf(world);
  const { id } = await take(cut(whole), TUESDAY);
  expect(await decide(id, 'reject')).toMatchObject({
    state: 'succeeded',
    problems: [{ code: 'roster-incomplete' }],
  });
  expect(await stateOf(world)).toEqual(before);
});

test('one that is older than the newest whole roster changes nothing, asks nothing, and says so', async () => {
  expect((await take(withNewcomer(whole), WEDNESDAY)).state).toBe('succeeded');
  const before = await stateOf(world);
  expect(await take(cut(whole), TUESDAY)).toMatchObject({
    state: 'succeeded',
    problems: [
      { code: 'roster-outdated', schoolId: SCHOOL, newerTakenAt: new Date(WEDNESDAY).toISOString() },
    ],
  });
  expect(await stateOf(world)).toEqual(before);
});

test('held, it ends by itself when a newer whole roster comes: there is nothing left to decide', async () => {
  const { id } = await take(cut(whole), TUESDAY);
  expect((await take(withNewcomer(whole), WEDNESDAY)).state).toBe('succeeded');
  expect(await shown(id)).toMatchObject({
    state: 'succeeded',
    problems: [{ code: 'roster-incomplete' }, { code: 'roster-overtaken' }],
  });
  const { rows } = await sql`select 1 from staged_roster`.execute(everywhere(world.ctx));
  expect(rows).toEqual([]);
});

test('K4: a list that says the same people under other ids is held and says why; nobody leaves a chat', async () => {
  const before = await stateOf(world);
  const pupils = whole['roles.csv']!.split('\n').filter((line) => line.includes(',student,'));
  const ids = new Set(pupils.map((line) => line.split(',')[3]!));
  const renumbered = Object.fromEntries(
    Object.entries(whole).map(([name, text]) => [
      name,
      text.replaceAll(/[^,"\n]+/g, (cell) => (ids.has(cell) ? `new-${cell}` : cell)),
    ]),
  );
  const { state, problems } = await take(renumbered, TUESDAY);
  expect({ state, problems }).toMatchObject({
    state: 'held',
    problems: [{ code: 'roster-incomplete', message: expect.stringContaining('под новыми номерами') }],
  });
  // A namesake born in the same year may be another person.
  expect(problems[0]!.renumbered).toBeGreaterThan(ids.size * 0.9);
  expect(await stateOf(world)).toEqual(before);
  expect(removals()).toBe(0);
  expect((await take(whole, WEDNESDAY)).state).toBe('succeeded');
  expect(await stateOf(world)).toEqual(before);
  expect(removals()).toBe(0);
});
