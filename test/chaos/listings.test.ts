/** Scenario 10: a list of members that cannot be true takes nobody out and puts nobody in. */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { CHAT_TYPES } from '../../src/desired/model.ts';
import { sweepDrift } from '../../src/live/drift.ts';
import { moveGenerations } from '../../src/rows/chat-outbox.ts';
import type { MemberListing } from '../../src/sferum/sandbox/faults.ts';
import type { TestApp } from '../support/app.ts';
import { everywhere } from '../support/everywhere.ts';
import { startSmallWorld } from '../support/small-world.ts';

const WAITING = { timeout: 30_000, interval: 20 };

let world: TestApp;
let school: string;
beforeAll(async () => {
  ({ world, school } = await startSmallWorld({ LIMIT_DRIFT_INTERVAL_MS: '1000' }));
});
afterAll(() => world[Symbol.asyncDispose]());

const live = () => world.sandbox.world;
/** A chat larger than VK's default page. */
const bigChat = () => [...live().chats.values()].find((chat) => chat.members.size > 20)!;
const believedIn = async () => {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from sferum_member where state = 'in'`.execute(everywhere(world.ctx));
  return rows[0]!.n;
};
const byUs = (what: 'remove' | 'add') =>
  live()
    .ledger.of(what)
    .filter((entry) => entry.method === `messages.${what}ChatUser`);

test.each<[Exclude<MemberListing, 'whole'>, number]>([
  ['empty', 1_001],
  ['nobody', 1_002],
  ['cut', 1_003],
  ['contradictory', 1_004],
  ['default-page', 1_005],
])(
  'reliability 10: a list that is %s removes nobody, its chat says so, and all converges once it is whole again',
  async (listing, stranger) => {
    const chat = bigChat();
    const kicked = [...chat.members].find(([id, { isAdmin }]) => id !== chat.ownerId && !isAdmin)![0];
    // What the case before has left is recorded too.
    await world.settled();
    const before = { removed: byUs('remove').length, added: byUs('add').length, in: await believedIn() };
    live().faults.memberListing = listing;
    live().kick(chat.id, kicked);
    live().join(chat.id, stranger);

    // An initialisation and drift look at every chat, and one chat's job must read before it writes.
    const operation = await world.commands.initialize({
      ...{
        schoolId: school,
        types: [...CHAT_TYPES],
        dryRun: false,
        strict: false,
        asOf: null,
        by: { id: 'test', kind: 'operator' },
      },
    });
    const { rows: due } = await sql<{ id: string }>`
      select id from chat where sferum_title = ${chat.title}`.execute(everywhere(world.ctx));
    await sql`update chat set seen_at = null`.execute(everywhere(world.ctx));
    await world.ctx.db.transactionAcross('figures', ({ sql: tx }) =>
      moveGenerations(tx, [due[0]!.id], { cause: 'test', priority: 'event', at: new Date() }),
    );
    await vi.waitFor(async () => {
      const { rows } = await sql`
        select o.state, c.condition, c.condition_reason as reason, c.condition_message as message
        from chat c, operation o where c.id = ${due[0]!.id} and o.id = ${operation}`.execute(
        everywhere(world.ctx),
      );
      const message = expect.stringContaining('Сферум не отвечает');
      expect(rows).toEqual([{ state: 'running', condition: 'behind', reason: 'unavailable', message }]);
    }, WAITING);
    await sweepDrift(world.ctx, school);
    expect({
      removed: byUs('remove').length,
      added: byUs('add').length,
      in: await believedIn(),
    }).toEqual(before);
    expect(chat.members.has(stranger)).toBe(true);

    live().faults.clear();
    expect((await world.ended(operation)).state).toBe('succeeded');
    await world.settled();
    await vi.waitFor(async () => expect(await world.differences([school])).toEqual([]), WAITING);
    expect(byUs('remove').length - before.removed).toBe(1);
    expect(byUs('add').length - before.added).toBe(1);
  },
);
