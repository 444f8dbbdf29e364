import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp, type TestApp, type Who } from '../support/app.ts';
import { everywhere } from '../support/everywhere.ts';
import { manageRoster, SCHOOL } from '../support/manage-world.ts';
import { initializeAll } from '../support/small-world.ts';

const WHO = {
  admin: { role: 'school-admin', school: SCHOOL, sub: 'a1' },
  homeroom: { role: 'staff', school: SCHOOL, sub: 't1' },
  stranger: { role: 'school-admin', school: 'another', sub: 'a1' },
  dismissed: { role: 'staff', school: SCHOOL, sub: 'nobody' },
  pupil: { role: 'student', school: SCHOOL, sub: 'p1' },
  parent: { role: 'parent', school: SCHOOL, sub: 'm1' },
} as const satisfies Record<string, Who>;
type Role = keyof typeof WHO;

/** 5А's homeroom teacher administers `own`, is in `staffroom`, and has nothing to do with `other`. */
const CHATS = { own: '5А класс', staffroom: 'Учительская', other: '5Б класс' };

/** Address → who may open it. Everybody else is refused. `:own` stands for a chat's id. */
const PAGES: Record<string, Role[]> = {
  '/manage': ['admin', 'homeroom'],
  '/manage/new': ['admin', 'homeroom'],
  '/manage/new/pick': ['admin', 'homeroom'],
  '/manage/initialize': ['admin'],
  '/manage/chats/:own': ['admin', 'homeroom'],
  '/manage/chats/:own/pick': ['admin', 'homeroom'],
  '/manage/chats/:own/delete': ['admin'],
  '/manage/chats/:staffroom': ['admin', 'homeroom'],
  '/manage/chats/:staffroom/pick': ['admin'],
  '/manage/chats/:staffroom/delete': ['admin'],
  '/manage/chats/:other': ['admin'],
  '/manage/chats/:other/pick': ['admin'],
  '/manage/chats/:other/delete': ['admin'],
  '/manage/operations/:run': ['admin'],
  '/manage/operations/:run/progress': ['admin'],
  '/manage/operations/:run/undo': ['admin'],
};

/** What a form sends → who may send it. Allowed ones change nothing. */
const FORMS: [path: string, fields: Record<string, string>, may: Role[]][] = [
  ['/manage/chats/:own', { do: 'tick-all' }, ['admin', 'homeroom']],
  ['/manage/chats/:own', { do: 'grant' }, ['admin', 'homeroom']],
  ['/manage/chats/:staffroom', { do: 'remove' }, ['admin']],
  ['/manage/chats/:staffroom', { do: 'save' }, ['admin']],
  ['/manage/chats/:other', { do: 'find' }, ['admin']],
  ['/manage/chats/:own/pick', { do: 'find' }, ['admin', 'homeroom']],
  ['/manage/chats/:other/pick', { do: 'pick-all' }, ['admin']],
  ['/manage/chats/:own/delete', { title: 'another name' }, ['admin']],
  ['/manage/new', { do: 'fill', type: 'staff' }, ['admin']],
  ['/manage/new', { do: 'fill', type: 'class' }, ['admin', 'homeroom']],
  ['/manage/operations/:run/decide', { do: 'approve' }, ['admin']],
  ['/manage/operations/:run/cancel', {}, ['admin']],
  ['/manage/operations/:run/apply', {}, ['admin']],
];

describe('who may what below /manage (A1, B5, C5, E2, F, G1)', () => {
  let world: TestApp;
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    world = await startTestApp();
    await world.importRoster(manageRoster());
    ids.run = (await initializeAll(world, SCHOOL)).id;
    await world.settled();
    await sql`insert into school (id, name) values ('another', 'Другая школа')`.execute(
      everywhere(world.ctx),
    );
    await sql`insert into sferum_account select * from jsonb_populate_record(null::sferum_account,
      (select to_jsonb(a) || '{"school_id": "another"}' from sferum_account a limit 1))`.execute(
      everywhere(world.ctx),
    );
    for (const [name, title] of Object.entries(CHATS)) {
      const { rows } = await sql<{ id: string }>`select id from chat where title = ${title}`.execute(
        everywhere(world.ctx),
      );
      ids[name] = rows[0]!.id;
    }
  });
  afterAll(() => world?.[Symbol.asyncDispose]());

  const address = (path: string) => path.replace(/:(\w+)/, (_, name: string) => ids[name]!);
  /**
   * Another school's admin opens no page of a chat or operation of this school either. Pages without an id show their
   * own school.
   */
  const rolesAt = (path: string) =>
    (Object.keys(WHO) as Role[]).filter((role) => role !== 'stranger' || path.includes(':'));

  test.each(Object.entries(PAGES))('GET %s is open to %j alone', async (path, may) => {
    const answers = await Promise.all(
      rolesAt(path).map(async (role) => {
        const { status } = await world.request(address(path), {
          as: WHO[role],
          headers: { accept: 'text/html' },
        });
        return [role, status === 200] as const;
      }),
    );
    expect(Object.fromEntries(answers)).toEqual(
      Object.fromEntries(rolesAt(path).map((r) => [r, may.includes(r)])),
    );
  });

  test.each(FORMS)('POST %s %j is open to %j alone', async (path, fields, may) => {
    for (const role of rolesAt(path)) {
      const { status } = await world.request(address(path), {
        method: 'POST',
        as: WHO[role],
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' },
        body: new URLSearchParams(fields).toString(),
      });
      const isRefused = status === 403 || status === 404;
      expect(isRefused, `${role}: ${status}`).toBe(!may.includes(role));
    }
  });

  test('a page without a session says where the way in is', async () => {
    const answer = await world.request('/manage', { headers: { accept: 'text/html' } });
    expect([answer.status, (await answer.text()).includes('Нужен вход')]).toEqual([401, true]);
  });
});
