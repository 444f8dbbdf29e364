/** K4: how ready schools are for a day, by the plan as of that day. */
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { countFigures } from '../../src/outbox/count-figures.ts';
import { ADMIN, type ChatWorld, HOMEROOM_5A, makeChatWorld } from '../support/chat-world.ts';
import { everywhere } from '../support/everywhere.ts';
import { addSchool } from '../support/seeds.ts';
import { tell } from '../support/tell-events.ts';

const OPERATOR = { role: 'operator', school: '*', sub: 'op' } as const;
const NEW_YEAR = { startsOn: '2027-09-01', endsOn: '2028-05-31' };

interface Report {
  day: string;
  state: string;
  readiness: Record<string, Record<string, number>>;
  pupilsWithoutClass: { personId: string; name: string }[];
  classesWithoutTeacher: { classId: string }[];
}
interface Listed {
  day: string;
  items: { id: string; state: string; readiness: object | null; countedAt: string | null }[];
}

let world: ChatWorld;
beforeEach(async () => {
  world = await makeChatWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

const report = (query = '') => world.done<Report>(200, 'GET', `/v1/schools/s1/readiness${query}`, ADMIN);
const region = (query = '') => world.done<Listed>(200, 'GET', `/v1/readiness${query}`, OPERATOR);
const states = ({ items }: Listed) => items.map(({ id, state }) => `${id} ${state}`);

/** States the year that begins: 5А goes on as 6А, in which everybody but Полина has a place. */
async function stateNewYear(): Promise<void> {
  await tell(world, 's1', 'sgo.class.saved', {
    id: 'c6a',
    title: '6А',
    homeroomTeacherIds: ['t1'],
    ...NEW_YEAR,
  });
  await tell(world, 's1', 'sgo.class.saved', { id: 'c6b', title: '6Б', homeroomTeacherIds: [], ...NEW_YEAR });
  const moved = (studentId: string, classId: string, toClassId: string) => ({
    studentId,
    classId,
    toClassId,
  });
  await tell(world, 's1', 'sgo.order.issued', {
    ...{ id: 'o1', number: '31', kind: 'transfer', effectiveOn: '2027-09-01' },
    items: [moved('p1', 'c5a', 'c6a'), moved('p2', 'c5a', 'c6a'), moved('p4', 'c5b', 'c6b')],
  });
  await tell(world, 's1', 'sgo.order.issued', {
    ...{
      id: 'o2',
      number: '32',
      kind: 'withdrawal',
      effectiveOn: '2027-08-31',
      items: [{ studentId: 'p5' }],
    },
  });
}

test('the lists of a school that has no classes of the new year do not reach 1 September', async () => {
  expect(await report()).toMatchObject({ day: '2027-09-01', state: 'unreached', readiness: { reach: 'no' } });
});

test('says what will be created, who comes and goes, and names who is without a class', async () => {
  await stateNewYear();
  const found = await report();
  expect(found).toMatchObject({
    ...{ day: '2027-09-01', state: 'gaps' },
    readiness: {
      reach: 'yes',
      chats: { created: 4, renamed: 0, archived: 5 },
      pupils: { total: 3, joining: 0, leaving: 1, withoutClass: 1 },
      classes: { total: 2, withoutTeacher: 1 },
    },
    pupilsWithoutClass: [{ personId: 'p3', name: 'Загурская Полина' }],
    classesWithoutTeacher: [{ classId: 'c6b', title: '6Б' }],
  });
  expect(found.readiness.estimate!.apiCalls).toBeGreaterThan(0);
  expect(found.readiness.estimate!.seconds).toBeGreaterThan(0);
});

test('says what the day then does: the same figures as its plan «на дату»', async () => {
  await stateNewYear();
  const { readiness } = await report();
  const body = { types: ['staff', 'class', 'parents', 'subject'], dryRun: true, asOf: '2027-09-01' };
  const { operationId } = await world.done<{ operationId: string }>(
    ...([202, 'POST', '/v1/schools/s1/initializations', ADMIN, body] as const),
  );
  await world.settled();
  const { result } = await world.done<{ result: Record<string, Record<string, number>> }>(
    ...([200, 'GET', `/v1/operations/${operationId}`, ADMIN] as const),
  );
  expect(readiness.members).toEqual(result.members);
  expect(readiness.chats!.created).toBe(result.chats!.created);
  expect(readiness.estimate).toEqual(result.estimate);
});

test('a class that goes on as another has its chats renamed, and no new ones', async () => {
  await stateNewYear();
  await tell(world, 's1', 'sgo.class.saved', {
    ...{ id: 'c6a', title: '6А', homeroomTeacherIds: ['t1'], continues: 'c5a' },
    ...NEW_YEAR,
  });
  const { readiness } = await report();
  expect(readiness.chats).toEqual({ created: 2, renamed: 2, archived: 3 });
});

test('changes nothing, and is asked for days to come alone', async () => {
  const before = await worldState();
  await report();
  await report('?day=2026-12-01');
  await region('?day=2026-12-01');
  expect(await worldState()).toEqual(before);
  const past = await world.call('GET', '/v1/schools/s1/readiness?day=2026-09-30', ADMIN);
  expect(past.status).toBe(400);
  expect((await world.call('GET', '/v1/schools/s1/readiness', HOMEROOM_5A)).status).toBe(403);
});

test('all schools are counted in the background, the worst first', async () => {
  await stateNewYear();
  await tell(world, 's1', 'sgo.class.saved', {
    id: 'c6b',
    title: '6Б',
    homeroomTeacherIds: ['t2'],
    ...NEW_YEAR,
  });
  await tell(world, 's1', 'sgo.order.issued', {
    ...{ id: 'o3', number: '33', kind: 'transfer', effectiveOn: '2027-09-01' },
    items: [{ studentId: 'p3', classId: 'c5a', toClassId: 'c6a' }],
  });
  await addSchool(world.ctx.db, 's2');
  await countFigures(world.ctx);
  const listed = await region();
  expect(states(listed)).toEqual(['s2 unreached', 's1 ready']);
  expect(listed.items[1]).toMatchObject({ readiness: { pupils: { total: 4 } } });
  expect(states(await region('?state=ready'))).toEqual(['s1 ready']);
});

test('another day is counted once an operator of all schools has set it, in the place of the one before', async () => {
  const set = (
    day: string,
    who: typeof OPERATOR | { role: 'operator'; school: string; sub: string } = OPERATOR,
  ) => world.call('PUT', '/v1/readiness', who, { day });
  await region('?day=2026-12-01');
  await countFigures(world.ctx);
  expect(states(await region('?day=2026-12-01'))).toEqual(['s1 uncounted']);
  expect((await set('2026-12-01')).status).toBe(200);
  await countFigures(world.ctx);
  const { day, items } = await region('?day=2026-12-01');
  expect({ day, state: items[0]!.state }).toEqual({ day: '2026-12-01', state: 'ready' });
  await set('2026-12-02');
  expect(states(await region('?day=2026-12-01'))).toEqual(['s1 uncounted']);
  expect(states(await region())).toEqual(['s1 unreached']);
  expect((await set('2026-09-30')).status).toBe(400);
  expect((await set('2026-12-03', { ...OPERATOR, school: 's1' })).status).toBe(409);
});

test('a school that changes is counted again, half an hour after its last count at the soonest', async () => {
  await countFigures(world.ctx);
  const first = (await region()).items[0]!.countedAt;
  await stateNewYear();
  await countFigures(world.ctx);
  expect((await region()).items[0]!.countedAt).toBe(first);
  await sql`update school_readiness set counted_at = counted_at - interval '31 minutes'`.execute(
    everywhere(world.ctx),
  );
  await countFigures(world.ctx);
  expect(states(await region())).toEqual(['s1 gaps']);
});

test('a school that cannot be counted keeps no other', async () => {
  await addSchool(world.ctx.db, 's2');
  await sql`update membership set grounds = '5' where school_id = 's1'`.execute(everywhere(world.ctx));
  await countFigures(world.ctx);
  expect(states(await region())).toEqual(['s2 unreached', 's1 uncounted']);
});

test('the figures of a region name nobody', async () => {
  await stateNewYear();
  await countFigures(world.ctx);
  const { rows } = await sql`select * from school_readiness`.execute(everywhere(world.ctx));
  expect(JSON.stringify(rows)).not.toMatch(/Загурская|p3|6Б/);
});

async function worldState(): Promise<unknown> {
  const { rows } =
    await sql`select (select count(*) from chat) as chats, (select count(*) from membership) as members,
    (select count(*) from journal) as journal, (select count(*) from operation) as operations,
    (select json_agg(r order by r.day) from school_readiness r) as readiness,
    (select json_agg(s.value) from setting s where s.key = 'readiness-day') as day`.execute(
      everywhere(world.ctx),
    );
  return rows;
}
