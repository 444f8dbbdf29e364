/** Who a person is now: rights by the roster of the moment, tokens for one purpose, sessions that end. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { mayAct } from '../../dashboard/may-act.ts';
import type { TokenRole } from '../../src/caller.ts';
import { type ApiWorld, createApiWorld, eventsOf } from '../support/api.ts';
import { entryPath } from '../support/browser.ts';
import { everywhere } from '../support/everywhere.ts';
import { addOperation, addPeople, addSchool } from '../support/seeds.ts';
import { tokenOf } from '../support/tokens.ts';

const PAGE = { accept: 'text/html' };
const ORIGIN = 'https://chats.school.ru';
const env = { PUBLIC_URL: ORIGIN, LIMIT_STREAM_POLL_MS: '100', LIMIT_STREAM_HEARTBEAT_MS: '100' };
let world: ApiWorld;

beforeAll(async () => {
  world = await createApiWorld({ env });
  for (const school of ['s1', 's2']) {
    await addSchool(world.db, school);
    await sql`insert into sferum_account (school_id, community_id, owner_id, token_kind, access_token_sealed, requests_per_second)
      values (${school}, 5, 7, 'user', 'x', 3)`.execute(everywhere(world));
  }
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(async () => {
  await sql`delete from console_session`.execute(everywhere(world));
  await sql`delete from person`.execute(everywhere(world));
  await addPeople(world.db, 's1', [
    { id: 'admin', name: 'Админ Анна', roles: ['administrator'] },
    { id: 'teacher', name: 'Учитель Яна', roles: ['teacher'] },
    { id: 'pupil', name: 'Ученик Пётр', roles: ['student'] },
    { id: 'parent', name: 'Родитель Олег', roles: ['parent'] },
  ]);
});

const leaves = (id: string) =>
  sql`update person set gone_at = now() + interval '1 day', gone_by = 'zz' where id = ${id}`.execute(
    everywhere(world),
  );

async function enter(role: TokenRole, sub: string, cookie = '', school = 's1') {
  const answer = await world.request(await entryPath({ role, school, sub }, '/'), {
    headers: { ...PAGE, cookie },
  });
  return { answer, cookie: answer.headers.get('set-cookie')?.split(';', 1)[0] ?? '' };
}
const at = (path: string, cookie: string, headers: Record<string, string> = {}) =>
  world.request(path, { headers: { ...PAGE, cookie, ...headers } });
const post = (path: string, cookie: string, fields: Record<string, string>) =>
  world.request(path, {
    ...{ method: 'POST', body: new URLSearchParams(fields) },
    headers: { ...PAGE, cookie, origin: ORIGIN },
  });

describe('rights', () => {
  test.each([
    ['operator', { present: false, roles: [] }, true],
    ['school-admin', null, true],
    ['school-admin', { present: true, roles: ['administrator'] }, true],
    ['school-admin', { present: true, roles: ['teacher'] }, false],
    ['school-admin', { present: false, roles: ['administrator'] }, false],
    ['staff', null, true],
    ['staff', { present: false, roles: ['teacher'] }, false],
    ['parent', { present: false, roles: ['parent'] }, false],
    ['student', { present: true, roles: ['student'] }, true],
  ] as const)('of a %s of whom the roster says %j: %s', (role, known, may) => {
    expect(mayAct(role, known && { ...known, roles: [...known.roles] })).toBe(may);
  });

  test.each([
    ['school-admin', 'admin', '/v1/schools/s1/settings'],
    ['staff', 'teacher', '/v1/schools/s1/chats'],
    ['student', 'pupil', '/v1/me'],
    ['parent', 'parent', '/v1/me'],
  ] as const)('of a %s who is gone end at the next request: Bearer and cookie', async (role, sub, path) => {
    const token = await tokenOf({ role, school: 's1', sub });
    const { cookie } = await enter(role, sub);
    expect((await world.request(path, { token })).status).toBe(200);
    expect((await at('/', cookie)).status).toBe(200);
    await leaves(sub);
    expect((await world.request(path, { token })).status).toBe(403);
    expect((await world.request(path, { headers: { cookie } })).status).toBe(403);
    expect((await at('/', cookie)).status).toBe(403);
  });

  test('a school admin whose role is gone is none, whatever his token says', async () => {
    const token = await tokenOf({ role: 'school-admin', school: 's1', sub: 'teacher' });
    expect((await world.request('/v1/schools/s1/settings', { token })).status).toBe(403);
    const { cookie } = await enter('school-admin', 'teacher');
    expect((await at('/settings', cookie)).status).toBe(403);
    const vouched = await tokenOf({ role: 'school-admin', school: 's1', sub: 'never-known' });
    expect((await world.request('/v1/schools/s1/settings', { token: vouched })).status).toBe(200);
  });

  test.each(['person', 'session'] as const)('a stream ends with its %s', async (ends) => {
    const id = await addOperation(world.db, { school_id: 's1', state: 'running' });
    const { cookie } = await enter('school-admin', 'admin');
    const stream = await world.request(`/v1/operations/${id}/stream`, { headers: { cookie } });
    let seen = 0;
    for await (const _ of eventsOf(stream)) {
      seen += 1;
      if (seen === 2) await (ends === 'person' ? leaves('admin') : post('/sign-out', cookie, {}));
    }
    // The stream has ended although the operation goes on.
    expect(seen).toBeLessThan(50);
  });

  test('a token that lives longer than twelve hours is refused', async () => {
    const lasting = (exp: number) => tokenOf({ role: 'operator', school: '*' }, { exp });
    const settings = '/v1/schools/s1/settings';
    expect((await world.request(settings, { token: await lasting(12 * 3600) })).status).toBe(200);
    const answer = await world.request(settings, { token: await lasting(12 * 3600 + 120) });
    expect([answer.status, ((await answer.json()) as { type: string }).type]).toEqual([
      401,
      'token-too-long',
    ]);
  });

  test('security reads who looked and the journal, and changes nothing', async () => {
    const token = await tokenOf({ role: 'security', school: 's1', sub: 'guard' });
    for (const path of ['access', 'journal']) {
      expect((await world.request(`/v1/schools/s1/${path}`, { token })).status).toBe(200);
      expect((await world.request(`/v1/schools/s2/${path}`, { token })).status).toBe(404);
    }
    expect((await world.request('/v1/schools/s1/settings', { token })).status).toBe(403);
    expect((await enter('security', 'guard')).answer.status).toBe(403);
  });
});

describe('a token serves one purpose', () => {
  test.each([
    ['that opened a session', 'staff', {}],
    ['that came too late', 'staff', { ageSeconds: 400 }],
    ['without an id', 'staff', { jti: null }],
    ['of a service', 'service', {}],
  ] as const)('one %s is no Bearer', async (_, role, spoil) => {
    const path = await entryPath({ role, school: 's1', sub: 'teacher' }, '/', spoil);
    const token = new URLSearchParams(path.split('?')[1]).get('token')!;
    const ask = () => world.request(role === 'service' ? '/v1/schools/s1/operations' : '/v1/me', { token });
    expect((await ask()).status).toBe(200);
    await world.request(path, { method: 'HEAD', headers: PAGE });
    expect((await ask()).status).toBe(200);
    await world.request(path, { headers: PAGE });
    expect((await ask()).status).toBe(401);
  });

  test('HEAD opens nothing', async () => {
    const path = await entryPath({ role: 'staff', school: 's1', sub: 'teacher' }, '/');
    const head = await world.request(path, { method: 'HEAD', headers: PAGE });
    expect(head.headers.get('set-cookie')).toBeNull();
    expect((await world.request(path, { headers: PAGE })).status).toBe(303);
  });

  test('how an operator signed in is kept, and can be asked for', async () => {
    await using strict = await createApiWorld({ env: { ...env, OPERATOR_ACR: 'loa3, loa4' } });
    await addSchool(strict.db, 's1');
    const settings = async (acr?: string) =>
      (
        await strict.request('/v1/schools/s1/settings', {
          token: await tokenOf({ role: 'operator', school: '*' }, acr === undefined ? {} : { acr }),
        })
      ).status;
    expect([await settings('loa3'), await settings('loa1'), await settings()]).toEqual([200, 401, 401]);
    const path = `/sso?token=${await tokenOf({ role: 'operator', school: '*', sub: 'op' }, { acr: 'loa4', jti: randomUUID() })}`;
    expect((await strict.request(path, { headers: PAGE })).status).toBe(303);
    const { rows } = await sql`select acr from console_session where subject = 'op'`.execute(
      everywhere(strict),
    );
    expect(rows).toEqual([{ acr: 'loa4' }]);
  });
});

describe('a session', () => {
  const used = (minutesAgo: number) =>
    sql`update console_session set used_at = now() - make_interval(mins => ${minutesAgo})`.execute(
      everywhere(world),
    );

  test('of that browser ends with a new sign-in of the same person', async () => {
    const first = await enter('student', 'pupil');
    const second = await enter('student', 'pupil', first.cookie);
    expect(second.answer.status).toBe(303);
    expect((await at('/', first.cookie)).status).toBe(401);
    expect((await at('/', second.cookie)).status).toBe(200);
  });

  test('that nobody uses ends; what a page does by itself is no use', async () => {
    const { cookie } = await enter('student', 'pupil');
    await used(29);
    expect((await at('/', cookie, { 'x-refresh': '1' })).status).toBe(200);
    expect((await at('/?refresh=1', cookie)).status).toBe(200);
    await used(31);
    expect((await at('/', cookie)).status).toBe(401);
    const again = await enter('student', 'pupil');
    await used(29);
    expect((await at('/', again.cookie)).status).toBe(200);
    const { rows } = await sql<{ fresh: boolean }>`
      select bool_or(used_at > now() - interval '1 minute') as fresh from console_session`.execute(
      everywhere(world),
    );
    expect(rows).toEqual([{ fresh: true }]);
  });

  test('ends after as long as its school says', async () => {
    const { cookie } = await enter('student', 'pupil');
    await sql`update school set session_idle_minutes = 5 where id = 's1'`.execute(everywhere(world));
    await used(6);
    expect((await at('/', cookie)).status).toBe(401);
    await sql`update school set session_idle_minutes = null`.execute(everywhere(world));
  });

  test('signing out clears what the browser kept', async () => {
    const { cookie } = await enter('student', 'pupil');
    const out = await post('/sign-out', cookie, {});
    expect(out.headers.get('clear-site-data')).toContain('"cookies"');
  });

  test('of another person asks before it is taken over, and the token is not lost meanwhile', async () => {
    const mine = await enter('student', 'pupil');
    const path = await entryPath({ role: 'staff', school: 's1', sub: 'teacher' }, '/manage');
    const asked = await at(path, mine.cookie);
    expect(asked.status).toBe(200);
    expect(asked.headers.get('set-cookie')).toBeNull();
    const page = await asked.text();
    expect(page).toContain('Войти другим пользователем?');
    expect((await at('/', mine.cookie)).status).toBe(200);
    const token = /name="token" value="([^"]+)"/.exec(page)![1]!;
    const evil = await world.request('/sso', {
      ...{ method: 'POST', body: new URLSearchParams({ token, to: '/manage' }) },
      headers: { ...PAGE, cookie: mine.cookie, origin: 'https://evil.ru' },
    });
    expect(evil.status).toBe(403);
    const sure = await post('/sso', mine.cookie, { token, to: '/manage' });
    expect(sure.headers.get('location')).toBe('/manage');
    expect((await at('/', mine.cookie)).status).toBe(401);
    expect((await post('/sso', '', { token, to: '/' })).status).toBe(401);
  });

  test('is seen and ended by its person alone', async () => {
    const here = await enter('student', 'pupil');
    const there = await enter('student', 'pupil');
    const stranger = await enter('parent', 'parent');
    const list = async (cookie: string) =>
      (
        (await (await world.request('/v1/me/sessions', { headers: { cookie } })).json()) as {
          items: { id: string }[];
        }
      ).items;
    const own = await list(here.cookie);
    expect(own).toHaveLength(2);
    const [foreign] = await list(stranger.cookie);
    const page = await (await at('/sessions', here.cookie)).text();
    expect(page).toContain('этот сеанс');
    expect(page).not.toContain(foreign!.id);
    expect((await post('/sessions/end', here.cookie, { session: foreign!.id })).status).toBe(404);
    expect((await at('/', stranger.cookie)).status).toBe(200);
    const token = await tokenOf({ role: 'student', school: 's1', sub: 'pupil' });
    const end = (id: string) => world.request(`/v1/me/sessions/${id}`, { method: 'DELETE', token });
    expect((await end(foreign!.id)).status).toBe(404);
    for (const { id } of own) expect((await end(id)).status).toBe(204);
    expect([(await at('/', here.cookie)).status, (await at('/', there.cookie)).status]).toEqual([401, 401]);
  });

  test('of a person or a school is ended by an operator', async () => {
    const pupil = await enter('student', 'pupil');
    const parent = await enter('parent', 'parent');
    const elsewhere = await enter('student', 'pupil', '', 's2');
    const token = await tokenOf({ role: 'operator', school: '*' });
    const end = async (query: string) => {
      const answer = await world.request(`/v1/sessions${query}`, { method: 'DELETE', token });
      return [answer.status, ((await answer.json()) as { ended?: number }).ended];
    };
    expect((await end(''))[0]).toBe(400);
    expect(await end('?school=s1&personId=pupil')).toEqual([200, 1]);
    expect([(await at('/', pupil.cookie)).status, (await at('/', parent.cookie)).status]).toEqual([401, 200]);
    expect(await end('?school=s1')).toEqual([200, 1]);
    expect((await at('/', parent.cookie)).status).toBe(401);
    expect((await at('/', elsewhere.cookie)).status).toBe(200);
    const admin = await tokenOf({ role: 'school-admin', school: 's1', sub: 'admin' });
    expect((await world.request('/v1/sessions?school=s1', { method: 'DELETE', token: admin })).status).toBe(
      403,
    );
    const dismissed = await enter('operator', 'dismissed', '', '*');
    const bound = await tokenOf({ role: 'operator', school: 's1' });
    const all = '/v1/sessions?school=*&personId=dismissed';
    expect((await world.request(all, { method: 'DELETE', token: bound })).status).toBe(404);
    expect((await at('/schools', dismissed.cookie)).status).not.toBe(401);
    expect(await end('?school=*&personId=dismissed')).toEqual([200, 1]);
    expect((await at('/schools', dismissed.cookie)).status).toBe(401);
  });
});
