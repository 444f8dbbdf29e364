/**
 * Below the routes: a right route with a wrong class, group, chat, person, operation, lesson or school in each of its
 * parameters, in API and console, by everybody. The routes are those of /openapi.json and of the router.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TOKEN_ROLES } from '../../src/caller.ts';
import { createApiWorld } from '../support/api.ts';
import { type ApiDocument, apiCells, type Cell } from '../support/matrix-api.ts';
import { SCREENS, screenCells } from '../support/matrix-screens.ts';
import { type Caller, type MatrixWorld, startMatrixWorld } from '../support/matrix-world.ts';

/**
 * A chat or lesson of the caller's school that is not for the caller is 403. One that does not exist is 404 (contract).
 */
const TOLD_APART = ['chat', 'lesson'];
const SENT = '§';
/** How long a page waits until it looks again. It changes, because the clock goes on. */
const TO_WAIT = /(?<=-ms=")\d+/g;

const { document, screens } = await routes();
const cells = [...apiCells(document), ...screens.flatMap((route) => screenCells(route))];

let world: MatrixWorld;
beforeAll(async () => {
  world = await startMatrixWorld();
}, 120_000);
afterAll(() => world?.[Symbol.asyncDispose]());

async function routes(): Promise<{ document: ApiDocument; screens: string[] }> {
  await using api = await createApiWorld();
  const described = (await (await api.request('/openapi.json')).json()) as ApiDocument;
  const taken = /^\/(v1|admin|docs|healthz|readyz|metrics|openapi\.json)(\/|$)/;
  const all = api.http.routes
    .filter(({ method, path }) => method !== 'ALL' && !path.includes('*') && !taken.test(path))
    .map(({ method, path }) => `${method} ${path}`);
  return { document: described, screens: [...new Set(all)] };
}

interface Answer {
  status: number;
  /** Everything that the caller reads, with `SENT` in the place of the id that was sent. */
  text: string;
  /** The people in a draft after the request. */
  staged: string[];
}

async function ask(caller: Caller, cell: Cell, thing: string): Promise<Answer> {
  const { path, init } = cell.send(caller.own, thing);
  const response = await world.request(path, { ...init, as: caller.who });
  const location = response.headers.get('location') ?? '';
  // A stream never ends, so it is not read. Its status says enough.
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
  let text = isStream ? '' : await response.text();
  if (isStream) await response.body?.cancel();
  const cookie = response.headers.get('set-cookie')?.split(';', 1)[0];
  if (response.status === 303 && location.startsWith('/')) {
    const next = await world.request(location, {
      ...{ as: caller.who },
      headers: { accept: 'text/html', ...(cookie ? { cookie } : {}) },
    });
    text += `${next.status} ${await next.text()}`;
    if (next.status >= 400) return { status: next.status, text: text.replaceAll(thing, SENT), staged: [] };
  }
  const staged = init.method === 'POST' && path.startsWith('/manage/') ? await world.staged() : [];
  return {
    staged,
    status: response.status,
    text: `${location}\n${text}`.replaceAll(thing, SENT).replaceAll(TO_WAIT, ''),
  };
}

/**
 * Compares the answer to `thing`, which is not for the caller, with the answer to one that does not exist. Gives what
 * is wrong.
 */
function faults(
  { cell, thing, canaries }: { cell: Cell; thing: string; canaries: readonly string[] },
  got: Answer,
  missing: Answer,
): string[] {
  const found: string[] = [];
  const leaked = canaries.filter((canary) => !thing.includes(canary) && got.text.includes(canary));
  const staged = got.staged.filter((id) => canaries.some((canary) => id.startsWith(canary)));
  if (staged.length > 0) found.push(`stages ${staged.join(', ')}`);
  if (leaked.length > 0) found.push(`tells ${leaked.join(', ')}`);
  if (got.status >= 500 || got.status === 400) found.push(`answers ${got.status}`);
  const isRefusal = got.status === 403 && missing.status === 404 && TOLD_APART.includes(cell.kind);
  const isAlike = got.status === missing.status && got.text === missing.text;
  if (!isAlike && !isRefusal) found.push(`${got.status} is not as of nobody: ${missing.status}`);
  return found;
}

const byRoute = Map.groupBy(cells, ({ route }) => route);

describe.each([...byRoute.keys()])('%s', (route) => {
  test('tells and changes nothing of what is not the caller’s', async () => {
    const before = await world.digest();
    const wrong: string[] = [];
    for (const caller of world.callers) {
      for (const cell of byRoute.get(route)!) {
        const missing = await ask(caller, cell, world.missing[cell.kind]);
        const things = new Map(caller.others.map((of) => [of.things[cell.kind], of]));
        for (const [thing, { name, canaries }] of things) {
          // The caller's school is named where another person is.
          if (thing === caller.own[cell.kind]) continue;
          const got = await ask(caller, cell, thing);
          const said = faults({ cell, thing, canaries }, got, missing);
          wrong.push(...said.map((fault) => `${caller.name}, ${cell.parameter} of ${name}: ${fault}`));
        }
      }
    }
    expect([...new Set(wrong)]).toEqual([]);
    expect(await world.digest()).toBe(before);
  }, 60_000);
});

/** The names that a page sends: of its forms' fields and buttons, and in the queries of its links. */
function namesSent(text: string): [route: string, name: string][] {
  const sent: [string, string][] = [];
  for (const [, attributes, fields] of text.matchAll(/<form([^>]*)>([\s\S]*?)<\/form>/g)) {
    const method = /method="post"/.test(attributes!) ? 'POST' : 'GET';
    const path = /action="([^"#?]*)/.exec(attributes!)?.[1] ?? '';
    for (const [, name] of fields!.matchAll(/ name="([\w-]+)"/g)) sent.push([`${method} ${path}`, name!]);
  }
  for (const [, path, query] of text.matchAll(/href="(\/[^"?#]*)\?([^"#]*)/g)) {
    for (const name of new URLSearchParams(query!.replaceAll('&amp;', '&')).keys())
      sent.push([`GET ${path}`, name]);
  }
  return sent;
}

test('what the pages send is in the table of the screen that it is sent to', async () => {
  const unsaid = new Set<string>();
  for (const { who, own } of world.callers) {
    // A stream of a page sends marks and never ends.
    for (const route of screens.filter(
      (one) => one.startsWith('GET /') && !/\/static\/|\/stream$/.test(one),
    )) {
      const id = own[SCREENS[route]?.id ?? 'chat'];
      const page = await world.request(route.slice(4).replace(':id', id), {
        as: who,
        headers: { accept: 'text/html' },
      });
      for (const [to, name] of namesSent(await page.text())) {
        // The API's own queries are in the matrix already, from its description.
        if (to.startsWith('GET /v1/')) continue;
        const known = screens.find((one) => new RegExp(`^${one.replaceAll(/:\w+/g, '[^/]+')}$`).test(to));
        const { names = {}, plain = [] } = SCREENS[known ?? ''] ?? {};
        const said = [...plain, ...Object.keys(names).flatMap((both) => both.split('+'))];
        if (!said.includes(name)) unsaid.add(`${name} of ${known ?? to}`);
      }
    }
  }
  expect([...unsaid]).toEqual([]);
});

test('every screen is in the table; every role calls', () => {
  expect(screens.filter((route) => !(route in SCREENS))).toEqual([]);
  expect(new Set(world.callers.map(({ who }) => who.role))).toEqual(new Set(TOKEN_ROLES));
});

test('everybody who calls is let in: what he is refused is refused for the thing', async () => {
  const shut: string[] = [];
  for (const { name, who } of world.callers) {
    const answers = ['/v1/schools/s1/chats', '/v1/me', '/v1/schools/s1/journal'].map((path) =>
      world.request(path, { as: who }),
    );
    if (!(await Promise.all(answers)).some(({ status }) => status === 200)) shut.push(name);
  }
  expect(shut).toEqual([]);
});

test('the words that no answer holds are told to those who may know them', async () => {
  const { who, others } = world.callers.find(({ name }) => name === 'a homeroom teacher')!;
  const beside = others.find(({ name }) => name === 'another class')!;
  const path = `/v1/chats/${beside.things.chat}/members`;
  const told = await (
    await world.request(path, { as: { ...who, role: 'school-admin', sub: 'a-own' } })
  ).text();
  expect(beside.canaries.filter((canary) => told.includes(canary))).toEqual([
    'Чужак',
    '8Щ',
    'p-oth',
    'k-oth',
  ]);
});
