/** What was seen of many chats at once is recorded as if each chat had been seen alone (D8). */
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LiveState } from '../../src/plan/model.ts';
import { recordSeen } from '../../src/rows/sferum-member.ts';
import { type ApiWorld, createApiWorld } from '../support/api.ts';
import { everywhere } from '../support/everywhere.ts';
import { addChat, addSchool, insert } from '../support/seeds.ts';

const CHATS = 3;
const BEFORE = new Date('2026-10-01T08:00:00Z');
const AT = new Date('2026-10-01T09:00:00Z');

interface Row {
  admin: boolean;
  state: LiveState;
  reason: string | null;
  tries: number;
  unjudged: boolean;
}
/** What was believed of one profile in one chat, and what it becomes. */
interface Fate {
  before: Row | null;
  now: { admin: boolean; state: LiveState; reason?: string } | 'removed' | null;
}

let world: ApiWorld;
let chatIds: string[];
beforeAll(async () => {
  world = await createApiWorld();
  await addSchool(world.db, 's1');
  chatIds = [];
  for (let n = 0; n < CHATS; n++)
    chatIds.push(await addChat(world.db, 's1', { type: 'class', title: `${n}` }));
});
afterAll(() => world[Symbol.asyncDispose]());

type By = 'look' | 'work';

const isPresent = <R extends { state: LiveState }>(row: R | null): row is R =>
  row?.state === 'in' || row?.state === 'waiting';

/** Gives the row by the rule, written here a second time. */
function expected({ before, now }: Fate, by: By): Row | null {
  if (now === 'removed') return null;
  if (now !== null) {
    const known = before?.state === now.state ? before.reason : null;
    const unjudged = isPresent(before) ? before.unjudged : by === 'look' && isPresent(now);
    return { ...now, reason: now.reason ?? known, tries: before?.tries ?? 0, unjudged };
  }
  // A chat's work does not touch people whom no plan has judged.
  if (!isPresent(before) || (before.unjudged && by === 'work')) return before;
  return { admin: false, state: 'left', reason: 'left', tries: before.tries + 1, unjudged: false };
}

const state = fc.constantFrom<LiveState>('in', 'waiting', 'refused', 'left');
const row = fc
  .record({
    ...{ admin: fc.boolean(), state, tries: fc.nat(3), unjudged: fc.boolean() },
    reason: fc.constantFrom(null, 'left', 'privacy'),
  })
  .map((one) => ({ ...one, unjudged: one.unjudged && isPresent(one) }));
const fate: fc.Arbitrary<Fate> = fc.record({
  before: fc.option(row),
  now: fc.oneof(
    fc.constantFrom('removed' as const, null),
    fc.record({ admin: fc.boolean(), state }),
    fc.record({ admin: fc.boolean(), state: fc.constant('refused' as const), reason: fc.constant('other') }),
  ),
});
const chats = fc.array(fc.array(fate, { maxLength: 5 }), { minLength: CHATS, maxLength: CHATS });

async function stored(): Promise<Record<string, Row>> {
  const { rows } = await sql<Row & { chat: string; id: string }>`
    select chat_id as chat, vk_user_id as id, admin, state, reason, tries, unjudged from sferum_member`.execute(
    everywhere(world.db),
  );
  return Object.fromEntries(rows.map(({ chat, id, ...own }) => [`${chatIds.indexOf(chat)} ${id}`, own]));
}

test('a member is in, waits, was refused, has left, or was taken out: in each of the chats', async () => {
  await fc.assert(
    fc.asyncProperty(chats, fc.constantFrom<By>('look', 'work'), async (fates, by) => {
      await sql`delete from sferum_member`.execute(everywhere(world.db));
      const all = fates.flatMap((own, chat) => own.map((one, id) => ({ chat, id: id + 1, ...one })));
      const believed = all.flatMap(({ chat, id, before }) =>
        before ? { chat_id: chatIds[chat], vk_user_id: id, school_id: 's1', seen_at: BEFORE, ...before } : [],
      );
      if (believed.length > 0) await insert(world.db, 'sferum_member', believed);
      const seen = chatIds.map((chatId, chat) => {
        const own = all.filter((one) => one.chat === chat);
        return {
          chatId,
          members: own.flatMap(({ id, now }) =>
            now === null || now === 'removed' ? [] : { userId: id, ...now },
          ),
          removed: own.flatMap(({ id, now }) => (now === 'removed' ? id : [])),
        };
      });
      await world.db.transactionOf('s1', ({ sql: tx }) =>
        recordSeen(tx, { schoolId: 's1', at: AT, by }, seen),
      );
      const wanted = all.flatMap((one) => {
        const after = expected(one, by);
        return after ? [[`${one.chat} ${one.id}`, after]] : [];
      });
      expect(await stored()).toEqual(Object.fromEntries(wanted));
    }),
    { numRuns: 100 },
  );
});

test('where a part is told, whoever is not named stays as before; elsewhere they have left', async () => {
  await sql`delete from sferum_member`.execute(everywhere(world.db));
  const rows = [0, 1].flatMap((chat) =>
    [1, 2, 3].map((id) => ({
      chat_id: chatIds[chat],
      vk_user_id: id,
      school_id: 's1',
      state: 'in',
      seen_at: BEFORE,
    })),
  );
  await insert(world.db, 'sferum_member', rows);
  const told = { members: [{ userId: 1, admin: true, state: 'in' as const }], removed: [2] };
  await world.db.transactionOf('s1', ({ sql: tx }) =>
    recordSeen(tx, { schoolId: 's1', at: AT, by: 'work' }, [
      { chatId: chatIds[0]!, ...told, isPart: true },
      { chatId: chatIds[1]!, ...told },
    ]),
  );
  const after = Object.entries(await stored()).map(([key, { admin, state }]) => `${key} ${admin} ${state}`);
  expect(after.toSorted()).toEqual(['0 1 true in', '0 3 false in', '1 1 true in', '1 3 false left']);
});
