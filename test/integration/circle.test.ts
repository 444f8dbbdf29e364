/** «Who sees whom»: what a teacher's request names is checked when it is staged, and pages name only people whom the teacher may see. */
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN, type ChatWorld, HOMEROOM_5A, HOMEROOM_5B, OTHER_TEACHER } from '../support/chat-world.ts';

import {
  askPage,
  CHATS,
  namesOf5B,
  PARENT_5B,
  PUPIL_5B,
  stagedBy,
  startCircleWorld,
  type Who,
} from '../support/circle-world.ts';
import { addOperation } from '../support/seeds.ts';

let world: ChatWorld;
let own: string;

beforeAll(async () => {
  world = await startCircleWorld();
  own = await world.chatId('5А класс');
});
afterAll(() => world[Symbol.asyncDispose]());

const page = (path: string, as: Who, fields?: [string, string][]) => askPage(world, path, as, fields);
const staged = (author: string) => stagedBy(world, author);

describe('the picker and the editor', () => {
  const guess = (id: string): [string, string][] => [
    ['shown', id],
    ['on', id],
  ];

  test.each(['add', 'find', 'pick-all'])(
    'a guessed id is not staged by «%s» of the picker',
    async (button) => {
      const fields: [string, string][] = [...guess('p5'), ...guess('m5'), ...guess('nobody'), ['do', button]];
      await page(`/manage/chats/${own}/pick`, HOMEROOM_5A, fields);
      await page('/manage/new/pick', HOMEROOM_5A, fields);
      expect(await staged('t1')).not.toEqual(expect.arrayContaining(['p5']));
      const ids = await staged('t1');
      expect(ids.filter((id) => ['p4', 'p5', 'm5', 'nobody'].includes(id))).toEqual([]);
      for (const show of ['members', 'changes', 'excluded']) {
        expect(
          namesOf5B((await page(`/manage/chats/${own}?show=${show}&perPage=100`, HOMEROOM_5A)).text),
        ).toEqual([]);
      }
    },
  );

  test.each(['restore', 'remove', 'grant', 'tick-all', 'save'])(
    'nor by «%s» of the editor',
    async (button) => {
      const answer = await page(`/manage/chats/${own}`, HOMEROOM_5A, [
        ...guess('p5'),
        ...guess('m5'),
        ['do', button],
      ]);
      const ids = await staged('t1');
      expect(ids.filter((id) => ['p5', 'm5'].includes(id))).toEqual([]);
      expect(namesOf5B(answer.text)).toEqual([]);
      expect(await world.listed(own)).not.toContain('p5');
    },
  );

  test('what was staged when he saw it is named no more, by the page and by the refusal', async () => {
    const group = (teachers: string[]) =>
      sql`update subject_group set teacher_ids = ${teachers} where school_id = 's1' and id = 'art5'`.execute(
        world.ctx.db.of('s1'),
      );
    await group(['t1', 't2']);
    await page(`/manage/chats/${own}/pick`, HOMEROOM_5A, [...guess('p4'), ['do', 'add']]);
    expect((await page(`/manage/chats/${own}?show=changes`, HOMEROOM_5A)).text).toContain('Агеенко');
    await group(['t2']);
    expect((await page(`/manage/chats/${own}?show=changes`, HOMEROOM_5A)).text).not.toContain('Агеенко');
    const refused = await page(`/manage/chats/${own}`, HOMEROOM_5A, [['do', 'save']]);
    expect(refused.status).toBe(404);
    expect(refused.text).not.toContain('Агеенко');
    await page(`/manage/chats/${own}`, HOMEROOM_5A, [['do', 'discard']]);
  });

  test('a person kept out of a chat by hand is shown to those alone who may see that person', async () => {
    const chat = await world.chatId('5Б класс');
    await world.done(200, 'PATCH', `/v1/chats/${chat}`, ADMIN, { members: { remove: ['p5'], add: ['t1'] } });
    const excluded = (who: Who) =>
      world.done<{ items: { personId: string }[] }>(
        200,
        'GET',
        `/v1/chats/${chat}/members?show=excluded`,
        who,
      );
    expect((await excluded(HOMEROOM_5B)).items.map(({ personId }) => personId)).toEqual(['p5']);
    expect((await excluded(HOMEROOM_5A)).items).toEqual([]);
    expect((await page(`/manage/chats/${chat}?show=excluded`, HOMEROOM_5A)).text).not.toContain(PUPIL_5B[1]);
    await world.done(200, 'PATCH', `/v1/chats/${chat}`, ADMIN, { members: { add: ['p5'], remove: ['t1'] } });
  });
});

describe('a person who is not there and one who may not be seen answer alike', () => {
  const changes = (id: string): Record<string, object> => ({
    add: { members: { add: [id] } },
    remove: { members: { remove: [id] } },
    grant: { admins: { grant: [id] } },
    revoke: { admins: { revoke: [id] } },
  });

  test.each(['add', 'remove', 'grant', 'revoke'])('members and admins: %s', async (what) => {
    const answer = async (id: string) => {
      const said = await world.done(404, 'PATCH', `/v1/chats/${own}`, HOMEROOM_5A, changes(id)[what]);
      return JSON.stringify(said).replaceAll(id, 'ID');
    };
    expect(await answer('p5')).toBe(await answer('nobody'));
    expect(await answer('m5')).toBe(await answer('nobody'));
  });

  test('members of a new chat', async () => {
    const answer = async (personId: string) => {
      const body = { type: 'class', classId: 'c5a', title: 'Чат', members: [{ personId }] };
      return JSON.stringify(await world.done(404, 'POST', CHATS, HOMEROOM_5A, body)).replaceAll(
        personId,
        'ID',
      );
    };
    expect(await answer('p5')).toBe(await answer('nobody'));
  });

  test('his page and his grounds', async () => {
    expect(await page('/people/p5', HOMEROOM_5A)).toEqual(await page('/people/nobody', HOMEROOM_5A));
    for (const query of ['', `?chatId=${own}`]) {
      const grounds = (id: string) => world.done(404, 'GET', `/v1/people/${id}/grounds${query}`, HOMEROOM_5A);
      expect(await grounds('p5')).toEqual(await grounds('nobody'));
    }
  });
});

test('a decision about a chat that is none is not one about all', async () => {
  const id = await addOperation(world.ctx.db, { school_id: 's1', kind: 'drift', state: 'held' });
  await sql`update membership set held_by = ${id} where chat_id = ${own} and person_id = 'p3'`.execute(
    world.ctx.db.of('s1'),
  );
  const fields: [string, string][] = [
    ['do', 'reject'],
    ['chat', 'nowhere'],
  ];
  await page(`/manage/operations/${id}/decide`, ADMIN, fields);
  const { rows } = await sql`select o.state, m.held_by is not null as held from operation o
    join membership m on m.held_by = o.id where o.id = ${id}`.execute(world.ctx.db.of('s1'));
  expect(rows).toEqual([{ state: 'held', held: true }]);
  await sql`update membership set held_by = null where held_by = ${id}`.execute(world.ctx.db.of('s1'));
});

test('a child is named in a parent’s ground to those alone who may see the child', async () => {
  const chat = await world.chatId('5Б родители');
  await world.done(200, 'PATCH', `/v1/chats/${chat}`, ADMIN, { members: { add: ['t3'] } });
  const members = await world.done(200, 'GET', `/v1/chats/${chat}/members`, OTHER_TEACHER);
  const own = await world.done(200, 'GET', `/v1/chats/${chat}/members`, HOMEROOM_5B);
  const read = (body: object) => [
    JSON.stringify(body).includes(PUPIL_5B[1]),
    JSON.stringify(body).includes('"p5"'),
  ];
  expect([read(members), read(own)]).toEqual([
    [false, false],
    [true, true],
  ]);
  expect(JSON.stringify(members)).toContain(PARENT_5B[1]);
  const editor = await page(`/manage/chats/${chat}`, OTHER_TEACHER);
  expect([editor.text.includes(PARENT_5B[1]), editor.text.includes(PUPIL_5B[1])]).toEqual([true, false]);
});

test('J8: of those who cannot be reached the chats are named that the teacher is in', async () => {
  await sql`delete from profile_link where school_id = 's1' and person_id in ('p3', 'p4')`.execute(
    world.ctx.db.of('s1'),
  );
  const answer = await world.done<{
    items: { people: { personId: string; chats: { title: string }[] }[] }[];
  }>(...([200, 'GET', '/v1/schools/s1/unreachable?classId=c5a', HOMEROOM_5A] as const));
  const p3 = answer.items.flatMap(({ people }) => people).find(({ personId }) => personId === 'p3');
  expect(p3?.chats.map(({ title }) => title)).toEqual(['5А класс']);
  expect((await page('/unreachable?classId=c5a', HOMEROOM_5A)).text).not.toContain('Рисование');
});
