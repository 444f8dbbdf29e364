/** E2, «who sees whom»: a teacher makes chats of their own classes and groups, with the people of these alone. */
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ChatWorld, HOMEROOM_5A, HOMEROOM_5B } from '../support/chat-world.ts';

import {
  askPage,
  CHATS,
  namesOf5B,
  PUPIL_5B,
  stagedBy,
  startCircleWorld,
  type Who,
} from '../support/circle-world.ts';

let world: ChatWorld;

beforeAll(async () => {
  world = await startCircleWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const page = (path: string, as: Who, fields?: [string, string][]) => askPage(world, path, as, fields);
const staged = (author: string) => stagedBy(world, author);

describe('«Добавить новый чат»', () => {
  test.each(['class', 'parents', 'subject'])(
    '%s of another class is refused as of one that is not there',
    async (type) => {
      const ask = (classId: string) =>
        page('/manage/new', HOMEROOM_5A, [
          ['type', type],
          ['classId', classId],
          ['do', 'fill'],
        ]);
      const [others, none] = [await ask('c5b'), await ask('nowhere')];
      expect(others).toEqual(none);
      expect(others.status).toBe(403);
      expect(namesOf5B((await page('/manage/new', HOMEROOM_5A)).text)).toEqual([]);
      expect(await staged('t1')).toEqual([]);
    },
  );

  test('what was staged of a class that he leads no more is not shown', async () => {
    const fill = await page('/manage/new', HOMEROOM_5B, [
      ['type', 'class'],
      ['classId', 'c5b'],
      ['do', 'fill'],
    ]);
    expect(fill.status).toBe(303);
    expect((await page('/manage/new', HOMEROOM_5B)).text).toContain(PUPIL_5B[1]);
    const led = (by: string) =>
      sql`update class set homeroom_teacher_ids = array[${by}] where school_id = 's1' and id = 'c5b'`.execute(
        world.ctx.db.of('s1'),
      );
    await led('t3');
    const after = await page('/manage/new', HOMEROOM_5B);
    const saved = await page('/manage/new', HOMEROOM_5B, [
      ['type', 'class'],
      ['classId', 'c5b'],
      ['do', 'create'],
      ['title', 'Чужие'],
    ]);
    await led('t2');
    expect(namesOf5B(after.text)).toEqual([]);
    expect(saved.status).toBe(403);
    expect(namesOf5B(saved.text)).toEqual([]);
  });

  test('the API: a class or group that is not his in any field', async () => {
    const bodies = (id: (real: string) => string) => [
      { type: 'class', title: 'Чат', classId: id('c5b') },
      { type: 'class', title: 'Чат', classId: 'c5a', subjectGroupId: id('art5') },
      { type: 'subject', title: 'Чат', classId: id('c5b'), members: [{ personId: 'p1' }] },
      { type: 'subject', title: 'Чат', subjectGroupId: id('art5') },
    ];
    for (const [i, body] of bodies((real) => real).entries()) {
      const answer = await world.done(403, 'POST', CHATS, HOMEROOM_5A, body);
      expect(await world.done(403, 'POST', CHATS, HOMEROOM_5A, bodies(() => 'nowhere')[i])).toEqual(answer);
    }
  });
});

describe('E2: a subject teacher’s own chat', () => {
  const create = (status: number, ...people: string[]) =>
    world.done<{ id: string }>(status, 'POST', CHATS, HOMEROOM_5A, {
      ...{ type: 'subject', subjectGroupId: 'geo5a', title: `География ${people.join(' ')}` },
      members: people.map((personId) => ({ personId })),
    });

  test('takes the pupils and the teachers of his groups, and nobody else', async () => {
    await create(201, 'p1', 'p2', 't3');
    for (const id of ['t2', 'sec', 'a1', 'p3', 'm1']) {
      expect(await create(403, 'p1', id)).toMatchObject({ type: 'person-out-of-reach', personIds: [id] });
    }
  });

  test('is edited with the same people, and its picker offers no others', async () => {
    const { id } = await create(201, 'p1');
    for (const person of ['t2', 'p3', 'm1']) {
      const body = { members: { add: [person] } };
      expect(await world.done(403, 'PATCH', `/v1/chats/${id}`, HOMEROOM_5A, body)).toMatchObject({
        type: 'person-out-of-reach',
      });
    }
    const offered = await page(`/manage/chats/${id}/pick?role=staff&perPage=100`, HOMEROOM_5A);
    expect([offered.text.includes('Ломова'), offered.text.includes('Шевченко')]).toEqual([true, false]);
    await page(`/manage/chats/${id}/pick`, HOMEROOM_5A, [
      ['shown', 't2'],
      ['on', 't2'],
      ['role', 'staff'],
      ['do', 'add'],
    ]);
    expect(await staged('t1')).not.toContain('t2');
  });
});
