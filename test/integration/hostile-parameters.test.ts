/**
 * Every GET route of API and console gets what no honest client sends. The answer is the request's fault, never ours.
 */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiWorld, createApiWorld } from '../support/api.ts';
import { sealedToken } from '../support/sealed-token.ts';
import { addChat, addClass, addOperation, addPeople, addSchool } from '../support/seeds.ts';
import { tokenOf } from '../support/tokens.ts';

/**
 * Names that every object has, numbers and days beyond what a Date, an integer or PostgreSQL holds, and invalid texts.
 */
const HOSTILE = [
  ...['__proto__', 'constructor', 'toString'],
  ...['99999999999999999999', '1e308', '-1', '0', '2147483648', '9007199254740993', 'NaN'],
  ...['0000-01-01', '0001-01-01', '9999-12-31', '2026-02-30', '-000001-01-01', '+275760-09-13'],
  ...['0000-01-01T00:00:00Z', '9999-12-31T23:59:59-23:59', '0001-01-01T00:00:00+23:59'],
  ...['class:__proto__', 'grade:99999999999999999999', 'grade:', '%00', '%ED%A0%80', '%', '..%2F..%2Fetc'],
];

interface Route {
  path: string;
  query: string[];
}

let world: ApiWorld;
let tokens: string[];
let known: Record<string, string>;
let api: Route[];
let pages: Route[];

beforeAll(async () => {
  // No worker runs what is asked for here.
  world = await createApiWorld({ env: { LIMIT_CHECK_ANSWER_MS: '0' } });
  await addSchool(world.db, 's1');
  await addPeople(world.db, 's1', [
    { id: 'admin', name: 'Завуч Анна', roles: ['administrator'] },
    { id: 'pupil', name: 'Ученик Пётр', roles: ['student'] },
  ]);
  await addClass(world.db, 's1', { id: 'c1', title: '5А', pupils: ['pupil'] });
  await sql`insert into sferum_account (school_id, community_id, owner_id, token_kind, access_token_sealed, requests_per_second)
    values ('s1', 5, 7, 'user', ${sealedToken(world.ctx, 's1')}, 3)`.execute(world.db.of('s1'));
  const chat = await addChat(world.db, 's1', { type: 'class', title: '5А класс', members: { pupil: false } });
  const operation = await addOperation(world.db, { school_id: 's1', state: 'succeeded' });
  known = { schoolId: 's1', chats: chat, operations: operation, people: 'pupil', lessons: randomUUID() };
  const as = { school: 's1' } as const;
  tokens = [
    await tokenOf({ ...as, role: 'school-admin', sub: 'admin' }),
    await tokenOf({ ...as, role: 'student', sub: 'pupil' }),
  ];
  api = await described();
  pages = await registered();
});
afterAll(() => world[Symbol.asyncDispose]());

/** GET routes of /openapi.json with the queries that they describe. Streams are left out, because they never end. */
async function described(): Promise<Route[]> {
  type Parameter = { name: string; in: string };
  const document = (await (await world.request('/openapi.json')).json()) as {
    paths: Record<string, Record<string, { parameters?: Parameter[] }>>;
  };
  return Object.entries(document.paths).flatMap(([path, { get }]) =>
    get === undefined || path.endsWith('/stream')
      ? []
      : [
          {
            path: path.replace(/\{(\w+)\}/g, ':$1'),
            query: (get.parameters ?? []).filter((p) => p.in === 'query').map((p) => p.name),
          },
        ],
  );
}

/** Every other GET route of the router, with the field names and link queries of the pages. */
async function registered(): Promise<Route[]> {
  const taken = new Set(api.map(({ path }) => path));
  const paths = new Set(
    world.http.routes
      .filter(({ method, path }) => method === 'GET' && !path.includes('*') && !path.startsWith('/v1/'))
      .map(({ path }) => path)
      .filter((path) => !taken.has(path) && !path.endsWith('/stream')),
  );
  const names = new Set(['token', 'to', 'state', 'code', 'device_id', 'error', 'chat', 'open', 'child']);
  for (const path of paths) {
    for (const token of tokens) {
      const text = await (await ask(filled(path), token)).text();
      for (const [, name] of text.matchAll(/<(?:input|select)[^>]* name="(\w+)"/g)) names.add(name!);
      for (const [, query] of text.matchAll(/href="[^"?]*\?([^"]*)"/g)) {
        for (const name of new URLSearchParams(query!.replaceAll('&amp;', '&')).keys()) names.add(name);
      }
    }
  }
  return [...paths].map((path) => ({ path, query: [...names] }));
}

/** A path with ids of things that exist, one of them replaced by `hostile`. */
function filled(path: string, hostile?: { name: string; value: string }): string {
  return path.replace(/:(\w+)(\{[^}]*\})?/g, (_, name: string) => {
    if (name === hostile?.name) return hostile.value;
    const kind = Object.keys(known).find((kind) => path.includes(`/${kind}/:`));
    return known[name] ?? known[kind ?? ''] ?? 'x';
  });
}

function ask(path: string, token: string): Promise<Response> {
  return world.request(path, { token, headers: { accept: 'text/html' } });
}

/** Gives the paths whose answer is our fault, with what was sent. */
async function ours(addresses: readonly string[]): Promise<string[]> {
  const wrong: string[] = [];
  for (const address of addresses) {
    for (const token of tokens) {
      const { status } = await ask(address, token);
      if (status >= 500) wrong.push(`${status} ${address}`);
    }
  }
  return wrong;
}

describe('what no honest client sends is 4xx at worst', () => {
  test('in any part of any path', async () => {
    const addresses = [...api, ...pages].flatMap(({ path }) =>
      [...path.matchAll(/:(\w+)/g)].flatMap(([, name]) =>
        HOSTILE.map((value) => filled(path, { name: name!, value })),
      ),
    );
    expect(addresses.length).toBeGreaterThan(400);
    expect(await ours(addresses)).toEqual([]);
  });

  test('in any query of the API', async () => {
    const addresses = api.flatMap(({ path, query }) =>
      query.flatMap((name) => HOSTILE.map((value) => `${filled(path)}?${name}=${value}`)),
    );
    expect(addresses.length).toBeGreaterThan(400);
    expect(await ours(addresses)).toEqual([]);
  });

  // A page leaves out what does not fit, so all its queries can be wrong at once.
  test('in the queries of the console', async () => {
    const addresses = pages.flatMap(({ path, query }) =>
      HOSTILE.map((value) => `${filled(path)}?${query.map((name) => `${name}=${value}`).join('&')}`),
    );
    expect(addresses.length).toBeGreaterThan(200);
    expect(await ours(addresses)).toEqual([]);
  });
});

test('in the fields of every form of the console', async () => {
  const names = new Set(pages.flatMap(({ query }) => query));
  const paths = new Set(
    world.http.routes
      .filter(({ method, path }) => method === 'POST' && !path.includes('*') && !path.startsWith('/v1/'))
      .map(({ path }) => path),
  );
  expect(paths.size).toBeGreaterThan(10);
  const texts = ['__proto__', '99999999999999999999', '0000-01-01', '9999-12-31', '\u0000', 'ж'.repeat(5000)];
  const wrong: string[] = [];
  for (const value of texts) {
    for (const button of ['find', 'remove', 'create', 'save', `page:${value}`]) {
      const fields = Object.fromEntries([...names].map((name) => [name, value]));
      const init = {
        ...{
          method: 'POST',
          token: tokens[0]!,
          body: new URLSearchParams({ ...fields, do: button }).toString(),
        },
        headers: { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' },
      };
      for (const path of paths) {
        const { status } = await world.request(filled(path), init);
        if (status >= 500) wrong.push(`${status} ${path} ${button} ${value.slice(0, 20)}`);
      }
    }
  }
  expect(wrong).toEqual([]);
});

test('an address of /docs names a file of its list, nothing that every object has', async () => {
  for (const name of ['__proto__', 'constructor', 'toString', 'swagger-ui.css.map']) {
    expect((await world.request(`/docs/${name}`)).status).toBe(404);
  }
  expect((await world.request('/docs/swagger-ui.css')).status).toBe(200);
});
