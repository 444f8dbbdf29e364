/** A stored link that leads elsewhere, as an older row or a spoilt database has it, is shown to nobody. */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiWorld, addChat, addPeople, addSchool, createApiWorld, tokenOf } from '../support/api.ts';

let world: ApiWorld;
let pupil: string;

beforeAll(async () => {
  world = await createApiWorld();
  await addSchool(world.db, 's1');
  await addPeople(world.db, 's1', [{ id: 'pupil', name: 'Ученик Пётр', roles: ['student'], profile: 101 }]);
  await addChat(world.db, 's1', { type: 'class', title: '5А класс', members: { pupil: false } });
  await sql`insert into sferum_account (school_id, community_id, owner_id, token_kind, access_token_sealed, requests_per_second)
    values ('s1', 5, 7, 'community', ${world.ctx.secrets.seal('t')}, 3)`.execute(world.db.of('s1'));
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
