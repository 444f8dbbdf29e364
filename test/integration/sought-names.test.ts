/** A surname that is searched for stands in no address (form, redirect, link) and in no log line. */
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiWorld, createApiWorld } from '../support/api.ts';
import { sealedToken } from '../support/sealed-token.ts';
import { addChat, addClass, addOperation, addPeople, addSchool } from '../support/seeds.ts';
import { tokenOf } from '../support/tokens.ts';

const NAME = 'Канарейкина';
const PUPILS = 60;
let world: ApiWorld;
let admin: string;
let teacher: string;
let chat: string;
let plan: string;

beforeAll(async () => {
  world = await createApiWorld();
  await addSchool(world.db, 's1');
  const pupils = Array.from({ length: PUPILS }, (_, at) => ({
    ...{ id: `p${at}`, name: at < PUPILS / 2 ? `${NAME} Анна` : 'Иванов Пётр', roles: ['student'] },
  }));
  await addPeople(world.db, 's1', [
    { id: 'admin', name: 'Завуч Анна Ивановна', roles: ['administrator'] },
    { id: 'teacher', name: 'Учитель Анна Ивановна', roles: ['teacher'] },
    ...pupils,
  ]);
  const members = Object.fromEntries([...pupils.map(({ id }) => [id, false]), ['teacher', false]]);
  await addClass(world.db, 's1', { id: 'c1', title: '5А', pupils: pupils.map(({ id }) => id) });
  for (let at = 0; at < 12; at++) {
    chat = await addChat(world.db, 's1', { type: 'class', title: `Чат ${at}`, classId: 'c1', members });
  }
  plan = await addOperation(world.db, {
    ...{ school_id: 's1', state: 'succeeded', result: {}, params: { types: ['class'], dryRun: true } },
  });
  await sql`insert into sferum_account (school_id, community_id, owner_id, token_kind, access_token_sealed, requests_per_second)
    values ('s1', 5, 7, 'user', ${sealedToken(world.ctx, 's1')}, 3)`.execute(world.db.of('s1'));
  admin = await tokenOf({ role: 'school-admin', school: 's1', sub: 'admin' });
  // A new chat has members to look among once type and class are chosen.
  await send('/manage/new', { do: 'fill', type: 'class', classId: 'c1' });
  teacher = await tokenOf({ role: 'staff', school: 's1', sub: 'teacher' });
});
afterAll(() => world[Symbol.asyncDispose]());

async function page(path: string, token = admin): Promise<string> {
  const answer = await world.request(path, { token, headers: { accept: 'text/html' } });
  const text = await answer.text();
  expect({ path, status: answer.status }).toEqual({ path, status: 200 });
  return text;
}

/** Sends a form as a browser does. Gives where the answer leads. */
async function send(path: string, fields: Record<string, string>, token = admin): Promise<string> {
  const answer = await world.request(path, { method: 'POST', token, body: new URLSearchParams(fields) });
  expect(answer.status).toBe(303);
  return answer.headers.get('location')!;
}

/** Gives the form of a page with a field for names, and where it is sent. */
function formOf(text: string, field: string): { method: string; action: string; to: string | undefined } {
  const form = [...text.matchAll(/<form([^>]*)>(.*?)<\/form>/gs)].find(([, , inner]) =>
    new RegExp(`<input[^>]* name="${field}"`).test(inner!),
  );
  const attribute = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(form![1]!)?.[1];
  return {
    method: attribute('method') ?? 'get',
    action: attribute('action')!,
    to: /name="find-at" value="([^"]*)"/.exec(form![2]!)?.[1],
  };
}

function addressesIn(text: string): string[] {
  return [...text.matchAll(/(?:href|action|value)="([^"]*\?[^"]*)"/g)].map(([, address]) =>
    decodeURIComponent(address!.replaceAll('+', ' ')),
  );
}

const SEARCHES: [
  what: string,
  path: () => string,
  field: string,
  extra: Record<string, string>,
  who: () => string,
][] = [
  ['the list', () => '/manage', 'lastName', { perPage: '10' }, () => admin],
  ['the editor', () => `/manage/chats/${chat}`, 'lastName', { do: 'find' }, () => admin],
  ['a chat to look at', () => `/manage/chats/${chat}`, 'lastName', { do: 'find' }, () => teacher],
  [
    'the picker',
    () => `/manage/chats/${chat}/pick`,
    'lastName',
    { do: 'find', role: 'student' },
    () => admin,
  ],
  ['a new chat', () => '/manage/new', 'lastName', { do: 'find', type: 'class', classId: 'c1' }, () => admin],
  [
    'the picker of a new chat',
    () => '/manage/new/pick',
    'lastName',
    { do: 'find', role: 'student' },
    () => admin,
  ],
  ['the changes', () => '/changes', 'lastName', {}, () => admin],
  ['the search of the school', () => '/search', 'text', {}, () => admin],
  ['the search of a teacher', () => '/search', 'text', {}, () => teacher],
];

describe.each(SEARCHES)('in %s', (_, path, field, extra, who) => {
  test('the name travels in the body, and what follows finds by it without saying it', async () => {
    const { method, action, to } = formOf(await page(path(), who()), field);
    expect(method).toBe('post');
    const location = await send(action, { ...(to ? { 'find-at': to } : {}), ...extra, [field]: NAME }, who());
    expect(location).toMatch(/sought=/);
    expect(decodeURIComponent(location)).not.toContain(NAME);
    expect(location.startsWith(path())).toBe(true);
    const found = await page(location.split('#')[0]!, who());
    // The field keeps what was typed, and so does the page that was found by it.
    expect(found).toMatch(new RegExp(`name="${field}" type="(text|search)" value="${NAME}"`));
    expect(found).not.toContain('Иванов Пётр');
    for (const address of addressesIn(found)) expect(address).not.toContain(NAME);
  });
});

test('the pages of a search go on with it', async () => {
  const location = await send('/find', { 'find-at': '/manage', lastName: NAME, perPage: '10' });
  const first = await page(location);
  const second = /href="(\/manage\?[^"]*page=2[^"]*)"/.exec(first)![1]!.replaceAll('&amp;', '&');
  expect(second).toContain('sought=');
  expect(await page(second)).toContain(`value="${NAME}"`);
});

test('in a plan people are looked for the same way', async () => {
  const location = await send('/find', {
    'find-at': `/manage/operations/${plan}#plan`,
    view: 'people',
    text: NAME,
  });
  expect(location).toMatch(/^\/manage\/operations\/[\w-]+\?view=people&sought=[^#]+#plan$/);
  expect(decodeURIComponent(location)).not.toContain(NAME);
});

test('other fields of a search go along, whatever their names', async () => {
  const location = await send('/find', {
    ...{
      'find-at': '/changes',
      from: '2026-09-01',
      to: '2026-09-30',
      lastName: '',
      title: '5А',
      perPage: '25',
    },
  });
  expect(location).toBe('/changes?from=2026-09-01&to=2026-09-30&title=5%D0%90&perPage=25');
});

test('nothing typed, a name of another key, and another place lead nowhere odd', async () => {
  expect(await send('/find', { 'find-at': '/manage', lastName: '', type: 'class' })).toBe(
    '/manage?type=class',
  );
  expect(await send('/find', { 'find-at': '//evil.ru', lastName: NAME })).toMatch(/^\/\?sought=/);
  expect(await send('/find', { 'find-at': 'https://evil.ru/x', lastName: '' })).toBe('/');
  expect(await page('/manage?sought=deadbeef.AAAA')).toContain('name="lastName" type="text" value=""');
});

test('a name typed into an address by hand is found by, and stands in no link of the page', async () => {
  const text = await page(`/manage?lastName=${encodeURIComponent(NAME)}&perPage=10`);
  expect(text).toContain(`value="${NAME}"`);
  for (const address of addressesIn(text)) expect(address).not.toContain(NAME);
});

test('no page of the console has a form that puts a name into an address', async () => {
  const paths = world.http.routes
    .filter(({ method, path }) => method === 'GET' && !/[*:]|^\/v1\/|\/stream$/.test(path))
    .map(({ path }) => path);
  const wrong: string[] = [];
  for (const path of [...new Set(paths), `/manage/chats/${chat}`, `/people/p1`]) {
    const answer = await world.request(path, { token: admin, headers: { accept: 'text/html' } });
    for (const [, attributes, inner] of (await answer.text()).matchAll(/<form([^>]*)>(.*?)<\/form>/gs)) {
      const named = /name="(lastName|text|q)"/.test(inner!);
      if (named && !/method="post"/.test(attributes!)) wrong.push(path);
    }
  }
  expect(wrong).toEqual([]);
});

test('the log holds no query', async () => {
  await world.request(`/manage?lastName=${encodeURIComponent(NAME)}`, { token: admin });
  await world.request(`/v1/schools/s1/people?lastName=${encodeURIComponent(NAME)}`, { token: admin });
  expect(world.logged.length).toBeGreaterThan(10);
  for (const line of world.logged) {
    expect(decodeURIComponent(line.replaceAll('%', '%25'))).not.toMatch(/lastName|sought|%D0/);
    expect(line).not.toContain(NAME);
  }
});
