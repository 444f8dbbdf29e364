/** K4: a source is migrated, and a whole school comes back under other ids: its people and its classes. */
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeSchool } from '../../src/demo/school/make-school.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { everywhere } from '../support/everywhere.ts';
import { newIdOf, underNewIds } from '../support/new-ids.ts';
import type { RosterFiles } from '../support/roster-files.ts';
import { initializeAll, TODAY } from '../support/small-world.ts';

const SCHOOL = 'school-2';
const OPERATOR = { role: 'operator', sub: 'operator' } as const;
const whole: RosterFiles = Object.fromEntries(
  Object.entries(makeSchool({ seed: 7, size: 'small', today: TODAY }).files).map(([name, text]) => [
    name,
    String(text),
  ]),
);
let world: TestApp;
beforeEach(async () => {
  world = await startTestApp({ now: '2026-10-08T06:00:00Z' });
  await world.importRoster(whole, '2026-10-05T05:00:00Z');
  expect((await initializeAll(world, SCHOOL)).state).toBe('succeeded');
});
afterEach(async () => {
  expect(await world.differences([SCHOOL])).toEqual([]);
  await world[Symbol.asyncDispose]();
});

async function ask<Body>(method: string, path: string, body?: object): Promise<Body> {
  const answer = await world.call(method, `/v1/schools/${SCHOOL}/${path}`, OPERATOR, body);
  const said = await answer.json();
  expect({ status: answer.status, said }).toMatchObject({ status: 200 });
  return said as Body;
}
interface Pair {
  personId: string;
  oldPersonId: string;
  doubt: string | null;
  state: string;
}
async function pairs(): Promise<Pair[]> {
  const found: Pair[] = [];
  for (let page = 1; ; page++) {
    const { items, total } = await ask<{ items: Pair[]; total: number }>(
      'GET',
      `person-matches?perPage=100&page=${page}`,
    );
    found.push(...items);
    if (found.length >= total) return found.filter(({ state }) => state === 'open');
  }
}
/** The members of each chat of the sandbox, by the chat's id there. */
const live = () =>
  [...world.sandbox.world.chats.values()].map(({ id, members }) => [id, [...members].sort()]).sort();
const moves = () => {
  const { ledger } = world.sandbox.world;
  return ['add', 'remove', 'create'].map((effect) => ledger.of(effect as 'add').length);
};
async function held(): Promise<string[]> {
  const { rows } = await sql<{
    line: string;
  }>`select kind || ' ' || coalesce(problems->0->>'code', '') as line
    from operation where state = 'held' order by 1`.execute(everywhere(world.ctx));
  return rows.map(({ line }) => line);
}

async function present(): Promise<string[]> {
  const { rows } = await sql<{
    id: string;
  }>`select id from person where present order by id collate "C"`.execute(everywhere(world.ctx));
  return rows.map(({ id }) => id);
}

/** «Admin», an account that is no person's. */
const ADMIN_PAIR = { personId: 'n-a000013', oldPersonId: 'a000013' };

/** Gives the list of every chat, with ids as `idOf` makes them. */
async function listed(idOf: (id: string) => string = (id) => id) {
  const { rows } = await sql<{ chat: string; id: string }>`
    select chat_id as chat, person_id as id from membership`.execute(everywhere(world.ctx));
  return rows.map(({ chat, id }) => `${chat} ${idOf(id)}`).sort();
}

test('the list waits whole; all people are proposed; after a word on them nobody has left a chat', async () => {
  const before = [live(), moves()];
  const expected = await listed(newIdOf);
  const people = await present();
  await world.importRoster(underNewIds(whole), '2026-10-06T05:00:00Z');
  expect(await held()).toEqual(['roster-import roster-incomplete']);
  const found = await pairs();
  expect(found.map(({ oldPersonId }) => oldPersonId).sort()).toEqual(people);
  // The file names the VK profiles, which tell even namesakes apart. СГО gives nothing but the name of «Admin».
  const isSure = ({ doubt, personId, oldPersonId }: Pair) =>
    doubt === null && personId === newIdOf(oldPersonId);
  expect(found.filter((one) => !isSure(one))).toMatchObject([{ ...ADMIN_PAIR, doubt: 'name' }]);
  // The next night's list says the same, and the question stays one.
  await world.importRoster(underNewIds(whole), '2026-10-07T05:00:00Z');
  expect(await held()).toEqual(['roster-import roster-incomplete']);

  await ask('POST', 'person-matches', { same: true });
  await world.settled();
  expect([live(), moves(), await held()]).toEqual([...before, ['roster-import people-to-match']]);
  await ask('POST', 'person-matches', { same: true, matches: [ADMIN_PAIR] });
  await world.settled();
  expect([live(), moves(), await held()]).toEqual([...before, []]);
  expect(await listed()).toEqual(expected);
});

test('people and classes come under new ids in one list: first the people are decided, then the classes', async () => {
  const before = [live(), moves()];
  await world.importRoster(withNewClasses(underNewIds(whole)), '2026-10-06T05:00:00Z');
  await ask('POST', 'person-matches', { same: true });
  await ask('POST', 'person-matches', { same: true, matches: [ADMIN_PAIR] });
  await world.settled();
  expect([live(), moves()]).toEqual(before);
  expect(await held()).toEqual(['class-match classes-to-match']);
  const { items } = await ask<{ items: { classId: string }[] }>('GET', 'class-matches');
  const classIds = items.map(({ classId }) => classId);
  await ask('POST', 'class-matches', { classIds, continues: true });
  await world.settled();
  expect([live(), moves(), await held()]).toEqual([...before, []]);
});

/** Gives every class another id. */
function withNewClasses(files: RosterFiles): RosterFiles {
  const ids = new Set(
    files['classes.csv']!.trim()
      .split('\n')
      .filter((row) => row.includes(',homeroom,'))
      .map((row) => row.split(',')[0]!.trim()),
  );
  const under = (text: string) =>
    text.replaceAll(/[^,"\r\n]+/g, (cell) => (ids.has(cell) ? `n-${cell}` : cell));
  return {
    ...files,
    'classes.csv': under(files['classes.csv']!),
    'enrollments.csv': under(files['enrollments.csv']!),
  };
}
