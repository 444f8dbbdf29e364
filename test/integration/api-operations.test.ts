import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiWorld, createApiWorld, eventsOf } from '../support/api.ts';
import { everywhere } from '../support/everywhere.ts';
import { addClass, addOperation, addPeople, addSchool, insert } from '../support/seeds.ts';
import { tokenOf } from '../support/tokens.ts';

let world: ApiWorld;
let token: string;
const closing = new AbortController();

beforeAll(async () => {
  world = await createApiWorld({
    env: { LIMIT_STREAM_POLL_MS: '20', LIMIT_STREAM_HEARTBEAT_MS: '100' },
    parts: { closing: closing.signal },
  });
  await addSchool(world.db, 's1');
  token = await tokenOf({ role: 'school-admin', school: 's1' });
});
afterAll(() => world[Symbol.asyncDispose]());

async function update(id: string, state: string, done: number): Promise<void> {
  await sql`update operation set state = ${state}, done = ${done} where id = ${id}`.execute(
    everywhere(world),
  );
}

describe('operations', () => {
  test('are shown as the contract says', async () => {
    const problems = [{ code: 'sferum-not-connected', message: 'Модуль «Чаты» не подключён' }];
    const id = await addOperation(world.db, {
      ...{ school_id: 's1', state: 'failed', done: 3, total: 7, problems, result: { apiCalls: 3 } },
      ...{ started_at: '2026-09-01T06:00:00Z', finished_at: '2026-09-01T09:00:01+03:00' },
    });
    expect(await world.get(`/v1/operations/${id}`, token)).toEqual({
      id,
      kind: 'initialization',
      schoolId: 's1',
      state: 'failed',
      progress: { done: 3, total: 7 },
      result: { apiCalls: 3 },
      problems,
      createdBy: 'someone',
      createdAt: '2026-08-25T00:00:00.000Z',
      startedAt: '2026-09-01T06:00:00.000Z',
      finishedAt: '2026-09-01T06:00:01.000Z',
    });
  });

  test('are listed by school and state, newest first', async () => {
    await addSchool(world.db, 's3');
    const ids: string[] = [];
    for (const [day, state] of [
      ['01', 'held'],
      ['03', 'succeeded'],
      ['02', 'held'],
    ]) {
      ids.push(
        await addOperation(world.db, { school_id: 's3', state, created_at: `2026-09-${day}T00:00:00Z` }),
      );
    }
    const admin = await tokenOf({ role: 'school-admin', school: 's3' });
    const listed = async (query: string) => {
      const page = await world.get<{ items: { id: string }[]; total: number }>(
        `/v1/schools/s3/operations${query}`,
        admin,
      );
      return { ids: page.items.map((o) => o.id), total: page.total };
    };
    expect(await listed('')).toEqual({ ids: [ids[1], ids[2], ids[0]], total: 3 });
    expect(await listed('?state=held')).toEqual({ ids: [ids[2], ids[0]], total: 2 });
    expect(await listed('?perPage=1&page=3')).toEqual({ ids: [ids[0]], total: 3 });
    expect(await listed('?state=queued')).toEqual({ ids: [], total: 0 });
  });
});

describe('the stream of an operation', () => {
  const open = (id: string) => world.request(`/v1/operations/${id}/stream`, { token });

  test('tells each change and ends with the operation', async () => {
    const id = await addOperation(world.db, { school_id: 's1', state: 'running', total: 2 });
    const response = await open(id);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const seen: unknown[] = [];
    for await (const event of eventsOf(response)) {
      if (!event.startsWith('data: ')) continue;
      const { state, progress } = JSON.parse(event.slice('data: '.length)) as {
        state: string;
        progress: { done: number };
      };
      seen.push([state, progress.done]);
      if (seen.length === 1) await update(id, 'running', 1);
      if (seen.length === 2) await update(id, 'held', 1);
      if (seen.length === 3) await update(id, 'succeeded', 2);
    }
    expect(seen).toEqual([
      ['running', 0],
      ['running', 1],
      ['held', 1],
      ['succeeded', 2],
    ]);
  });

  test('of an ended one is one event', async () => {
    const id = await addOperation(world.db, { school_id: 's1', state: 'cancelled' });
    const events: string[] = [];
    for await (const event of eventsOf(await open(id))) events.push(event);
    expect(events).toHaveLength(1);
  });

  test('beats while nothing happens, and ends when the process stops', async () => {
    const id = await addOperation(world.db, { school_id: 's1', state: 'running' });
    const events: string[] = [];
    for await (const event of eventsOf(await open(id))) {
      events.push(event);
      if (event.startsWith(':')) closing.abort();
    }
    const [state, ...beats] = events;
    expect(state).toContain('"state":"running"');
    expect(beats.length).toBeGreaterThan(0);
    // A busy machine may have sent another before it heard of the stop.
    expect(beats.filter((beat) => !beat.startsWith(':'))).toEqual([]);
  });
});

describe('the plan of an operation', () => {
  let id: string;

  beforeAll(async () => {
    await addPeople(world.db, 's1', [
      { id: 'a1', name: 'Абаев Марк Львович', roles: ['student'] },
      { id: 'pa', name: 'Абаева Мария Юрьевна', roles: ['parent'] },
    ]);
    await addClass(world.db, 's1', { id: '5A', title: '5А' });
    await insert(world.db, 'roster_order', [
      {
        ...{ school_id: 's1', id: 'o1', number: '12', issued_on: '2026-08-30', kind: 'enrollment' },
        ...{ effective_on: '2026-09-01', items: [], student_ids: ['a1'] },
        ...{ issued_at: '2026-08-30T00:00:00Z', issued_by: 'e1' },
      },
    ]);
    id = await addOperation(world.db, { school_id: 's1', state: 'held' });
    const ground = { kind: 'enrollment', classId: '5A', since: '2026-09-01', orderId: 'o1' };
    const chatId = randomUUID();
    const parents = randomUUID();
    const add = { action: 'add', chatId, personId: 'a1', grounds: [ground], pending: 'notLinked' };
    const plan = [
      {
        chatId,
        type: 'class',
        title: '5А класс',
        actions: [{ action: 'create', chatId, title: '5А класс', grounds: [] }, add],
      },
      { chatId: randomUUID(), type: 'subject', title: 'Без перемен', actions: [] },
      {
        chatId: parents,
        type: 'parents',
        title: '5А родители',
        actions: [
          {
            ...{ action: 'remove', chatId: parents, personId: 'pa', held: true },
            grounds: [{ kind: 'guardian', classId: '5A', studentId: 'a1' }],
          },
          { action: 'remove', chatId: parents, strangerId: 77, grounds: [] },
        ],
      },
    ];
    let first_action = 0;
    for (const [ordinal, { chatId: chat_id, actions, ...chat }] of plan.entries()) {
      await insert(world.db, 'operation_chat', [
        { operation_id: id, chat_id, school_id: 's1', ordinal, first_action, ...chat, actions },
      ]);
      first_action += actions.length;
    }
  });

  const page = (query: string) =>
    world.get<{ items: Record<string, unknown>[]; total: number }>(
      `/v1/operations/${id}/plan${query}`,
      token,
    );

  test('names people and tells each action in a sentence with its grounds', async () => {
    const { items, total } = await page('');
    expect(total).toBe(4);
    const [create, add, remove, stranger] = items;
    expect(create).toMatchObject({
      action: 'create',
      chatTitle: '5А класс',
      sentence: 'Создать чат «5А класс»',
    });
    expect(add).toMatchObject({
      action: 'add',
      personId: 'a1',
      personName: 'Абаев Марк',
      pending: 'notLinked',
    });
    expect(add!.grounds).toEqual([
      {
        kind: 'enrollment',
        text: 'учится в 5А с 1 сентября (приказ № 12 от 30.08.2026)',
        since: '2026-09-01',
        classId: '5A',
        orderId: 'o1',
        orderNumber: '12',
        orderDate: '2026-08-30',
      },
    ]);
    expect(add!.sentence).toContain('Абаев Марк');
    expect(remove).toMatchObject({ action: 'remove', held: true, personName: 'Абаева Мария Юрьевна' });
    expect(remove!.sentence).toContain('Абаев Марк');
    expect(stranger).toMatchObject({ action: 'remove', strangerId: 77, grounds: [] });
    expect(stranger).not.toHaveProperty('personId');
  });

  test('is paged by actions, also within a chat', async () => {
    const all = (await page('')).items;
    for (const [number, action] of all.entries()) {
      expect(await page(`?perPage=1&page=${number + 1}`)).toMatchObject({ items: [action], total: 4 });
    }
    expect((await page('?perPage=3&page=2')).items).toEqual(all.slice(3));
    expect(await page('?page=9')).toMatchObject({ items: [], total: 4 });
  });

  test('of an operation that plans nothing is empty', async () => {
    const other = await addOperation(world.db, { school_id: 's1' });
    expect(await world.get(`/v1/operations/${other}/plan`, token)).toMatchObject({ items: [], total: 0 });
  });
});
