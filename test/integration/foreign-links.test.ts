/** A stored link that leads to another site, as an older row or a spoilt database may have it, is shown to nobody. */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { enterLesson } from '../../src/lessons/enter-lesson.ts';
import { type ApiWorld, createApiWorld } from '../support/api.ts';
import { sealedToken } from '../support/sealed-token.ts';
import { addChat, addGroup, addPeople, addSchool, insert } from '../support/seeds.ts';
import { tokenOf } from '../support/tokens.ts';

let world: ApiWorld;
let pupil: string;

beforeAll(async () => {
  world = await createApiWorld();
  await addSchool(world.db, 's1');
  await addPeople(world.db, 's1', [{ id: 'pupil', name: 'Ученик Пётр', roles: ['student'], profile: 101 }]);
  await addChat(world.db, 's1', { type: 'class', title: '5А класс', members: { pupil: false } });
  await sql`insert into sferum_account (school_id, community_id, owner_id, token_kind, access_token_sealed, requests_per_second)
    values ('s1', 5, 7, 'community', ${sealedToken(world.ctx, 's1')}, 3)`.execute(world.db.of('s1'));
  pupil = await tokenOf({ role: 'student', school: 's1', sub: 'pupil' });
});
afterAll(() => world[Symbol.asyncDispose]());

const store = (link: string) =>
  sql`update chat set invite_link = ${link} where school_id = 's1'`.execute(world.db.of('s1'));

async function shown(): Promise<{ api: string | undefined; page: string }> {
  const { chats } = await world.get<{ chats: { inviteLink?: string }[] }>('/v1/me', pupil);
  const page = await world.request('/', { token: pupil, headers: { accept: 'text/html' } });
  return { api: chats[0]?.inviteLink, page: await page.text() };
}

test('an invitation by link is shown where it leads to VK, and nowhere else', async () => {
  await store('https://vk.me/join/abc');
  const good = await shown();
  expect(good.api).toBe('https://vk.me/join/abc');
  expect(good.page).toContain('href="https://vk.me/join/abc"');
  for (const foreign of ['javascript:alert(1)', 'https://vk.me.evil.ru/join/abc', 'http://vk.me/join/abc']) {
    await store(foreign);
    const { api, page } = await shown();
    expect(api).toBeUndefined();
    expect(page).not.toContain(foreign);
    expect(page).not.toContain('Войти в чат');
  }
});

test('a call is gone on to where its link leads to VK, and nowhere else', async () => {
  await using entered = await createApiWorld({
    commands: { enterLesson: (ask) => enterLesson(entered.ctx, ask) },
  });
  await addSchool(entered.db, 's1');
  await addPeople(entered.db, 's1', [{ id: 'pupil', name: 'Ученик Пётр', roles: ['student'] }]);
  await addGroup(entered.db, 's1', { id: 'g1', title: '5А/География', pupils: ['pupil'] });
  const of = { school_id: 's1', lesson_id: 'l1' };
  const now = Date.now();
  await insert(entered.db, 'lesson', [
    {
      ...{ school_id: 's1', id: 'l1', subject_group_id: 'g1', teacher_id: 't1' },
      ...{ stated_at: '2026-08-25T00:00:00Z', stated_by: 'e1', topic: null },
      ...{ starts_at: new Date(now - 60_000).toISOString(), ends_at: new Date(now + 600_000).toISOString() },
    },
  ]);
  const at = new Date(now).toISOString();
  await insert(entered.db, 'meeting', [
    {
      ...of,
      author_id: 't1',
      asked_at: at,
      condition: 'synced',
      condition_since: at,
      generation: 1,
      attempts: 0,
    },
  ]);
  await insert(entered.db, 'meeting_call', [
    { ...of, id: '11111111-1111-4111-8111-111111111111', state: 'open', started_at: at, join_link: '' },
  ]);
  const enter = async (link: string) => {
    await sql`update meeting_call set join_link = ${link} where school_id = 's1'`.execute(
      entered.db.of('s1'),
    );
    return entered.request('/v1/lessons/l1/meeting/join', { token: pupil });
  };
  const good = await enter('https://vk.com/call/join/abc');
  expect(good.status).toBe(302);
  expect(good.headers.get('location')).toBe('https://vk.com/call/join/abc');
  for (const foreign of [
    'https://vk.com.evil.ru/call/join/abc',
    'javascript:alert(1)',
    'http://vk.com/call/join/abc',
  ]) {
    const refused = await enter(foreign);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('location')).toBeNull();
  }
});
