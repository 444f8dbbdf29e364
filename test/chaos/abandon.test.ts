/** A chat that we abandon is nobody's: no row takes it, whatever is under way, and one that holds it is made anew. */
import { type PluginTransformQueryArgs, type PluginTransformResultArgs, sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Context } from '../../src/context.ts';
import { schoolsToSweep, sweepDrift } from '../../src/live/drift.ts';
import { reconcileChat } from '../../src/live/reconcile-chat.ts';
import { requestDeletion } from '../../src/operations/delete-chat.ts';
import { moveGenerations } from '../../src/rows/chat-outbox.ts';
import type { AcrossSchools } from '../../src/store/across-schools.ts';
import { everywhere } from '../support/everywhere.ts';
import { type Halves, startHalves } from '../support/halves.ts';
import { letTimePass } from '../support/let-time-pass.ts';
import { slowAt } from '../support/slow-account.ts';

let halves: Halves;
let school: string;
let chatId: string;

beforeEach(async () => {
  halves = await startHalves();
  school = await halves.importSchool();
  await halves.initialize(school, ['staff']);
  [chatId] = (await halves.chatIds()) as [string];
});
afterEach(() => halves[Symbol.asyncDispose]());

const faults = () => halves.sandbox.world.faults;
const work = (ctx: Context, id = chatId) => reconcileChat(ctx, { schoolId: school, chatId: id });
const creation = async (id = chatId) => {
  const { rows } = await sql<{ creation: string }>`select creation from chat where id = ${id}`.execute(
    everywhere(halves.ctx),
  );
  return rows[0]!.creation;
};
const wakeUp = () =>
  halves.ctx.db.transactionAcross('figures', ({ sql: tx }) =>
    moveGenerations(tx, [chatId], { cause: 'test', priority: 'event', at: new Date() }),
  );
/** Chats in which our account or anybody else still is. */
const live = () =>
  [...halves.sandbox.world.chats.values()].filter((c) => c.members.size > 0).map((c) => c.title);

/** A program that, after its answer number `at` about chats of all schools, goes on only once `act` is done. */
function afterAnswer(at: number, act: () => Promise<void>): Context {
  let answers = 0;
  const paused = {
    transformQuery: ({ node }: PluginTransformQueryArgs) => node,
    async transformResult({ result }: PluginTransformResultArgs) {
      answers += 1;
      if (answers === at) await act();
      return result;
    },
  };
  const db = new Proxy(halves.ctx.db, {
    get(target, name) {
      const own: unknown = Reflect.get(target, name, target);
      if (typeof own !== 'function') return own;
      if (name !== 'across') return own.bind(target);
      return (purpose: AcrossSchools) =>
        purpose === 'accounts' ? target.across(purpose).withPlugin(paused) : target.across(purpose);
    },
  });
  return { ...halves.ctx, db };
}

/** Works while time goes by, until this many looks were taken. */
async function look(times = 2): Promise<void> {
  for (let n = 0; n < times; n++) {
    await letTimePass(halves.ctx);
    await halves.work(chatId);
  }
}

async function expectAllIsWell(): Promise<void> {
  for (let round = 0; round < 4; round++) {
    await letTimePass(halves.ctx);
    if ((await schoolsToSweep(halves.ctx)).includes(school)) await sweepDrift(halves.ctx, school);
    await halves.workAll();
  }
  expect(await halves.differences()).toEqual([]);
}

/** One attempt, whose chat nobody knows, was given up. The next attempt was refused. */
async function orphan(): Promise<void> {
  faults().once('messages.createChat', 'lateThenReset');
  await halves.work(chatId);
  faults().add({ method: 'messages.createChat', fault: 15, times: 2 });
  await look();
  expect(await creation()).toBe('none');
  expect(faults().carryOutLate()).toBe(1);
  await letTimePass(halves.ctx);
}

describe('no row takes a chat that is being abandoned', () => {
  test('because its answer came after the attempt was given up', async () => {
    const late = slowAt(halves.ctx, { createChat: 'after', readMembers: 'before' });
    const first = work(late.ctx);
    await late.createChat.arrived;
    faults().listingLagMs = 3_600_000;
    faults().once('messages.createChat', 'reset');
    await look();
    expect(await creation()).toBe('unknown');
    late.createChat.goOn();
    await late.readMembers.arrived;
    faults().listingLagMs = 0;
    await look(3);
    late.readMembers.goOn();
    await first;
    await expectAllIsWell();
  });

  test('as what came of an attempt that was given up', async () => {
    await orphan();
    const late = slowAt(halves.ctx, { readMembers: 'before' });
    const sweep = sweepDrift(late.ctx, school);
    await late.readMembers.arrived;
    await wakeUp();
    faults().once('messages.createChat', 'reset');
    await look(4);
    late.readMembers.goOn();
    await sweep;
    await expectAllIsWell();
  });

  test('while an older listing still shows it', async () => {
    await halves.workAll();
    const other = halves.ctx.newId();
    await sql`insert into chat (id, school_id, type, title, title_key, title_by_hand, archived, created_at, generation, condition, priority, cause)
      select ${other}, school_id, type, title, title_key, true, false, created_at, 1, 'behind', 'person', 'test' from chat
      where id = ${chatId}`.execute(everywhere(halves.ctx));
    faults().once('messages.createChat', 'reset');
    await work(halves.ctx, other);
    expect(await creation(other)).toBe('unknown');
    const late = slowAt(halves.ctx, { findChats: 'after' });
    await letTimePass(halves.ctx);
    const looking = work(late.ctx, other);
    await late.findChats.arrived;
    await requestDeletion(halves.ctx, {
      ...{ schoolId: school, chatIds: [chatId], recreate: false, by: { id: 'test', kind: 'operator' } },
    });
    for (let round = 0; round < 2; round++) {
      await sql`update chat set look_again_at = null, not_before = null where id = ${chatId}`.execute(
        everywhere(halves.ctx),
      );
      await work(halves.ctx);
    }
    expect(live()).toEqual([]);
    late.findChats.goOn();
    await looking;
    for (let round = 0; round < 3; round++) {
      await letTimePass(halves.ctx);
      await work(halves.ctx, other);
    }
    expect(live()).toEqual(['Учительская']);
    expect(await creation(other)).toBe('created');
  });

  test.each([1, 2])(
    'nor is one abandoned whose creation ends after question %i of whose it is',
    async (at) => {
      await orphan();
      await wakeUp();
      const creating = slowAt(halves.ctx, { createChat: 'after' });
      const attempt = work(creating.ctx);
      await creating.createChat.arrived;
      await sweepDrift(
        afterAnswer(at, async () => {
          creating.createChat.goOn();
          await attempt;
        }),
        school,
      );
      await attempt;
      await expectAllIsWell();
    },
  );
});

test('a row that holds a chat which was abandoned is brought back: the chat is made anew', async () => {
  await halves.workAll();
  const [emptied] = [...halves.sandbox.world.chats.values()];
  const cause = { method: 'hand.remove', tokenOwner: null };
  for (const user of [...emptied!.members.keys()])
    halves.sandbox.world.removeMember(emptied!, user, emptied!.ownerId, cause);
  await sql`update chat set seen_at = null, abandoned = jsonb_build_array(jsonb_build_object(
    'ownerId', owner_id, 'peerId', peer_id, 'done', true))`.execute(everywhere(halves.ctx));
  await expectAllIsWell();
  expect(live()).toEqual(['Учительская']);
});

test('abandoning that was interrupted is taken up again until nobody, nor our account, is in the chat', async () => {
  await orphan();
  faults().add({ method: 'messages.deleteConversation', fault: 10 });
  await sweepDrift(halves.ctx, school);
  expect(live()).toContain('Удалённый дубль');
  faults().clear();
  await wakeUp();
  await expectAllIsWell();
  expect(live()).toEqual(['Учительская']);
  const { rows } = await sql`select from journal where what = 'sferum-duplicate'`.execute(
    everywhere(halves.ctx),
  );
  expect(rows).toHaveLength(1);
});
