/** K4: classes that a list names under new ids, from the list to the members of each chat in the sandbox. */
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { ADMIN, type ChatWorld, HOMEROOM_5A, linkedRoster } from '../support/chat-world.ts';
import { eachWithChatWorld } from '../support/each-chat-world.ts';
import { everywhere } from '../support/everywhere.ts';
import type { RosterFiles } from '../support/roster-files.ts';
import { tell } from '../support/tell-events.ts';

const MATCHES = '/v1/schools/s1/class-matches';
let world: ChatWorld;
eachWithChatWorld((given) => {
  world = given;
});

/** The roster of the new year: 5А is 6А under another id, and so is its group. */
function turned(files: RosterFiles = linkedRoster()): RosterFiles {
  const all = (file: string, pairs: [string, string][]) =>
    pairs.reduce((text, [from, to]) => text.replaceAll(from, to), files[file]!);
  const ids: [string, string][] = [
    ['c5a,', 'c6a,'],
    ['geo5a,', 'geo6a,'],
  ];
  return {
    ...files,
    'classes.csv': all('classes.csv', [...ids, ['5А,', '6А,'], ['5А/', '6А/']]),
    'enrollments.csv': all('enrollments.csv', ids),
  };
}
const OLD = ['5А класс', '5А родители', '5А/География'];
const NEW = ['6А класс', '6А родители', '6А/География'];
const idsOf = (titles: string[]) => Promise.all(titles.map((title) => world.chatId(title)));
const live = (titles: string[]) => titles.map((title) => world.inSferum(title));
const bring = (files = turned(), day = 2) => world.importRoster(files, `2026-10-01T08:0${day}:00Z`);
const decide = (status: number, continues: boolean, classIds = ['c6a'], as: object = ADMIN) =>
  world.done<{ items?: object[]; type?: string }>(status, 'POST', MATCHES, as as typeof ADMIN, {
    classIds,
    continues,
  });

async function comings(): Promise<string[]> {
  const { rows } = await sql<{ line: string }>`
    select what || ' ' || coalesce(person_id, '') as line from journal
    where what in ('add', 'remove', 'hold-remove', 'create') and cause not like 'initialization:%' order by id`.execute(
    everywhere(world.ctx),
  );
  return rows.map(({ line }) => line);
}
async function held(): Promise<string[]> {
  const { rows } = await sql<{ kind: string }>`select kind from operation where state = 'held'`.execute(
    everywhere(world.ctx),
  );
  return rows.map(({ kind }) => kind);
}

describe('a list brings a class under another id (K4)', () => {
  test('it is proposed; until somebody decides nobody moves and no chat is made; «Продолжить» keeps chats and people', async () => {
    const before = await idsOf(OLD);
    const people = live(OLD);
    await bring();
    expect(await world.done(200, 'GET', MATCHES, ADMIN)).toEqual({
      items: [
        {
          ...{ classId: 'c6a', title: '6А', oldClassId: 'c5a', oldTitle: '5А', state: 'open' },
          ...{ common: 3, pupils: 3, oldPupils: 3, decidedAt: null, proposedAt: expect.any(String) },
        },
      ],
    });
    expect(await held()).toEqual(['class-match']);
    await bring(turned(), 3);
    expect([live(OLD), live(NEW)]).toEqual([people, [null, null, null]]);
    expect(await comings()).toEqual([]);

    expect((await decide(200, true)).items).toMatchObject([{ state: 'continued' }]);
    await world.settled();
    expect(await idsOf(NEW)).toEqual(before);
    expect([live(NEW), live(OLD)]).toEqual([people, [null, null, null]]);
    expect(await comings()).toEqual([]);
    expect(await held()).toEqual([]);
    const { rows } =
      await sql`select author_id as author, what from journal where what = 'class-match'`.execute(
        everywhere(world.ctx),
      );
    expect(rows).toEqual([{ author: 'a1', what: 'class-match' }]);
    expect((await decide(409, false)).type).toMatch(/class-decided$/);
  });

  test('«Это другой класс»: the new class gets chats of its own, the old ones stay archived, and it is not asked again', async () => {
    const before = await idsOf(OLD);
    const people = live(OLD);
    await bring();
    await decide(200, false);
    await world.settled();
    expect(await idsOf(OLD)).toEqual(before);
    expect([live(OLD), live(NEW)]).toEqual([people, people]);
    await bring(turned(), 3);
    expect(await held()).toEqual([]);
  });

  test.each([
    ['approve', 200, true],
    ['reject', 200, false],
  ])('the operation that waits is decided whole by «%s»', async (decision, status, continues) => {
    const people = live(OLD);
    await bring();
    const { items } = await world.done<{ items: { id: string }[] }>(
      ...([200, 'GET', '/v1/schools/s1/operations?state=held', ADMIN] as const),
    );
    expect(items).toHaveLength(1);
    await world.done(status, 'POST', `/v1/operations/${items[0]!.id}/${decision}`, ADMIN, {});
    await world.settled();
    expect(live(NEW)).toEqual(people);
    expect(live(OLD)).toEqual(continues ? [null, null, null] : people);
    expect(await held()).toEqual([]);
  });

  test('the old class comes back, or СГО says the new one continues it: nothing is left to decide', async () => {
    const people = live(OLD);
    await bring();
    await bring(linkedRoster(), 3);
    expect(await held()).toEqual([]);
    await bring(turned(), 4);
    expect(await held()).toEqual(['class-match']);
    await tell(world, 's1', 'sgo.class.saved', {
      ...{ id: 'c6a', title: '6А', homeroomTeacherIds: ['t1'], continues: 'c5a' },
    });
    expect(live(NEW)).toEqual(people);
    expect(await held()).toEqual([]);
    expect(await comings()).toEqual([]);
  });

  test('a class that nobody has proposed, a teacher and another school are refused, and nothing changes', async () => {
    const people = live(OLD);
    await bring();
    await decide(404, true, ['c6a', 'c5b']);
    await decide(403, true, ['c6a'], HOMEROOM_5A);
    await decide(404, true, ['c6a'], { role: 'school-admin', school: 's2', sub: 'a1' });
    await decide(400, true, []);
    expect(await held()).toEqual(['class-match']);
    expect([live(OLD), await comings()]).toEqual([people, []]);
  });
});
