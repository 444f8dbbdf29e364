import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { localPath } from '../../dashboard/console/entry/local-path.ts';
import { firstScreen } from '../../dashboard/console/visitor.ts';
import type { TokenRole } from '../../src/caller.ts';
import { type ApiWorld, createApiWorld } from '../support/api.ts';
import { entryPath } from '../support/browser.ts';
import { everywhere } from '../support/everywhere.ts';
import { sealedToken } from '../support/sealed-token.ts';
import { addPeople, addSchool } from '../support/seeds.ts';
import { tokenOf } from '../support/tokens.ts';

const PAGE = { accept: 'text/html' };
const PUBLIC_URL = 'https://chats.school.ru';
let world: ApiWorld;

beforeAll(async () => {
  world = await createApiWorld({ env: { PUBLIC_URL } });
  for (const school of ['s1', 's2']) {
    await addSchool(world.db, school);
    await addPeople(world.db, school, [
      { id: 'teacher', name: 'Учитель Анна Ивановна', roles: ['teacher'] },
      { id: 'pupil', name: 'Ученик Пётр', roles: ['student'] },
    ]);
  }
  await connect('s1');
});
afterAll(() => world[Symbol.asyncDispose]());

async function connect(school: string): Promise<void> {
  await sql`insert into sferum_account (school_id, community_id, owner_id, token_kind, access_token_sealed, requests_per_second)
    values (${school}, 5, 7, 'user', ${sealedToken(world.ctx, school)}, 3)`.execute(everywhere(world));
}

/** Follows СГО's link. Gives the cookie for later requests. */
async function enter(
  role: TokenRole,
  sub: string,
  school = 's1',
): Promise<{ cookie: string; answer: Response }> {
  const answer = await world.request(await entryPath({ role, school, sub }, '/manage'), { headers: PAGE });
  const cookie = answer.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
  return { cookie, answer };
}

const at = (path: string, cookie: string, init: RequestInit = {}) =>
  world.request(path, { ...init, headers: { ...PAGE, cookie, ...(init.headers as Record<string, string>) } });

describe('the link from СГО', () => {
  test('opens a session and leads where it says, with a cookie that scripts and plain http do not see', async () => {
    const { answer, cookie } = await enter('staff', 'teacher');
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe('/manage');
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    expect(answer.headers.get('set-cookie')).toMatch(
      /^__Host-session=[\w-]{43}; Max-Age=28800; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    expect((await at('/', cookie)).status).toBe(200);
  });

  test('works once, and its token is no Bearer afterwards', async () => {
    const path = await entryPath({ role: 'staff', school: 's1', sub: 'teacher' }, '/');
    const token = new URLSearchParams(path.split('?')[1]).get('token')!;
    expect((await world.request('/v1/me', { token })).status).toBe(200);
    expect((await world.request(path, { headers: PAGE })).status).toBe(303);
    const again = await world.request(path, { headers: PAGE });
    expect(again.status).toBe(401);
    expect(await again.text()).toContain('Ссылка уже использована');
    expect(again.headers.get('set-cookie')).toBeNull();
    expect((await world.request('/v1/me', { token })).status).toBe(401);
  });

  test.each([
    ['older than five minutes', { ageSeconds: 301 }, 'Ссылка устарела'],
    ['from the future', { ageSeconds: -120 }, 'Ссылка устарела'],
    ['without an id', { jti: null }, 'Нужен вход'],
  ])('%s is refused', async (_, spoil, told) => {
    const path = await entryPath({ role: 'staff', school: 's1', sub: 'teacher' }, '/', spoil);
    const answer = await world.request(path, { headers: PAGE });
    expect(answer.status).toBe(401);
    expect(await answer.text()).toContain(told);
  });

  test('of a service is refused, as are no token and a foreign one', async () => {
    expect((await enter('service', 'sgo')).answer.status).toBe(403);
    expect((await world.request('/sso', { headers: PAGE })).status).toBe(401);
    const foreign = await tokenOf({ role: 'staff', school: 's1' }, { secret: 'x'.repeat(40) });
    expect((await world.request(`/sso?token=${foreign}`, { headers: PAGE })).status).toBe(401);
  });

  test('the token is in no line of the log', async () => {
    const jti = randomUUID();
    const path = await entryPath({ role: 'staff', school: 's1', sub: 'teacher' }, '/', { jti });
    await world.request(path, { headers: PAGE });
    const token = new URLSearchParams(path.split('?')[1]).get('token')!;
    expect(world.logged.length).toBeGreaterThan(0);
    expect(world.logged.filter((line) => line.includes(token.slice(0, 40)))).toEqual([]);
  });

  test.each([
    ['/manage?type=class#x', '/manage?type=class#x'],
    ['//evil.ru', '/'],
    ['/\\evil.ru', '/'],
    ['/\t/evil.ru', '/'],
    ['https://evil.ru', '/'],
    ['evil', '/'],
    [undefined, '/'],
  ])('leads to %j by going to %j', (to, leads) => {
    expect(localPath(to)).toBe(leads);
  });
});

describe('a session', () => {
  test('ends for good with signing out, wherever its cookie went', async () => {
    const { cookie } = await enter('student', 'pupil');
    const out = await at('/sign-out', cookie, { method: 'POST', headers: { origin: PUBLIC_URL } });
    expect(out.headers.get('location')).toBe('/signed-out');
    const after = await at('/', cookie);
    expect(after.status).toBe(401);
    expect(await after.text()).toContain('Сеанс закончился');
  });

  test('that is over leads back to СГО where SGO_URL says where that is', async () => {
    const LEADS = 'href="https://sgo.example.ru"';
    expect(await (await at('/', '')).text()).not.toContain('Открыть Сетевой город');
    await using known = await createApiWorld({ env: { PUBLIC_URL, SGO_URL: 'https://sgo.example.ru/' } });
    for (const path of ['/', '/signed-out']) {
      const text = await (await known.request(path, { headers: PAGE })).text();
      expect(text).toContain('Открыть Сетевой город');
      expect(text).toContain(LEADS);
    }
    // A signed-in person who asks for what is not there has no reason to enter anew.
    expect(await (await known.request('/nowhere', { headers: PAGE })).text()).not.toContain(LEADS);
  });

  test('ends after eight hours', async () => {
    const { cookie } = await enter('student', 'pupil');
    await sql`update console_session set expires_at = now() - interval '1 second'`.execute(everywhere(world));
    expect((await at('/', cookie)).status).toBe(401);
  });

  test('changes nothing for another site, nor for nobody', async () => {
    const { cookie } = await enter('student', 'pupil');
    for (const headers of [{ origin: 'https://evil.ru' }, { origin: 'null' }, {}]) {
      const answer = await at('/profile/unlink', cookie, { method: 'POST', headers: headers as never });
      expect(answer.status).toBe(403);
    }
    const own = { origin: 'null', 'sec-fetch-site': 'same-origin' };
    expect((await at('/profile/unlink', cookie, { method: 'POST', headers: own })).status).toBe(303);
    expect(world.asked.filter(({ command }) => command === 'unlinkProfile')).toHaveLength(1);
  });

  test('opens the API to its person alone', async () => {
    const { cookie } = await enter('student', 'pupil');
    const me = (await (await world.request('/v1/me', { headers: { cookie } })).json()) as { person: unknown };
    expect(me.person).toMatchObject({ id: 'pupil' });
    expect((await world.request('/v1/schools/s2/chats', { headers: { cookie } })).status).toBe(403);
  });

  test('of an operator is for one school at a time, which he chooses', async () => {
    const { cookie } = await enter('operator', 'op', '*');
    expect((await at('/settings', cookie)).headers.get('location')).toBe('/schools');
    const chosen = await at('/schools', cookie, {
      method: 'POST',
      body: new URLSearchParams({ school: 's1' }),
      headers: { origin: PUBLIC_URL },
    });
    expect(chosen.headers.get('location')).toBe(firstScreen('operator'));
    expect((await at('/settings', cookie)).status).toBe(200);
    const pupil = await enter('student', 'pupil');
    expect((await at('/schools', pupil.cookie)).status).toBe(403);
  });

  test('of an operator follows a letter to a page of the school it is about, after a word on the school', async () => {
    const { cookie } = await enter('operator', 'op', '*');
    const told = '/schools/open?school=s1&to=%2Fsettings';
    // A link alone does not change the school: a form of another one may be open in another window.
    expect(await (await at(told, cookie)).text()).toMatch(
      /<form method="post" action="\/schools\?to=%2Fsettings"/,
    );
    expect((await at('/settings', cookie)).headers.get('location')).toBe('/schools');
    const body = new URLSearchParams({ school: 's1' });
    const opened = await at('/schools?to=%2Fsettings', cookie, {
      method: 'POST',
      body,
      headers: { origin: PUBLIC_URL },
    });
    expect(opened.headers.get('location')).toBe('/settings');
    expect((await at(told, cookie)).headers.get('location')).toBe('/settings');
    const foreign = await at('/schools/open?school=s1&to=%2F%2Fevil.ru', cookie);
    expect(foreign.headers.get('location')).toBe('/');
    expect((await at('/schools/open?school=nowhere&to=%2Fsettings', cookie)).status).toBe(404);
  });
});

/** Who may open what; others get 403 and a page that says so. */
const PAGES: Record<string, TokenRole[]> = {
  '/': ['school-admin', 'staff', 'student', 'parent', 'operator'],
  '/unreachable': ['school-admin', 'staff', 'operator'],
  '/people/pupil': ['school-admin', 'staff', 'operator'],
  '/attention': ['school-admin', 'operator'],
  '/delays': ['school-admin', 'operator'],
  '/overview': ['school-admin', 'operator'],
  '/changes': ['school-admin', 'operator'],
  '/settings': ['school-admin', 'operator'],
};
const PERSON: Record<string, string> = { staff: 'teacher', student: 'pupil', parent: 'nobody' };

describe('pages', () => {
  test.each(Object.keys(PAGES))('%s is for those it is for', async (path) => {
    for (const role of ['school-admin', 'staff', 'student', 'parent', 'operator'] as const) {
      const { cookie } = await enter(role, PERSON[role] ?? 'someone');
      const { status } = await at(path, cookie);
      // A teacher sees the people of their own circle alone. This pupil is not in it, so the answer is as for a pupil
      // who does not exist.
      const outside = role === 'staff' && path === '/people/pupil';
      const wanted = outside ? 404 : PAGES[path]!.includes(role) ? 200 : 403;
      expect([role, status]).toEqual([role, wanted]);
    }
  });

  test('the roster, not the token, says who is staff', async () => {
    const { cookie } = await enter('staff', 'pupil');
    expect((await at('/unreachable', cookie)).status).toBe(403);
    expect(await (await at('/', cookie)).text()).not.toContain('Управление чатами');
  });

  test('a school that is not connected says so instead (A9)', async () => {
    const { cookie } = await enter('student', 'pupil', 's2');
    const answer = await at('/', cookie);
    expect(await answer.text()).toContain('Модуль «Чаты» не подключён');
  });

  test('carry no script or style of their own, and nobody on the way keeps them', async () => {
    const { cookie } = await enter('school-admin', 'someone');
    for (const path of Object.keys(PAGES)) {
      const answer = await at(path, cookie);
      const text = await answer.text();
      expect(text).not.toMatch(/<script(?![^>]* src=)|\sstyle=|\son\w+=|<style/);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.headers.get('content-security-policy')).toContain("script-src 'self'; style-src 'self'");
    }
  });

  test('files are kept by browsers for ever under the name of their content', async () => {
    const { cookie } = await enter('student', 'pupil');
    const sheet = /href="(\/static\/[\w-]+\/console\.css)"/.exec(await (await at('/', cookie)).text())![1]!;
    const answer = await world.request(sheet);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(answer.headers.get('content-type')).toBe('text/css; charset=utf-8');
    expect((await world.request(sheet.replace(/static\/[\w-]+/, 'static/other'))).status).toBe(404);
  });

  test('«Кто вы» is not there outside the demonstration', async () => {
    expect((await world.request('/demo', { headers: { ...PAGE, host: '127.0.0.1' } })).status).toBe(404);
  });
});
