/** A list that says the same as the newest one is applied right after it is read, and its operation says so. */
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeSchool } from '../../src/demo/school/make-school.ts';
import { zipRoster } from '../../src/demo/school/zip-roster.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { everywhere } from '../support/everywhere.ts';
import { type RosterFiles, withRows } from '../support/roster-files.ts';
import { initializeAll, TODAY } from '../support/small-world.ts';
import { tell } from '../support/tell-events.ts';
import { stateOf } from '../support/world-state.ts';

const SCHOOL = 'school-2';
const OPERATOR = { role: 'operator', sub: 'operator' } as const;
const [MONDAY, TUESDAY, WEDNESDAY, THURSDAY] = ['05', '06', '07', '08'].map(
  (day) => `2026-10-${day}T05:00:00Z`,
) as [string, string, string, string];

/** The moment when the world begins. Events come after it. */
const NOW = '2026-10-08T06:00:00Z';
const AFTER_THE_EVENT = '2026-10-08T06:04:00Z';

const whole: RosterFiles = Object.fromEntries(
  Object.entries(makeSchool({ seed: 7, size: 'small', today: TODAY }).files).map(([name, text]) => [
    name,
    String(text),
  ]),
);
/** The school with two pupils of one profile, of whom one does not get it (A7), and a malformed row. */
const faulty = [
  ['users.csv', `p901,,,true,p901,{VK:200900000},Олег,Первый,,,,,,,,,,${SCHOOL}`],
  ['users.csv', `p902,,,true,p902,{VK:200900000},Олег,Второй,,,,,,,,,,${SCHOOL}`],
  ['roles.csv', `p901-student,,,p901,primary,student,,,${SCHOOL},`],
  ['roles.csv', `p902-student,,,p902,primary,student,,,${SCHOOL},`],
  ['enrollments.csv', `e901,,,c0002,${SCHOOL},nobody,student,false,2026-09-01,`],
].reduce((files, [name, row]) => withRows(files, name!, row!), whole);

let world: TestApp;
beforeEach(async () => {
  world = await startTestApp({ now: NOW });
});
afterEach(() => world[Symbol.asyncDispose]());

async function take(roster: RosterFiles, takenAt: string) {
  const response = await world.request(`/v1/roster-imports?takenAt=${takenAt}`, {
    ...{ method: 'POST', as: OPERATOR, headers: { 'content-type': 'application/zip' } },
    body: (await zipRoster(roster)) as Uint8Array<ArrayBuffer>,
  });
  const { operationId } = (await response.json()) as { operationId: string };
  await world.settled();
  return shown(operationId);
}

async function shown(id: string) {
  const response = await world.call('GET', `/v1/operations/${id}?school=${SCHOOL}`, OPERATOR);
  return (await response.json()) as { id: string; state: string; result: object; problems: object[] };
}

/** The school forgets what its newest list said, so that the next one is stated row by row. */
const forget = () => sql`update school set roster_digest = null`.execute(everywhere(world.ctx));

const staged = async () =>
  (await sql`select from roster_file union all select from staged_roster`.execute(everywhere(world.ctx)))
    .rows;

const lostFieldsOf = async (id: string) => {
  const path = `/v1/operations/${id}/rows?school=${SCHOOL}&list=lostFields`;
  return (await world.call('GET', path, OPERATOR)).json();
};

test('its operation ends as that of a list which is stated row by row', async () => {
  await take(faulty, MONDAY);
  const again = await take(faulty, TUESDAY);
  await forget();
  const rowByRow = await take(faulty, WEDNESDAY);
  expect(again.state).toBe('succeeded');
  expect(again.result).toMatchObject({ lostFieldsTotal: 1 });
  expect(again.result).toEqual(rowByRow.result);
  expect(again.problems).toEqual(rowByRow.problems);
  expect(await lostFieldsOf(again.id)).toEqual(await lostFieldsOf(rowByRow.id));
  expect(await staged()).toEqual([]);
});

test('it sets back what an event has changed, in the chats too', async () => {
  await take(whole, MONDAY);
  expect((await initializeAll(world, SCHOOL)).state).toBe('succeeded');
  const before = await stateOf(world);
  const { rows } = await sql<{ id: string }>`select id from person where present and 'student' = any(roles)
    order by id limit 1`.execute(everywhere(world.ctx));
  await tell(world, SCHOOL, 'sgo.person.removed', { id: rows[0]!.id });
  expect(await stateOf(world)).not.toEqual(before);
  expect((await take(whole, AFTER_THE_EVENT)).state).toBe('succeeded');
  expect(await stateOf(world)).toEqual(before);
  expect(await world.differences([SCHOOL])).toEqual([]);
});

test('a list that waits for a decision ends by it', async () => {
  await take(whole, MONDAY);
  const places = whole['enrollments.csv']!.split('\n');
  const cut = { ...whole, 'enrollments.csv': places.filter((_, at) => at === 0 || at % 5 > 2).join('\n') };
  const { id, state } = await take(cut, TUESDAY);
  expect(state).toBe('held');
  expect((await take(whole, WEDNESDAY)).state).toBe('succeeded');
  expect((await take(whole, THURSDAY)).state).toBe('succeeded');
  expect(await shown(id)).toMatchObject({
    state: 'succeeded',
    problems: [{ code: 'roster-incomplete' }, { code: 'roster-overtaken' }],
  });
  expect(await staged()).toEqual([]);
});
