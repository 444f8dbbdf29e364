import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiWorld, createApiWorld } from '../support/api.ts';
import { everywhere } from '../support/everywhere.ts';
import {
  addChat,
  addClass,
  addGroup,
  addGuardian,
  addPeople,
  addSchool,
  enroll,
  insert,
} from '../support/seeds.ts';
import { tokenOf } from '../support/tokens.ts';

interface Page {
  items: Record<string, unknown>[];
  total: number;
  page: number;
  perPage: number;
}

let world: ApiWorld;
let admin: string;
/** The homeroom teacher of 5А, who teaches group g1. */
let teacher: string;
const chats: Record<string, string> = {};

beforeAll(async () => {
  world = await createApiWorld();
  const { db } = world;
  await addSchool(db, 's1');
  await addPeople(db, 's1', [
    { id: 'head', name: 'Яковлева Ольга Петровна', roles: ['administrator'] },
    { id: 't1', name: 'Королёва Анна Ивановна', roles: ['teacher'], sex: 'female', profile: 101 },
    { id: 't2', name: 'Петров Пётр Петрович', roles: ['teacher', 'parent'], sex: 'male', profile: 102 },
    { id: 'a1', name: 'Абаев Марк Львович', roles: ['student'], birthDate: '2015-05-01', profile: 201 },
    { id: 'a2', name: 'Елкина Анна', roles: ['student'], birthDate: '2015-06-01', profile: 202 },
    { id: 'b1', name: 'Ёлкина Анастасия', roles: ['student'], birthDate: '2010-01-02' },
    { id: 'b2', name: 'Ельцов Борис', roles: ['student'], birthDate: '2010-01-03' },
    { id: 'pa', name: 'Абаева-Петрова Мария Юрьевна', roles: ['parent'], birthDate: '1985-01-01' },
    { id: 'pb', name: 'Ельцова Вера Павловна', roles: ['parent'] },
  ]);
  await addClass(db, 's1', { id: '5A', title: '5А', teachers: ['t1'], pupils: ['a1', 'a2'] });
  await addClass(db, 's1', { id: '10B', title: '10Б', teachers: ['t2'], pupils: ['b2'] });
  await enroll(db, 's1', 'class', '5A', ['b1'], '2020-05-31');
  await addGroup(db, 's1', {
    id: 'g1',
    title: '10Б/Химия',
    classId: '10B',
    teachers: ['t1'],
    pupils: ['b1'],
  });
  await addGuardian(db, 's1', 'pa', 'a1');
  await addGuardian(db, 's1', 'pb', 'b2');
  chats.fifth = await addChat(db, 's1', {
    type: 'class',
    title: '5А класс',
    classId: '5A',
    members: { t1: true, a1: false, a2: false },
    sferum: { 101: 'in', 201: 'waiting', 202: 'left', 999: 'in' },
  });
  chats.tenth = await addChat(db, 's1', {
    type: 'class',
    title: '10Б класс',
    classId: '10B',
    members: { t2: true, b2: false },
    sferum: { 102: 'in' },
  });
  chats.parents = await addChat(db, 's1', {
    type: 'parents',
    title: '5А родители',
    classId: '5A',
    members: { t1: true, pa: false },
  });
  chats.subject = await addChat(db, 's1', { type: 'subject', title: '10 *Основы 100%_/10-А (П)' });
  chats.staff = await addChat(db, 's1', {
    type: 'staff',
    title: 'Учительская',
    members: { head: true, t2: false },
  });
  await insert(db, 'exception', [
    {
      ...{ chat_id: chats.fifth, school_id: 's1', person_id: 'b2', member: 'excluded', author_id: 'head' },
      ...{ reason: 'по просьбе', at: '2026-09-02T00:00:00Z' },
    },
  ]);
  // The same ids in another school must change nothing (V4).
  await addSchool(db, 's2');
  await addPeople(db, 's2', [{ id: 'a1', name: 'Чужой Марк', roles: ['student'], profile: 201 }]);
  await addClass(db, 's2', { id: '5A', title: '5А', teachers: ['t1'], pupils: ['a1'] });
  await addChat(db, 's2', { type: 'class', title: '5А класс', members: { a1: true }, sferum: { 201: 'in' } });
  admin = await tokenOf({ role: 'school-admin', school: 's1', sub: 'head' });
  teacher = await tokenOf({ role: 'staff', school: 's1', sub: 't1' });
});
afterAll(() => world[Symbol.asyncDispose]());

const titles = async (query: string, token = admin) =>
  (await world.get<Page>(`/v1/schools/s1/chats${query}`, token)).items.map((chat) => chat.title);
const people = async (query: string, token = admin) =>
  (await world.get<Page>(`/v1/schools/s1/people?perPage=100&${query}`, token)).items.map(
    (person) => person.id,
  );
const asText = (text: string) => encodeURIComponent(text);

describe('chats', () => {
  const NATURAL = ['5А класс', '5А родители', '10 *Основы 100%_/10-А (П)', '10Б класс', 'Учительская'];

  test('B4: come in natural order, and in its reverse', async () => {
    expect(await titles('')).toEqual(NATURAL);
    expect(await titles('?sort=-title')).toEqual([...NATURAL].reverse());
  });

  test.each([
    ['?type=class', ['5А класс', '10Б класс']],
    [`?title=${asText('КЛаСС')}`, ['5А класс', '10Б класс']],
    // Latin A and B among Cyrillic letters, and the other way round.
    [`?title=${asText('5A')}`, ['5А класс', '5А родители']],
    [`?title=${asText('0%_/')}`, ['10 *Основы 100%_/10-А (П)']],
    [`?title=${asText('00005')}`, []],
    [`?lastName=${asText('королева')}`, ['5А класс', '5А родители']],
    [`?lastName=${asText('петрова')}`, ['5А родители']],
    [`?lastName=${asText('ролева')}`, []],
    [`?lastName=${asText("'; drop table chat; --")}`, []],
    [`?type=parents&lastName=${asText('коро')}&title=${asText('роди')}`, ['5А родители']],
  ])('B1, B4: the filter %s finds %o', async (query, expected) => {
    expect(await titles(query)).toEqual(expected);
  });

  test('B2: are shown with their counts, admins and condition', async () => {
    const { items } = await world.get<Page>(`/v1/schools/s1/chats?title=${asText('5А класс')}`, admin);
    expect(items).toEqual([
      {
        id: chats.fifth,
        title: '5А класс',
        type: 'class',
        origin: 'automatic',
        classId: '5A',
        subjectGroupId: null,
        titleByHand: false,
        memberCount: 3,
        inSferumCount: 1,
        admins: [{ id: 't1', name: 'Королёва Анна Ивановна' }],
        condition: {
          status: 'behind',
          reason: null,
          message: null,
          since: '2026-08-25T00:00:00.000Z',
          seenAt: null,
        },
        warning: null,
      },
    ]);
    expect(await world.get(`/v1/chats/${chats.fifth}`, admin)).toEqual(items[0]);
  });

  test('are paged; behind the last page stands the total alone', async () => {
    const second = await world.get<Page>('/v1/schools/s1/chats?perPage=2&page=2', admin);
    expect(second.items.map((chat) => chat.title)).toEqual(NATURAL.slice(2, 4));
    expect(second).toMatchObject({ total: 5, page: 2, perPage: 2 });
    expect(await world.get('/v1/schools/s1/chats?page=9', admin)).toEqual({
      items: [],
      total: 5,
      page: 9,
      perPage: 50,
    });
  });

  test('B5: a teacher sees those he administers or is in', async () => {
    expect(await titles('', teacher)).toEqual(['5А класс', '5А родители']);
  });

  test('deleted ones are gone', async () => {
    const gone = await addChat(world.db, 's1', { type: 'subject', title: 'Удалённый' });
    await sql`update chat set deleted_at = now() where id = ${gone}`.execute(everywhere(world.db));
    expect(await titles('')).toEqual(NATURAL);
    expect((await world.request(`/v1/chats/${gone}`, { token: admin })).status).toBe(404);
  });
});

describe('the members of a chat', () => {
  test('C2: come by name with their grounds in words and what Sferum says of them', async () => {
    const { items, total } = await world.get<Page>(`/v1/chats/${chats.fifth}/members`, admin);
    expect(total).toBe(3);
    expect(items.map((m) => [m.name, m.role, m.admin, m.linked, m.inSferum, m.sferumState])).toEqual([
      ['Абаев Марк', 'student', false, true, false, 'waiting'],
      ['Елкина Анна', 'student', false, true, false, 'left'],
      ['Королёва Анна Ивановна', 'staff', true, true, true, 'in'],
    ]);
    expect(items[0]!.grounds).toEqual([{ kind: 'enrollment', classId: '5A', text: 'учится в 5А' }]);
    expect(items[0]).not.toHaveProperty('exception');
  });

  test('are filtered by surname and paged', async () => {
    const path = `/v1/chats/${chats.fifth}/members`;
    const found = await world.get<Page>(`${path}?lastName=${asText('ЕЛК')}`, admin);
    expect(found.items.map((m) => m.personId)).toEqual(['a2']);
    const second = await world.get<Page>(`${path}?perPage=2&page=2`, admin);
    expect(second).toMatchObject({ items: [{ personId: 't1' }], total: 3, page: 2, perPage: 2 });
  });

  test('who is excluded by hand is shown when asked for, with author and reason', async () => {
    const { items } = await world.get<Page>(`/v1/chats/${chats.fifth}/members?show=excluded`, admin);
    expect(items).toMatchObject([
      {
        personId: 'b2',
        grounds: [],
        exception: {
          member: 'excluded',
          admin: null,
          authorId: 'head',
          reason: 'по просьбе',
          at: '2026-09-02T00:00:00.000Z',
        },
      },
    ]);
  });
});

describe('people', () => {
  test('B4: come by name, ё among е', async () => {
    expect(await people('')).toEqual(['a1', 'pa', 'b1', 'a2', 'b2', 'pb', 't1', 't2', 'head']);
  });

  test.each([
    ['role=staff', ['t1', 't2', 'head']],
    ['role=student', ['a1', 'b1', 'a2', 'b2']],
    // A teacher may be a parent too.
    ['role=parent', ['pa', 'pb', 't2']],
    ['sex=female', ['t1']],
    [`lastName=${asText('ёлк')}`, ['b1', 'a2']],
    [`lastName=${asText('анна')}`, ['a2', 't1']],
    ['classId=5A', ['a1', 'pa', 'a2', 't1']],
    ['classId=5A&role=student', ['a1', 'a2']],
    ['classId=5A&role=parent', ['pa']],
    ['classId=10B&role=staff', ['t1', 't2']],
  ])('C3: %s finds %o', async (query, expected) => {
    expect(await people(query)).toEqual(expected);
  });

  test('C3: say whether they are in the chat that is asked about', async () => {
    const { items } = await world.get<Page>(
      `/v1/schools/s1/people?role=student&chatId=${chats.fifth}`,
      admin,
    );
    expect(items.map((p) => [p.id, p.inChat])).toEqual([
      ['a1', true],
      ['b1', false],
      ['a2', true],
      ['b2', false],
    ]);
  });

  test('a teacher sees staff, the pupils and parents of his classes, the pupils of his groups', async () => {
    expect(await people('', teacher)).toEqual(['a1', 'pa', 'b1', 'a2', 't1', 't2', 'head']);
  });

  test('another teacher sees other pupils; one whose enrollment has ended is no pupil of the class', async () => {
    const other = await tokenOf({ role: 'staff', school: 's1', sub: 't2' });
    expect(await people('role=student', other)).toEqual(['b2']);
  });

  test('birth dates: pupils’ only, to school admins and their homeroom teacher', async () => {
    const dates = async (token: string) =>
      Object.fromEntries(
        (await world.get<Page>('/v1/schools/s1/people?perPage=100', token)).items.flatMap((p) =>
          p.birthDate === undefined ? [] : [[p.id, p.birthDate]],
        ),
      );
    const all = { a1: '2015-05-01', a2: '2015-06-01', b1: '2010-01-02', b2: '2010-01-03' };
    expect(await dates(admin)).toEqual(all);
    expect(await dates(teacher)).toEqual({ a1: all.a1, a2: all.a2 });
    for (const role of ['operator', 'service'] as const) {
      expect(await dates(await tokenOf({ role, school: 's1' }))).toEqual({});
    }
  });
});

test('a page may not be larger than the limit, nor before the first', async () => {
  for (const query of ['perPage=101', 'perPage=0', 'page=0', 'page=x', 'sort=name', 'type=all']) {
    const response = await world.request(`/v1/schools/s1/chats?${query}`, { token: admin });
    expect(response.status).toBe(400);
    const { errors } = (await response.json()) as { errors: { field: string }[] };
    expect(errors[0]!.field).toBe(query.split('=')[0]);
  }
});
