/** K1: all schools at once, the worst first, each in one word with its reason. */
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countFigures } from '../../src/outbox/count-figures.ts';
import { type ApiWorld, createApiWorld } from '../support/api.ts';
import { everywhere } from '../support/everywhere.ts';
import { makeRegion, trouble } from '../support/region-rows.ts';
import { onStatement } from '../support/sent-statements.ts';
import { tokenOf } from '../support/tokens.ts';

interface Shown {
  items: Record<string, unknown>[];
  total: number;
}

let world: ApiWorld;
let token: string;
beforeAll(async () => {
  world = await createApiWorld();
  token = await tokenOf({ role: 'operator', school: '*' });
  await makeRegion(world.ctx, { schools: 12, chats: 3, people: 8 });
  await trouble(world.ctx, 's3', 'failing');
  await trouble(world.ctx, 's3', 'held');
  await trouble(world.ctx, 's10', 'broken');
  await trouble(world.ctx, 's2', 'unconnected');
  await trouble(world.ctx, 's11', 'held');
  await trouble(world.ctx, 's4', 'behind');
  await trouble(world.ctx, 's5', 'hurrying');
  await trouble(world.ctx, 's6', 'overdue');
});
afterAll(() => world[Symbol.asyncDispose]());

const ask = (query: string, as = token) => world.get<Shown>(`/v1/schools${query}`, as);
const ids = ({ items }: Shown) => items.map(({ id }) => id);

test('the worst come first, schools of one state in natural order', async () => {
  const all = await ask('');
  expect(all.items.map(({ id, state }) => `${id} ${state}`)).toEqual([
    ...['s2 broken', 's10 broken', 's3 failing', 's11 held', 's4 behind', 's6 overdue'],
    ...['s1 fine', 's5 fine', 's7 fine', 's8 fine', 's9 fine', 's12 fine'],
  ]);
  expect(all.total).toBe(12);
});

test('a state says its reason and since when, beside the figures', async () => {
  const { items } = await ask('');
  const of = (school: string) => items.find(({ id }) => id === school);
  expect(of('s2')).toMatchObject({ name: 'Школа № 2', reason: 'sferum-not-connected' });
  expect(of('s10')).toMatchObject({ reason: 'token', chats: 3, failing: 0, behind: 0, held: 0 });
  expect(of('s3')).toMatchObject({ reason: 'chat-lost', failing: 1, held: 1 });
  expect(of('s11')).toMatchObject({ reason: 'roster-import', held: 1 });
  expect(of('s4')).toMatchObject({ reason: 'unavailable', behind: 1 });
  expect(of('s5')).toMatchObject({ state: 'fine', reason: null, since: null, behind: 1 });
  expect(of('s6')).toMatchObject({ reason: 'roster-old', since: of('s6')!.lastRosterAt });
});

test('is asked by state, by a part of the name as people type it, by id, and by the page', async () => {
  expect(ids(await ask('?state=held'))).toEqual(['s11']);
  expect(ids(await ask('?state=paused'))).toEqual([]);
  expect(ids(await ask(`?q=${encodeURIComponent('ШКОЛА №  1')}`))).toEqual(['s10', 's11', 's1', 's12']);
  expect(ids(await ask('?q=s7'))).toEqual(['s7']);
  const second = await ask('?page=2&perPage=5');
  expect(second).toMatchObject({ total: 12, page: 2, perPage: 5 });
  expect(ids(second)).toEqual(['s6', 's1', 's5', 's7', 's8']);
  expect(await ask('?page=9')).toMatchObject({ items: [], total: 12 });
});

test('an operator of one school sees that one, and may name no other', async () => {
  const own = await tokenOf({ role: 'operator', school: 's4' });
  expect(ids(await ask('', own))).toEqual(['s4']);
  expect((await world.request('/v1/schools?school=s1', { token: own })).status).toBe(404);
});

describe('what is counted beforehand', () => {
  const laterBy = (ms: number) => ({ ...world.ctx.clock, now: () => world.ctx.clock.now() + ms });
  const share = async (school: string) => (await ask(`?q=${school}`)).items[0]!.linkedShare;

  test('the share of linked people of the lists, and how long orders take', async () => {
    expect(await share('s1')).toBeNull();
    await countFigures(world.ctx);
    expect(await share('s1')).toBe(6 / 8);
    expect((await ask('?q=s1')).items[0]!.delayP95Ms).toBeNull();
  });

  test('an order that has settled is in the figure', async () => {
    await sql`insert into order_delay (school_id, chat_id, caused_at, settled_at)
      select 's7', id, now() - interval '4 seconds', now() from chat where school_id = 's7' limit 1`.execute(
      everywhere(world.ctx),
    );
    await countFigures({ ...world.ctx, clock: laterBy(61_000) });
    expect((await ask('?q=s7')).items[0]!.delayP95Ms).toBe(4000);
  });

  test('is counted again a minute after a change, and on a new day, and else not', async () => {
    await sql`update profile_link set gone_at = now(), gone_by = 'x' where school_id = 's1' and person_id in ('p1', 'p2')`.execute(
      everywhere(world.ctx),
    );
    await sql`update school set revision = revision + 1 where id = 's1'`.execute(everywhere(world.ctx));
    await countFigures(world.ctx);
    expect(await share('s1')).toBe(6 / 8);
    await countFigures({ ...world.ctx, clock: laterBy(130_000) });
    expect(await share('s1')).toBe(4 / 8);
    const counted = () =>
      sql<{ n: number }>`select count(*)::int as n from school_figures`.execute(everywhere(world.ctx));
    const before = (await counted()).rows[0]!.n;
    // Two days, because the two minutes above may have passed midnight.
    await countFigures({ ...world.ctx, clock: laterBy(48 * 3600_000) });
    expect((await counted()).rows[0]!.n).toBe(before + 12);
  });

  test('of schools that are all counted one statement asks about figures and readiness', async () => {
    // Ten schools are planned at a time, and there are twelve.
    for (let round = 0; round < 2; round++) await countFigures(world.ctx);
    const sent: string[] = [];
    onStatement(({ text }) => sent.push(text));
    await countFigures(world.ctx);
    expect(sent.filter((text) => /school_figures|school_readiness|setting/.test(text))).toHaveLength(1);
  });
});
