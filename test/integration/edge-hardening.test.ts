/** What holds for every route of the router: bodies are limited, and nobody may keep an answer. */
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiWorld, createApiWorld } from '../support/api.ts';
import { entryPath } from '../support/browser.ts';
import { sealedToken } from '../support/sealed-token.ts';
import { addPeople, addSchool } from '../support/seeds.ts';
import { tokenOf } from '../support/tokens.ts';

const LIMIT_BYTES = 2000;
const CHUNK_BYTES = 500;
/** Far beyond any limit of this world. */
const SENT_BYTES = 100 * LIMIT_BYTES;
/** What the stream's own queue may hold beyond what was read. */
const SLACK_BYTES = 4 * CHUNK_BYTES;
const PUBLIC_URL = 'https://chats.school.ru';
const HOST = '127.0.0.1:3000';
const YEAR_SECONDS = 31_536_000;

let world: ApiWorld;
let tokens: string[];
let entryCookie: string;
let cookie: string;

beforeAll(async () => {
  world = await createApiWorld({
    env: {
      PUBLIC_URL,
      LIMIT_JSON_BODY_BYTES: String(LIMIT_BYTES),
      LIMIT_ROSTER_ZIP_BYTES: String(LIMIT_BYTES),
    },
    parts: { surroundings: { demo: true } },
  });
  await addSchool(world.db, 's1');
  await addPeople(world.db, 's1', [{ id: 'admin', name: 'Завуч Анна', roles: ['administrator'] }]);
  await sql`insert into sferum_account (school_id, community_id, owner_id, token_kind, access_token_sealed, requests_per_second)
    values ('s1', 5, 7, 'user', ${sealedToken(world.ctx, 's1')}, 3)`.execute(world.db.of('s1'));
  tokens = [
    await tokenOf({ role: 'operator', school: '*' }),
    await tokenOf({ role: 'service', school: '*' }),
    await tokenOf({ role: 'school-admin', school: 's1', sub: 'admin' }),
  ];
  const entered = await world.request(await entryPath({ role: 'operator', school: '*' }, '/'));
  entryCookie = entered.headers.get('set-cookie')!;
  cookie = entryCookie.split(';', 1)[0]!;
});
afterAll(() => world[Symbol.asyncDispose]());

/** `method path` of every route that may change something. */
function changing(): string[] {
  const methods = ['POST', 'PUT', 'PATCH', 'DELETE'];
  return [
    ...new Set(
      world.http.routes
        .filter(({ method, path }) => methods.includes(method) && !path.includes('*'))
        .map(
          ({ method, path }) =>
            `${method} ${path.replace(/:schoolId\b/, 's1').replace(/:\w+(\{[^}]*\})?/g, 'x')}`,
        ),
    ),
  ];
}

/** Gives how much of a body without an announced length a route read, by sender. */
async function taken(route: string, headers: Record<string, string>): Promise<number> {
  const [method, path] = route.split(' ') as [string, string];
  let sent = 0;
  const body = new ReadableStream({
    pull(controller) {
      if (sent >= SENT_BYTES) return controller.close();
      sent += CHUNK_BYTES;
      controller.enqueue(new TextEncoder().encode('a'.repeat(CHUNK_BYTES)));
    },
  });
  const init = { method, body, duplex: 'half' as const, headers: { host: HOST, ...headers } };
  await (await world.request(path, init)).text();
  return sent;
}

describe('a body', () => {
  test('is taken in within its limit by every route, of the API, the console, the board and the demonstration', async () => {
    const routes = changing();
    for (const own of ['POST /demo', 'POST /schools', 'POST /sign-out', 'POST /v1/roster-imports']) {
      expect(routes).toContain(own);
    }
    const senders = [
      ...tokens.map((token) => ({ authorization: `Bearer ${token}` })),
      { cookie, origin: PUBLIC_URL },
    ];
    const types = ['application/x-www-form-urlencoded', 'application/json', 'application/zip'];
    const greedy: string[] = [];
    for (const route of routes) {
      for (const sender of senders) {
        for (const type of types) {
          const bytes = await taken(route, { ...(sender as Record<string, string>), 'content-type': type });
          if (bytes > LIMIT_BYTES + SLACK_BYTES) greedy.push(`${route}: ${bytes}`);
        }
      }
    }
    expect(greedy).toEqual([]);
  });

  test('of a form over its limit is 413', async () => {
    for (const path of ['/schools', '/demo', '/sign-out']) {
      const answer = await world.request(path, {
        ...{ method: 'POST', body: `school=${'a'.repeat(LIMIT_BYTES)}` },
        headers: {
          host: HOST,
          cookie,
          origin: PUBLIC_URL,
          'content-type': 'application/x-www-form-urlencoded',
        },
      });
      expect({ path, status: answer.status }).toEqual({ path, status: 413 });
    }
  });
});

describe('a cookie', () => {
  test('of any kind is this host’s alone, and neither scripts nor plain http see it', async () => {
    const said = await world.request('/manage/new', {
      ...{ method: 'POST', token: tokens[2]!, body: new URLSearchParams({ do: 'create' }) },
    });
    const set = [...said.headers.getSetCookie(), entryCookie];
    expect(set.map((text) => text.split('=')[0])).toEqual(['__Host-flash', '__Host-session']);
    for (const text of set) expect(text).toMatch(/; HttpOnly; Secure; SameSite=Lax$/);
  });
});

describe('an answer', () => {
  test('of any route is kept by nobody, but for files that name their content', async () => {
    const paths = world.http.routes
      .filter(({ method, path }) => method === 'GET' && !path.includes('*') && !path.startsWith('/static/'))
      .map(({ path }) => path.replace(':file', 'none').replace(':schoolId', 's1').replace(/:\w+/g, 'x'));
    expect(paths.filter((path) => path.startsWith('/v1/')).length).toBeGreaterThan(15);
    for (const path of [...new Set(paths), '/v1/nothing']) {
      for (const token of [undefined, ...tokens]) {
        const { headers } = await world.request(path, token === undefined ? {} : { token });
        expect({ path, kept: headers.get('cache-control') }).toEqual({ path, kept: 'no-store' });
      }
    }
  });

  test('ties a page to our own host, over https, for a year, and to no device', async () => {
    for (const path of ['/', '/docs', '/healthz', '/v1/me', '/nothing', '/demo']) {
      const { headers } = await world.request(path, { headers: { host: HOST, accept: 'text/html' } });
      expect(headers.get('content-security-policy')).toMatch(/base-uri 'none'/);
      expect(headers.get('permissions-policy')).toMatch(/camera=\(\).*microphone=\(\)/);
      expect(headers.get('strict-transport-security')).toContain(`max-age=${YEAR_SECONDS}`);
      expect(headers.get('referrer-policy')).toBe('no-referrer');
    }
  });

  test('over plain http asks for no https; without Sec-Fetch-Site, that browsers keep back there, forms still work', async () => {
    await using plain = await createApiWorld({ env: { PUBLIC_URL: 'http://chats.local' } });
    const { headers } = await plain.request('/');
    expect(headers.get('strict-transport-security')).toBeNull();
    expect(headers.get('referrer-policy')).toBe('same-origin');
  });
});

describe('the origin of a change', () => {
  test.each([
    [PUBLIC_URL, HOST, 303],
    ['https://127.0.0.1:3000', HOST, 303],
    ['http://chats.school.ru', HOST, 403],
    ['http://127.0.0.1:3000', HOST, 403],
    ['https://chats.school.ru:8443', HOST, 403],
    ['https://chats.school.ru.evil.ru', HOST, 403],
    ['ftp://chats.school.ru', HOST, 403],
  ])('%s is %#: its scheme counts as its host does', async (origin, host, status) => {
    const answer = await world.request('/sign-out', {
      method: 'POST',
      headers: { origin, host, cookie: 'x=1' },
    });
    expect(answer.status).toBe(status);
  });
});
