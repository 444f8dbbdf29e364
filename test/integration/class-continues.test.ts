/** K4: a class under a new id goes on with the chats of the old one, from the event to Sferum. */
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { everywhere } from '../support/everywhere.ts';
import { hearingWorld } from '../support/hearing-world.ts';

const school = hearingWorld();
const { event, hear, moved } = school;

const saved = (own: object = {}) => ({
  ...{ id: 'c6', title: '6А', homeroomTeacherIds: ['t1'], continues: 'c5a' },
  ...own,
});
const CHATS = ['класс', 'родители'] as const;
const idsOf = (title: string) => Promise.all(CHATS.map((kind) => school.world.chatId(`${title} ${kind}`)));
const inSferum = (title: string) => CHATS.map((kind) => school.world.inSferum(`${title} ${kind}`));
const rename = { id: 'c5a', title: '5А', homeroomTeacherIds: ['t1'] };
const pupils = ['p1', 'p2', 'p3'];
const place = (classId: string, toClassId: string) =>
  pupils.map((studentId) => ({ studentId, classId, toClassId }));

/** Gives who was added or removed at Sferum, or taken off a list, since the chats were made. */
async function comings(): Promise<string[]> {
  const { rows } = await sql<{ line: string }>`
    select what || ' ' || coalesce(person_id, '') as line from journal
    where what in ('add', 'remove', 'hold-remove', 'create') and cause not like 'initialization:%' order by id`.execute(
    everywhere(school.world.ctx),
  );
  return rows.map(({ line }) => line);
}

/** Chats of the sandbox with their titles, by peer: the same chat is renamed, no new one is made. */
const live = () =>
  new Map([...school.world.sandbox.world.chats].map(([peer, chat]) => [String(peer), chat.title]));

const group = (id: string, own: object) =>
  event('sgo.subject-group.saved', {
    ...{ id, subject: 'География', teacherIds: ['t1'], studentIds: ['p1', 'p2'] },
    ...own,
  });

describe('a class that continues another (K4)', () => {
  const SAVED = () => event('sgo.class.saved', saved());
  const CLOSED = () => event('sgo.class.closed', { id: 'c5a' });
  const ORDER = () => moved('o1', place('c5a', 'c6'));
  test.each([
    ['said, then ordered, then closed', [SAVED, ORDER, CLOSED]],
    ['closed first', [CLOSED, SAVED, ORDER]],
    ['said while the old one lives on', [SAVED, ORDER]],
    ['said after the old one was closed, the pupils in between', [SAVED, CLOSED, ORDER]],
  ])('%s: the same chats, renamed, and nobody leaves or comes back', async (_, steps) => {
    const before = await idsOf('5А');
    const people = inSferum('5А');
    const peers = [...live().keys()];
    for (const step of steps) await hear(step());
    expect(await idsOf('6А')).toEqual(before);
    expect(inSferum('6А')).toEqual(people);
    expect([...live().keys()]).toEqual(peers);
    expect([...live().values()].filter((title) => title.startsWith('5А '))).toEqual([]);
    expect(await comings()).toEqual([]);
  });

  test('the chats of its groups go on with the groups of the same name, whenever these come', async () => {
    const before = await school.world.chatId('5А/География');
    const people = school.world.inSferum('5А/География');
    await hear(SAVED());
    await hear(ORDER());
    expect(school.world.inSferum('5А/География')).toBe(people);
    await hear(group('geo6', { title: '6А/География', classId: 'c6' }));
    await hear(event('sgo.subject-group.removed', { id: 'geo5a' }), CLOSED());
    expect(await school.world.chatId('6А/География')).toBe(before);
    expect(school.world.inSferum('6А/География')).toBe(people);
    expect(await comings()).toEqual([]);
  });

  test('in one batch, repeated, and late: it counts once and the newest word stands', async () => {
    const before = await idsOf('5А');
    const said = SAVED();
    await hear(CLOSED(), said, ORDER());
    expect(await hear(said)).toMatchObject({ accepted: 0, duplicates: 1 });
    await hear(event('sgo.class.saved', saved({ title: '6В', continues: undefined })));
    expect(await idsOf('6В')).toEqual(before);
    await hear(event('sgo.class.saved', saved({ title: 'old' }), { time: '2026-10-01T08:30:00Z' }));
    expect(await idsOf('6В')).toEqual(before);
    expect(await comings()).toEqual([]);
  });

  test('pupils who are placed elsewhere leave, those of whom nothing is said stay', async () => {
    const before = await idsOf('5А');
    await hear(CLOSED(), SAVED());
    await hear(moved('o1', [{ studentId: 'p3', classId: 'c5a', toClassId: 'c5b' }]));
    expect(await idsOf('6А')).toEqual(before);
    expect(inSferum('6А')[0]).toBe('101* 201 202');
  });

  test('a new class under the id of the old one gets chats of its own', async () => {
    const before = await idsOf('5А');
    await hear(CLOSED(), SAVED(), ORDER());
    await hear(event('sgo.class.closed', { id: 'c6' }));
    await hear(
      event('sgo.class.saved', rename),
      moved('o2', [{ studentId: 'p4', classId: 'c5b', toClassId: 'c5a' }]),
    );
    expect(await idsOf('6А')).toEqual(before);
    expect(await idsOf('5А')).not.toEqual(before);
    expect(inSferum('5А')[0]).toBe('101* 204');
  });

  test.each([
    ['itself', saved({ id: 'c5a' }), /собственным продолжением/],
    ['no id', saved({ continues: 7 }), /continues: не строка/],
  ])('%s is refused and changes nothing', async (_, data, message) => {
    const { rejected } = await hear(event('sgo.class.saved', data));
    expect(rejected).toEqual([{ id: expect.any(String), message: expect.stringMatching(message) }]);
    expect(await comings()).toEqual([]);
  });

  test('a class that another continues already, and a circle, are refused', async () => {
    const before = await idsOf('5А');
    await hear(SAVED());
    const second = event('sgo.class.saved', saved({ id: 'c7', title: '6Б' }));
    const circle = event('sgo.class.saved', { ...rename, continues: 'c6' });
    expect((await hear(second, circle)).rejected.map(({ message }) => message)).toEqual([
      'data.continues: этот класс уже продолжает другой',
      'data.continues: классы продолжали бы друг друга по кругу',
    ]);
    expect(await idsOf('6А')).toEqual(before);
  });

  test('an unknown class, or one of another school, has no chats to go on with', async () => {
    const before = await idsOf('5А');
    await hear(event('sgo.class.saved', saved({ continues: 'nowhere' })));
    expect(await idsOf('5А')).toEqual(before);
    expect(await idsOf('6А')).toHaveLength(2);
  });
});
