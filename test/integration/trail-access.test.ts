/** Who looked at whom (K8): every route that shows people records whom it showed, and no page waits for the record. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { sql } from 'kysely';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { SHOWING_NOBODY, SHOWING_PEOPLE } from '../../dashboard/trail/routes.ts';
import { AccessLog, type AccessRecord } from '../../src/store/access-log.ts';
import { Database } from '../../src/store/database.ts';
import { createApiWorld } from '../support/api.ts';
import { ADMIN, type ChatWorld, HOMEROOM_5A, startChatWorld } from '../support/chat-world.ts';
import { createTestDatabase } from '../support/database.ts';
import { type TokenClaims, tokenOf } from '../support/tokens.ts';

const OPERATOR: TokenClaims = { role: 'operator', school: 's1', sub: 'op7' };
/** Routes that are not ours, or that another test covers. */
const OUTSIDE = /^\w+ (\/\*|\/admin\/queues.*)$/;

test('every route says whether it shows people', async () => {
  await using world = await createApiWorld({ parts: { surroundings: { demo: true } } });
  const routes = new Set(
    world.http.routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => `${method} ${path}`),
  );
  const unsaid = [...routes].filter(
    (route) => !OUTSIDE.test(route) && !(route in SHOWING_PEOPLE) && !(route in SHOWING_NOBODY),
  );
  expect(unsaid).toEqual([]);
  expect(Object.keys({ ...SHOWING_PEOPLE, ...SHOWING_NOBODY }).filter((route) => !routes.has(route))).toEqual(
    [],
  );
  expect(Object.keys(SHOWING_PEOPLE).filter((route) => route in SHOWING_NOBODY)).toEqual([]);
});

describe('in a school', () => {
  let world: ChatWorld;
  let logged: ReturnType<typeof vi.spyOn>;
  const params: Record<string, string> = { schoolId: 's1' };
  beforeAll(async () => {
    world = await startChatWorld({ env: { LIMIT_ACCESS_FLUSH_MS: '20' } });
    logged = vi.spyOn(world.ctx.log, 'error');
    params.chat = await world.chatId('5А класс');
    const { rows } = await sql<{
      id: string;
    }>`select id from operation where kind = 'initialization' limit 1`.execute(world.ctx.db.of('s1'));
    params.operation = rows[0]!.id;
    const by = { id: 'a1', kind: 'person' } as const;
    const about = { schoolId: 's1', chatIds: [params.chat], personId: null };
    params.check = await world.commands.check({ ...about, by, joinsAny: true });
    await world.ended(params.check);
  });
  afterAll(() => world[Symbol.asyncDispose]());

  /** Replaces a route's parameters by ids. */
  const pathOf = (route: string) =>
    (route === 'GET /v1/operations/:id' ? route.replace(':id', params.check!) : route)
      .split(' ')[1]!
      .replace(':schoolId', 's1')
      .replace('/operations/:id', `/operations/${params.operation}`)
      .replace('/checks/:id', `/checks/${params.check}`)
      .replace('/chats/:id', `/chats/${params.chat}`)
      .replace('/people/:id', '/people/p1')
      .replace('/lessons/:id', '/lessons/none')
      .replace('/:hash/:name', '/none/none')
      .replace(':file', 'none');

  const recorded = async () => {
    const { rows } = await sql<AccessRecord & { personIds: string[] }>`
      select subject, role, school_id as "schoolId", what, person_ids as "personIds" from access_record
      order by id`.execute(world.ctx.db.of('s1'));
    return rows;
  };
  const lastOf = async (seen: number) =>
    vi.waitFor(async () => {
      const rows = await recorded();
      expect(rows.length).toBeGreaterThan(seen);
      return rows.at(-1)!;
    });

  /** Gives every person's id in an answer, wherever it stands. */
  const idsIn = (value: unknown): string[] =>
    Array.isArray(value)
      ? value.flatMap(idsIn)
      : value !== null && typeof value === 'object'
        ? Object.entries(value).flatMap(([name, own]) =>
            name === 'personId' && typeof own === 'string' ? [own] : idsIn(own),
          )
        : [];

  const asked = Object.keys(SHOWING_PEOPLE).filter((route) => route.startsWith('GET '));
  test.each(asked)('%s is recorded, with whom it showed', async (route) => {
    const who = route.endsWith('/access') ? OPERATOR : ADMIN;
    const query = route === 'GET /unreachable' ? '?classId=c5a' : '';
    const before = (await recorded()).length;
    const response = await world.request(`${pathOf(route)}${query}`, { as: who });
    expect(response.status).toBe(200);
    const text = await response.text();
    const record = await lastOf(before);
    expect(record).toMatchObject({
      subject: who.sub,
      role: who.role,
      schoolId: 's1',
      what: SHOWING_PEOPLE[route],
    });
    const people = await sql<{ id: string; name: string }>`
      select id, family_name || ' ' || given_name as name from person`.execute(world.ctx.db.of('s1'));
    const named = people.rows.filter(({ name }) => text.includes(name)).map(({ id }) => id);
    if (route.startsWith('GET /v1/') && !route.endsWith('/access')) {
      expect(record.personIds).toEqual(expect.arrayContaining(idsIn(JSON.parse(text))));
    }
    // The people whom the answer names, without the viewer, who stands at the head of each page, and without authors.
    const others = named.filter((id) => id !== 'a1' && !id.startsWith('t'));
    if (SHOWING_PEOPLE[route] !== 'person') expect(record.personIds).toEqual(expect.arrayContaining(others));
    expect(logged).not.toHaveBeenCalledWith(expect.objectContaining({ route }), expect.anything());
  });

  // The stream of pages never ends; it holds marks alone (live-marks.ts).
  const silent = Object.keys(SHOWING_NOBODY).filter(
    (route) =>
      route.startsWith('GET ') &&
      !/\/(demo|sso|profile\/|sign|static|docs|openapi|metrics)|\/overview\/stream$/.test(route),
  );
  test.each(silent)('%s shows no pupil and no parent', async (route) => {
    const before = (await recorded()).length;
    const response = await world.request(pathOf(route), { as: ADMIN });
    const text = await response.text();
    const { rows } = await sql<{ name: string }>`
      select family_name || ' ' || given_name as name from person where roles && '{student,parent}' and not roles && '{teacher,administrator}'`.execute(
      world.ctx.db.of('s1'),
    );
    expect(rows.filter(({ name }) => text.includes(name))).toEqual([]);
    expect(await recorded()).toHaveLength(before);
  });

  test('a look at the headers alone is neither recorded nor a fault', async () => {
    const path = pathOf('GET /v1/people/:id/grounds');
    const before = (await recorded()).length;
    expect((await world.request(path, { method: 'HEAD', as: ADMIN })).status).toBe(200);
    expect((await world.request(path, { as: HOMEROOM_5A })).status).toBe(200);
    const after = await vi.waitFor(async () => {
      const rows = (await recorded()).slice(before);
      expect(rows.length).toBeGreaterThan(0);
      return rows;
    });
    expect(after.map(({ subject }) => subject)).toEqual([HOMEROOM_5A.sub]);
    expect(logged).not.toHaveBeenCalled();
  });

  test('the trail of one person is read by an operator, and reading it is recorded', async () => {
    await world.done(200, 'GET', `/v1/chats/${params.chat}/members`, HOMEROOM_5A);
    const path = '/v1/schools/s1/access?personId=p2&perPage=100';
    interface Answer {
      total: number;
      items: {
        at: string;
        subject: string;
        role: string;
        what: string;
        personIds: string[];
        address: null;
      }[];
    }
    const answer = await vi.waitFor(async () => {
      const found = await world.done<Answer>(200, 'GET', path, OPERATOR);
      expect(found.items.find(({ subject }) => subject === 't1')).toMatchObject({
        role: 'staff',
        what: 'members',
      });
      return found;
    });
    expect(answer.items.every(({ personIds }) => personIds.includes('p2'))).toBe(true);
    expect(answer.items.map(({ at }) => at)).toEqual(
      answer.items
        .map(({ at }) => at)
        .toSorted()
        .reverse(),
    );
    const none = await world.done<Answer>(200, 'GET', '/v1/schools/s1/access?to=2026-09-30', OPERATOR);
    expect(none).toMatchObject({ total: 0, items: [] });
    await world.done(403, 'GET', path, ADMIN);
    await world.done(404, 'GET', path, { ...OPERATOR, school: 's2' });
    await vi.waitFor(async () => {
      const rows = await recorded();
      expect(rows.find(({ what, personIds }) => what === 'access' && personIds.length > 0)).toMatchObject({
        ...{ subject: 'op7', personIds: ['p2'] },
      });
    });
  });

  test('a page does not wait for its record', async () => {
    const holder = new Client({ connectionString: world.app.databaseUrl });
    await holder.connect();
    try {
      await holder.query('begin; lock table access_record in access exclusive mode');
      await world.done(200, 'GET', '/v1/schools/s1/people', ADMIN);
      const count = await holder.query("select count(*)::int as n from access_record where what = 'people'");
      await holder.query('commit');
      await vi.waitFor(async () => {
        const rows = (await recorded()).filter(({ what }) => what === 'people');
        expect(rows.length).toBeGreaterThan((count.rows[0] as { n: number }).n);
      });
    } finally {
      await holder.end();
    }
  });
});

describe('what waits in memory', () => {
  const record: AccessRecord = {
    ...{ at: new Date('2026-10-01T09:00:00Z'), schoolId: 's1', subject: 'a1', role: 'school-admin' },
    ...{ what: 'members', personIds: ['p1', 'p2'], address: '10.0.0.7' },
  };
  const limits = { accessFlushMs: 60_000, accessBatchRecords: 2, accessBufferRecords: 5 };

  test('is written at the stop; a full batch at once', async () => {
    await using database = await createTestDatabase();
    await using db = await Database.open(database.url);
    const metrics = { accessLost: vi.fn() };
    const log = new AccessLog({ db, limits, metrics, onError: () => undefined });
    const kept = async () =>
      (await sql`select * from access_record`.execute(db.across('access-records'))).rows;
    for (let i = 0; i < 3; i++) log.record(record);
    await vi.waitFor(async () => expect((await kept()).length).toBeGreaterThanOrEqual(2));
    log.record(record);
    await log[Symbol.asyncDispose]();
    expect(await kept()).toHaveLength(4);
    expect((await kept())[0]).toMatchObject({ person_ids: ['p1', 'p2'], address: '10.0.0.7', subject: 'a1' });
    expect(metrics.accessLost).toHaveBeenLastCalledWith(0);
  });

  test('is bounded while the database is away, what is lost is counted, and the rest is written once it is back', async () => {
    await using database = await createTestDatabase();
    await using db = await Database.open(database.url);
    const owner = new Client({ connectionString: database.ownerUrl });
    await owner.connect();
    const metrics = { accessLost: vi.fn() };
    const failed = vi.fn();
    const log = new AccessLog({ db, limits, metrics, onError: failed });
    try {
      await owner.query('alter table access_record rename to access_record_away');
      for (let i = 0; i < 8; i++) log.record(record);
      await log.flush();
      expect(failed).toHaveBeenCalled();
      expect(metrics.accessLost.mock.calls).toEqual([[1], [1], [1]]);
      await owner.query('alter table access_record_away rename to access_record');
      await log.flush();
      expect((await sql`select * from access_record`.execute(db.across('access-records'))).rows).toHaveLength(
        5,
      );
    } finally {
      await owner.end();
      await log[Symbol.asyncDispose]();
    }
  });
});

test('over the network a look bears the address it came from', async () => {
  await using world = await createApiWorld();
  await sql`insert into school (id, name) values ('s1', 'Школа 1')`.execute(world.db.across('operator-view'));
  const server = serve({ fetch: world.http.fetch, port: 0, hostname: '127.0.0.1' });
  try {
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const headers = {
      authorization: `Bearer ${await tokenOf({ role: 'operator', school: 's1', sub: 'op1' })}`,
    };
    const response = await fetch(`http://127.0.0.1:${port}/v1/schools/s1/people`, { headers });
    expect(response.status).toBe(200);
    await world.access.flush();
    const { rows } = await sql`select address from access_record`.execute(world.db.across('access-records'));
    expect(rows).toEqual([{ address: '127.0.0.1' }]);
  } finally {
    server.close();
  }
});

test('a look of an operator of all schools stands under the school that he looked at', async () => {
  await using world = await createApiWorld({ env: { LIMIT_ACCESS_FLUSH_MS: '20' } });
  await sql`insert into school (id, name) values ('s1', 'Школа 1'), ('s2', 'Школа 2')`.execute(
    world.db.across('operator-view'),
  );
  const token = await tokenOf({ role: 'operator', school: '*', sub: 'op1' });
  await world.get('/v1/schools/s2/people', token);
  await world.access.flush();
  const { rows } = await sql`select school_id, subject, role from access_record`.execute(
    world.db.across('access-records'),
  );
  expect(rows).toEqual([{ school_id: 's2', subject: 'op1', role: 'operator' }]);
});
