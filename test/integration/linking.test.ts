import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSandbox, type Listening } from '../../src/sferum/sandbox/sandbox.ts';
import { type ApiWorld, createApiWorld } from '../support/api.ts';
import { entryPath } from '../support/browser.ts';
import { everywhere } from '../support/everywhere.ts';
import { sealedToken } from '../support/sealed-token.ts';
import { addPeople, addSchool } from '../support/seeds.ts';
import { tokenOf } from '../support/tokens.ts';

const PUBLIC_URL = 'https://chats.school.ru';
const VK_USER = 770_000_005;
let vk: Listening;
let world: ApiWorld;

beforeAll(async () => {
  vk = await createSandbox({ now: Date.now, random: Math.random }).listen();
  world = await createApiWorld({
    env: { PUBLIC_URL, LIMIT_PERSON_LINKINGS_PER_HOUR: '1000' },
    parts: { surroundings: { vkIdUrl: vk.origin } },
  });
  await addSchool(world.db, 's1');
  await addPeople(world.db, 's1', [
    { id: 'pupil', name: 'Ученик Пётр', roles: ['student'] },
    { id: 'other', name: 'Ученик Павел', roles: ['student'] },
  ]);
  await sql`insert into sferum_account (school_id, community_id, owner_id, token_kind, access_token_sealed, requests_per_second)
    values ('s1', 5, 7, 'user', ${sealedToken(world.ctx, 's1')}, 3)`.execute(everywhere(world));
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await vk.close();
});

/** A browser in which a person is signed in. */
async function signedIn(sub: string) {
  const entered = await world.request(await entryPath({ role: 'student', school: 's1', sub }, '/'));
  const cookie = entered.headers.get('set-cookie')!.split(';', 1)[0]!;
  const ask = (method: string) => (path: string, fields?: Record<string, string>) =>
    world.request(path, {
      method,
      headers: { accept: 'text/html', cookie, origin: PUBLIC_URL },
      ...(fields ? { body: new URLSearchParams(fields) } : {}),
    });
  return { get: ask('GET'), post: ask('POST') };
}
type Browser = Awaited<ReturnType<typeof signedIn>>;

/** Consents at VK ID. Gives where its answer leads: a path of ours. */
async function consent(authorizeUrl: string): Promise<string> {
  const form = new URLSearchParams(new URL(authorizeUrl).searchParams);
  form.set('user_id', String(VK_USER));
  form.set('decision', 'allow');
  const answer = await fetch(`${vk.origin}/authorize`, { method: 'POST', body: form, redirect: 'manual' });
  return answer.headers.get('location')!.slice(PUBLIC_URL.length);
}

async function backFromVk({ post }: Browser): Promise<string> {
  const left = await post('/profile/link');
  return consent(left.headers.get('refresh')!.split('url=')[1]!);
}

/** Gives the question as it stands now, and which linking it is about. */
async function asked({ get }: Browser): Promise<{ text: string; linking: string }> {
  const text = await (await get('/profile/confirm')).text();
  return { text, linking: /name="linking" value="(\w+)"/.exec(text)?.[1] ?? '' };
}

const linked = async (person = 'pupil') =>
  (await sql`select from profile_link where person_id = ${person} and present`.execute(everywhere(world)))
    .rows.length;

/** Gives what «Чаты» says after an answer that led there. */
async function told(answer: Response): Promise<string> {
  const flash = answer.headers.get('set-cookie')!.split(';', 1)[0]!;
  expect(answer.headers.get('location')).toBe('/');
  const said = await world.request('/signed-out', { headers: { accept: 'text/html', cookie: flash } });
  return said.text();
}

describe('linking a VK ID', () => {
  test('starts by POST from a page that names the account', async () => {
    const browser = await signedIn('pupil');
    const page = await (await browser.get('/')).text();
    expect(page).toContain('Профиль будет привязан к учётной записи: <b>Ученик Пётр');
    expect((await browser.get('/profile/link')).status).toBe(404);
  });

  test('binds nothing before the person has said yes to the profile and the account', async () => {
    const browser = await signedIn('pupil');
    const back = await browser.get(await backFromVk(browser));
    expect([back.status, back.headers.get('location')]).toEqual([303, '/profile/confirm']);
    expect(await linked()).toBe(0);
    const { text, linking } = await asked(browser);
    expect(text).toContain(
      `Привязать профиль «Пользователь ${VK_USER}» (VK ID ${VK_USER}) к учётной записи «Ученик Пётр»?`,
    );
    const declined = await browser.post('/profile/decline', { linking });
    expect(await told(declined)).toContain('Профиль не привязан');
    expect(await told(await browser.post('/profile/confirm', { linking }))).toContain(
      'Привязка не завершена',
    );
    expect(await linked()).toBe(0);
  });

  test('the profile lies sealed while it waits', async () => {
    const browser = await signedIn('pupil');
    await browser.get(await backFromVk(browser));
    const { rows } = await sql<{
      row: string;
    }>`select profile_linking::text as row from profile_linking`.execute(everywhere(world));
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.map(({ row }) => row).join()).not.toContain(String(VK_USER));
  });

  test('by another person: neither his callback nor his yes counts', async () => {
    const [browser, stranger] = [await signedIn('pupil'), await signedIn('other')];
    const path = await backFromVk(browser);
    expect(await told(await stranger.get(path))).toContain('Эту привязку начал другой пользователь');
    await browser.get(path);
    const { linking } = await asked(browser);
    expect(await told(await stranger.post('/profile/confirm', { linking }))).toContain(
      'Привязка не завершена',
    );
    expect([await linked(), await linked('other')]).toEqual([0, 0]);
  });

  test('is refused where it comes back again, or too late', async () => {
    const browser = await signedIn('pupil');
    const path = await backFromVk(browser);
    await browser.get(path);
    expect(await told(await browser.get(path))).toContain('Этот ответ VK ID уже принят');
    const { linking } = await asked(browser);
    const late = await backFromVk(browser);
    await sql`update profile_linking set expires_at = now() - interval '1 second'`.execute(everywhere(world));
    expect(await told(await browser.get(late))).toContain('Привязка не завершена');
    expect(await told(await browser.post('/profile/confirm', { linking }))).toContain(
      'Привязка не завершена',
    );
    expect(await linked()).toBe(0);
  });

  test('begun over the API ends with the same question; yes binds, once', async () => {
    const browser = await signedIn('pupil');
    const token = await tokenOf({ role: 'student', school: 's1', sub: 'pupil' });
    const begun = await world.request('/v1/me/profile', { method: 'POST', token });
    const { authorizeUrl } = (await begun.json()) as { authorizeUrl: string };
    await browser.get(await consent(authorizeUrl));
    const { linking } = await asked(browser);
    const yes = await browser.post('/profile/confirm', { linking });
    expect(await told(yes)).toContain('Профиль привязан');
    expect(await linked()).toBe(1);
    const { rows } =
      await sql`select from profile_linking where person_id = 'pupil' and profile_sealed is not null`.execute(
        everywhere(world),
      );
    expect(rows).toHaveLength(0);
  });
});
