/** J5: the plan «на дату» shows what signed orders will do before it happens. Then they do exactly that. */
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CHAT_TYPES } from '../../src/desired/model.ts';
import { ADMIN, type ChatWorld, startChatWorld } from '../support/chat-world.ts';
import { everywhere } from '../support/everywhere.ts';
import { tell } from '../support/tell-events.ts';
import { stateOf } from '../support/world-state.ts';

const INITIALIZE = '/v1/schools/s1/initializations';

let world: ChatWorld;
beforeEach(async () => {
  world = await startChatWorld();
  const p1 = { studentId: 'p1', classId: 'c5a', toClassId: 'c5b' };
  await order({
    id: 'o1',
    number: '12',
    issuedOn: '2026-09-30',
    kind: 'transfer',
    on: '2026-10-05',
    items: [p1],
  });
  await order({ id: 'o2', number: '13', kind: 'withdrawal', on: '2026-10-20', items: [{ studentId: 'p2' }] });
});
afterEach(() => world[Symbol.asyncDispose]());

const order = ({ on, ...own }: { id: string; on: string; [more: string]: unknown }) =>
  tell(world, 's1', 'sgo.order.issued', { ...own, effectiveOn: on });

interface PlanLine {
  action: string;
  chatTitle: string;
  personId?: string;
  grounds: object[];
  sentence: string;
}

async function planOf(asOf: string | null): Promise<{ id: string; result: object; lines: PlanLine[] }> {
  const body = { types: CHAT_TYPES, dryRun: true, ...(asOf === null ? {} : { asOf }) };
  const { operationId: id } = await world.done<{ operationId: string }>(202, 'POST', INITIALIZE, ADMIN, body);
  await world.settled();
  const run = await world.done<{ result: object }>(200, 'GET', `/v1/operations/${id}`, ADMIN);
  expect(run).toMatchObject({ state: 'succeeded' });
  const plan = await world.done<{ items: PlanLine[] }>(200, 'GET', `/v1/operations/${id}/plan`, ADMIN);
  return { id, result: run.result, lines: plan.items };
}

const moves = (lines: readonly PlanLine[]) =>
  lines.map(({ action, chatTitle, personId }) => `${chatTitle}: ${action} ${personId}`).sort();

const TRANSFER = [
  '5А класс: remove p1',
  '5А родители: remove f1',
  '5А/География: remove p1',
  '5Б класс: add p1',
  '5Б родители: add f1',
  '5Б родители: add m1',
];
const DEPARTURE = ['5А класс: remove p2', '5А родители: remove m1', '5А/География: remove p2'];

test('a dry run «на дату» shows exactly the moves of the orders in force by then, named, and changes nothing', async () => {
  const before = await stateOf(world);
  const { writes } = world.sandbox.api.stats;
  const { rows: journal } = await sql`select max(id) as last from journal`.execute(everywhere(world.ctx));
  expect((await planOf(null)).lines).toEqual([]);
  expect((await planOf('2026-10-04')).lines).toEqual([]);
  const { result, lines } = await planOf('2026-10-05');
  expect(moves(lines)).toEqual(TRANSFER);
  expect(result).toMatchObject({ members: { added: 3, removed: 3 }, chats: { created: 0 } });
  const added = lines.find(({ action, personId }) => action === 'add' && personId === 'p1')!;
  expect(added.grounds).toMatchObject([
    { kind: 'enrollment', since: '2026-10-05', orderNumber: '12', orderDate: '2026-09-30' },
  ]);
  expect(lines.filter(({ action }) => action === 'remove').map(({ sentence }) => sentence)).toContain(
    'Исключить: Абаев Марк – по приказу № 12 от 30.09.2026',
  );
  expect(moves((await planOf('2026-10-20')).lines)).toEqual([...TRANSFER, ...DEPARTURE].sort());
  expect(await stateOf(world)).toEqual(before);
  expect(world.sandbox.api.stats.writes).toBe(writes);
  expect((await sql`select max(id) as last from journal`.execute(everywhere(world.ctx))).rows).toEqual(
    journal,
  );
});

test('it is to be read alone: applied it is refused', async () => {
  const { id } = await planOf('2026-10-05');
  expect(await world.done(409, 'POST', INITIALIZE, ADMIN, { plan: id })).toMatchObject({
    type: expect.stringContaining('plan-stale'),
  });
});

test('J7: when the day comes, just that happens', async () => {
  const { lines } = await planOf('2026-10-05');
  const { clock } = world.ctx;
  const { now } = clock;
  clock.now = () => now() + 4 * 24 * 3600_000;
  const done = () =>
    sql<PlanLine>`select what as action, c.title as "chatTitle", person_id as "personId"
      from journal j join chat c on c.id = j.chat_id where j.cause = 'day:2026-10-05' and person_id is not null`.execute(
      everywhere(world.ctx),
    );
  await vi.waitFor(async () => expect((await done()).rows).not.toEqual([]), 20_000);
  await world.settled();
  expect(moves((await done()).rows)).toEqual(moves(lines));
  expect(world.inSferum('5Б класс')).toBe('102* 201 204 205');
  expect(await world.differences(['s1'])).toEqual([]);
});
