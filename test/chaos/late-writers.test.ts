/** V3: people are where they belong after workers that were killed, were late, or were overtaken. */
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sweepDrift } from '../../src/live/drift.ts';
import { reconcileChat } from '../../src/live/reconcile-chat.ts';
import { moveGenerations } from '../../src/rows/chat-outbox.ts';
import { everywhere } from '../support/everywhere.ts';
import { type Halves, startHalves } from '../support/halves.ts';

let halves: Halves;
let school: string;
let chatId: string;

beforeEach(async () => {
  halves = await startHalves();
  school = await halves.importSchool();
  await halves.initialize(school, ['staff']);
  [chatId] = (await halves.chatIds()) as [string];
  await halves.workAll();
  expect(await halves.differences()).toEqual([]);
});
afterEach(() => halves[Symbol.asyncDispose]());

const world = () => halves.sandbox.world;
const live = () => [...world().chats.values()][0]!;

/** Takes a person who is in off the list, or puts the person back. Gives the profile. */
async function want(personId: string, isWanted: boolean): Promise<void> {
  await halves.ctx.db.transactionAcross('figures', async ({ sql: tx }) => {
    if (isWanted) {
      await sql`insert into membership (chat_id, person_id, school_id) values (${chatId}, ${personId}, ${school})`.execute(
        tx,
      );
    } else
      await sql`delete from membership where chat_id = ${chatId} and person_id = ${personId}`.execute(tx);
    await moveGenerations(tx, [chatId], { cause: 'test', priority: 'event', at: new Date() });
  });
}

async function somebody(): Promise<{ personId: string; userId: number }> {
  const { rows } = await sql<{ person_id: string; vk_user_id: string }>`
    select m.person_id, l.vk_user_id from membership m
    join profile_link l on l.school_id = m.school_id and l.person_id = m.person_id and l.present
    where chat_id = ${chatId} and not m.admin
      and (select count(*) from profile_link o where o.vk_user_id = l.vk_user_id) = 1
    order by 1 limit 1`.execute(everywhere(halves.ctx));
  return { personId: rows[0]!.person_id, userId: Number(rows[0]!.vk_user_id) };
}

test('who was added by a worker that was killed before it could say so, and is not wanted since, goes out', async () => {
  const { personId, userId } = await somebody();
  await want(personId, false);
  await halves.workAll();
  await want(personId, true);
  // The worker adds the person and is gone: neither the outcome nor anything after it is recorded.
  const dead = {
    ...halves.ctx,
    db: new Proxy(halves.ctx.db, {
      get(db, name) {
        if (name === 'transactionOf') return () => Promise.reject(new Error('killed'));
        const own: unknown = Reflect.get(db, name);
        return typeof own === 'function' ? own.bind(db) : own;
      },
    }),
  };
  await expect(reconcileChat(dead, { schoolId: school, chatId })).rejects.toThrow('killed');
  expect(live().members.has(userId)).toBe(true);
  await want(personId, false);
  await halves.workAll();
  await sweepDrift(halves.ctx, school);
  await halves.workAll();
  expect(await halves.differences()).toEqual([]);
});

test('reliability 3: what a late worker wrote after a newer generation was settled is read and mended', async () => {
  const { personId, userId } = await somebody();
  await want(personId, false);
  await halves.workAll();
  await want(personId, true);
  const late = await lateWorker('addMember');
  await want(personId, false);
  await halves.workAll();
  expect(live().members.has(userId)).toBe(false);
  await late.goOn();
  await halves.workAll();
  await sweepDrift(halves.ctx, school);
  await halves.workAll();
  expect(await halves.differences()).toEqual([]);
});

test('a late worker records nothing that it believes', async () => {
  const { personId, userId } = await somebody();
  await want(personId, false);
  const late = await lateWorker('removeMember');
  await halves.work(chatId);
  await want(personId, true);
  await halves.workAll();
  await late.goOn();
  await halves.workAll();
  await sweepDrift(halves.ctx, school);
  await halves.workAll();
  const { rows } = await sql<{ state: string }>`
    select state from sferum_member where chat_id = ${chatId} and vk_user_id = ${userId}`.execute(
    everywhere(halves.ctx),
  );
  expect(rows).toEqual([{ state: 'in' }]);
  expect(await halves.differences()).toEqual([]);
});

test('V4, reliability 13: a job that names another school than its chat has does nothing', async () => {
  const before = halves.sandbox.api.stats.requests;
  await want((await somebody()).personId, false);
  await sql`update chat set queued_at = now()`.execute(everywhere(halves.ctx));
  await reconcileChat(halves.ctx, { schoolId: 'another', chatId });
  const { rows } =
    await sql`select queued_at is not null as queued, generation > settled_generation as due from chat`.execute(
      everywhere(halves.ctx),
    );
  expect(rows).toEqual([{ queued: true, due: true }]);
  expect(halves.sandbox.api.stats.requests).toBe(before);
});

test('reliability 23: a chat that stumbles over itself is set aside with its reason, and a change revives it', async () => {
  const broken = {
    ...halves.ctx,
    gateway: {
      account: () => {
        throw new TypeError('names stand here');
      },
    },
  };
  await want((await somebody()).personId, false);
  const state = async () => {
    const { rows } =
      await sql`select condition, condition_reason as reason, generation > settled_generation as due from chat`.execute(
        everywhere(halves.ctx),
      );
    return rows[0];
  };
  const tries = async (count: number) => {
    for (let i = 0; i < count; i++) await reconcileChat(broken as never, { schoolId: school, chatId });
  };
  await tries(1);
  expect(await state()).toEqual({ condition: 'behind', reason: 'unexpected', due: true });
  await tries(19);
  expect(await state()).toEqual({ condition: 'failing', reason: 'unexpected', due: false });
  await halves.ctx.db.transactionAcross('figures', ({ sql: tx }) =>
    moveGenerations(tx, [chatId], { cause: 'test', priority: 'event', at: new Date() }),
  );
  await halves.workAll();
  expect(await state()).toEqual({ condition: 'synced', reason: null, due: false });
  expect(await halves.differences()).toEqual([]);
});

test('a newer generation does not wait for the troubles of the one before', async () => {
  const { personId } = await somebody();
  await want(personId, false);
  world().faults.once('messages.removeChatUser', 9);
  const late = await lateWorker('removeMember');
  await want(personId, true);
  await late.goOn();
  const { rows } = await sql`select not_before, attempts from chat`.execute(everywhere(halves.ctx));
  expect(rows).toEqual([{ not_before: null, attempts: 0 }]);
});

test('a change that comes while a chat turns out to be closed does not hide that', async () => {
  const { personId } = await somebody();
  await want(personId, false);
  await halves.workAll();
  world().setCondition(live().id, 'disabled');
  await want(personId, true);
  const late = await lateWorker('addMember');
  await halves.ctx.db.transactionAcross('figures', ({ sql: tx }) =>
    moveGenerations(tx, [chatId], { cause: 'test', priority: 'event', at: new Date() }),
  );
  await late.goOn();
  await halves.workAll();
  const { rows } = await sql`select condition, condition_reason as reason from chat`.execute(
    everywhere(halves.ctx),
  );
  expect(rows).toEqual([{ condition: 'failing', reason: 'chat-lost' }]);
});

/** Starts a worker on the chat. It stands still right before its first such call leaves, until it is told to go on. */
async function lateWorker(method: 'addMember' | 'removeMember'): Promise<{ goOn(): Promise<void> }> {
  const arrived = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const { gateway } = halves.ctx;
  const account: typeof gateway.account = (credentials) =>
    new Proxy(gateway.account(credentials), {
      get(target, name) {
        const own = Reflect.get(target, name, target);
        if (typeof own !== 'function') return own;
        return async (...args: unknown[]) => {
          if (name === method) {
            arrived.resolve();
            await gate.promise;
          }
          return own.apply(target, args);
        };
      },
    });
  const slow = { ...halves.ctx, gateway: { ...gateway, account } };
  const running = reconcileChat(slow, { schoolId: school, chatId });
  await arrived.promise;
  return {
    async goOn() {
      gate.resolve();
      await running;
    },
  };
}
