/** K4: after a change of ids the old one still leads to the person, in the journal, tokens, requests and exports. */
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { erase } from '../../src/ending/erase.ts';
import { ADMIN, type ChatWorld, HOMEROOM_5A, linkedRoster, startChatWorld } from '../support/chat-world.ts';
import { everywhere } from '../support/everywhere.ts';
import { newIdOf, underNewIds } from '../support/new-ids.ts';
import { withoutRows } from '../support/roster-files.ts';
import { tell } from '../support/tell-events.ts';

let world: ChatWorld;
let chat: string;
const NEW_ADMIN = { ...ADMIN, sub: newIdOf('a1') };

beforeEach(async () => {
  world = await startChatWorld();
  chat = await world.chatId('5А класс');
  await world.done(200, 'PATCH', `/v1/chats/${chat}`, ADMIN, {
    ...{ members: { remove: ['p2'] }, reason: 'по просьбе' },
  });
  await world.settled();
  await world.importRoster(underNewIds(linkedRoster()), '2026-10-01T08:30:00Z');
  await world.done(200, 'POST', '/v1/schools/s1/person-matches', ADMIN, { same: true });
  await world.settled();
});
afterEach(() => world[Symbol.asyncDispose]());

type Journal = { items: { personId: string | null; what: string; sentence: string }[]; total: number };
const journalOf = (id: string) =>
  world.done<Journal>(200, 'GET', `/v1/schools/s1/journal?personId=${id}&perPage=100`, NEW_ADMIN);

test('the journal of both ids is one, and names the person by the new id and by name', async () => {
  const [now, then] = [await journalOf(newIdOf('p2')), await journalOf('p2')];
  expect(then).toEqual(now);
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from journal where person_id in ('p2', 'n-p2')`.execute(everywhere(world.ctx));
  expect(now.items.filter(({ personId }) => personId === newIdOf('p2'))).toHaveLength(rows[0]!.n);
  expect(now.items.filter(({ personId }) => personId === 'p2')).toEqual([]);
  const removed = now.items.find(({ what }) => what === 'remove');
  expect(removed?.sentence).toMatch(/Абаева Анна/);
});

test('a token, a link and a change by the old id are the person’s', async () => {
  const me = await world.done<{ person: { id: string } }>(200, 'GET', '/v1/me', HOMEROOM_5A);
  expect(me.person.id).toBe(newIdOf('t1'));
  const { person } = await world.done<{ person: { id: string } }>(
    ...([200, 'GET', '/v1/people/p2/grounds', ADMIN] as const),
  );
  expect(person.id).toBe(newIdOf('p2'));
  await world.done(200, 'PATCH', `/v1/chats/${chat}`, HOMEROOM_5A, { members: { add: ['p2'] } });
  expect((await world.listed(chat)).split(' ')).toContain(newIdOf('p2'));
  expect(await world.exceptions(chat)).toEqual([]);
});

test('the export holds what was noted under the old id, each line once, and tells the old id', async () => {
  type Rows = Record<string, unknown>[];
  const { held } = await world.done<{ held: { journal: Rows; personMatch?: Rows; person_match?: Rows } }>(
    ...([200, 'GET', `/v1/people/${newIdOf('p2')}/export`, NEW_ADMIN] as const),
  );
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from journal where person_id in ('p2', 'n-p2')`.execute(everywhere(world.ctx));
  expect(held.journal.filter(({ personId }) => personId !== null)).toHaveLength(rows[0]!.n);
  expect(new Set(held.journal.map(({ id }) => id)).size).toBe(held.journal.length);
  expect(held.person_match).toMatchObject([{ oldId: 'p2', newId: newIdOf('p2'), state: 'same' }]);
});

test('an erased person is not brought back by a list under the former id', async () => {
  const id = newIdOf('p4');
  await tell(world, 's1', 'sgo.person.removed', { id });
  const people = [{ id, at: new Date(world.ctx.clock.now()) }];
  await world.ctx.db.holdingSchool('s1', ({ sql: tx }) =>
    erase(world.ctx, tx, { ...{ schoolId: 's1', people, ground: 'departed' }, retentionDays: 1 }),
  );
  const { rows } = await sql`select from person_match where new_id = ${id}`.execute(everywhere(world.ctx));
  expect(rows).toEqual([]);
  await world.importRoster(linkedRoster(), '2026-10-01T08:45:00Z');
  expect((await world.listed(await world.chatId('5Б класс'))).split(' ')).not.toContain('p4');
});

test('an id that changes twice is followed to the end', async () => {
  const twice = underNewIds(underNewIds(linkedRoster()), [newIdOf('p2')]);
  await world.importRoster(twice, '2026-10-01T08:40:00Z');
  await world.done(200, 'POST', '/v1/schools/s1/person-matches', NEW_ADMIN, { same: true });
  await world.settled();
  const last = newIdOf(newIdOf('p2'));
  expect(await journalOf('p2')).toEqual(await journalOf(last));
  expect(await world.exceptions(chat)).toEqual([`${last} excluded`]);
  expect(await world.differences(['s1'])).toEqual([]);
});

test('a removal that was held before can be decided after it', async () => {
  await world.done(200, 'PUT', '/v1/schools/s1/settings', NEW_ADMIN, {
    limits: { chatAtLeast: 1, chatShare: 0 },
  });
  let files = underNewIds(linkedRoster());
  files = withoutRows(files, 'enrollments.csv', `c5a,s1,${newIdOf('p1')},`);
  await world.importRoster(files, '2026-10-01T08:40:00Z');
  const isHeld = async () => {
    const { rows } = await sql<{ id: string; by: string }>`
      select person_id as id, held_by as by from membership where held_by is not null and chat_id = ${chat}`.execute(
      everywhere(world.ctx),
    );
    return rows[0];
  };
  expect((await isHeld())?.id).toBe(newIdOf('p1'));
  await world.importRoster(underNewIds(files, [newIdOf('p1')]), '2026-10-01T08:50:00Z');
  await world.done(200, 'POST', '/v1/schools/s1/person-matches', NEW_ADMIN, { same: true });
  await world.settled();
  const held = await isHeld();
  expect(held?.id).toBe(newIdOf(newIdOf('p1')));
  await world.done(200, 'POST', `/v1/operations/${held!.by}/approve`, NEW_ADMIN, {});
  await world.settled();
  expect(world.inSferum('5А класс')).not.toMatch(/201/);
  expect(await world.differences(['s1'])).toEqual([]);
});
