/** What Sferum carries out after we gave up, and after the world has moved on, is looked for once more. */
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { schoolsToSweep, sweepDrift } from '../../src/live/drift.ts';
import { requestDeletion } from '../../src/operations/delete-chat.ts';
import { moveGenerations } from '../../src/rows/chat-outbox.ts';
import { everywhere } from '../support/everywhere.ts';
import { type Halves, startHalves } from '../support/halves.ts';

const WAITING = { timeout: 15_000, interval: 100 };

let halves: Halves;
let school: string;
let chatId: string;

beforeEach(async () => {
  halves = await startHalves({ env: { LIMIT_LATE_EFFECT_MS: '2000' } });
  school = await halves.importSchool();
  await halves.initialize(school, ['staff']);
  [chatId] = (await halves.chatIds()) as [string];
});
afterEach(() => halves[Symbol.asyncDispose]());

const faults = () => halves.sandbox.world.faults;
const populated = () =>
  [...halves.sandbox.world.chats.values()].filter((c) => c.members.size > 1).map((c) => c.title);

/** Ends the pauses of chats. The age of attempts stays as it is. */
const rush = () => sql`update chat set not_before = null`.execute(everywhere(halves.ctx));

/** Sweeps the school if it is due, as the relay does. */
async function sweep(): Promise<void> {
  if ((await schoolsToSweep(halves.ctx)).includes(school)) await sweepDrift(halves.ctx, school);
  await halves.workAll();
}

async function swept(): Promise<string[]> {
  await sweep();
  return populated();
}

/** Brings the chat to this state: the outcome of its creation is unknown, and two looks have found nothing. */
async function givenUp(): Promise<void> {
  faults().once('messages.createChat', 'lateThenReset');
  await halves.work(chatId);
  await rush();
  await halves.work(chatId);
}

describe('a creation that takes effect late', () => {
  test('after the chat was renamed here: the orphan is emptied, the chat is made once', async () => {
    await givenUp();
    await sql`update chat set title = 'Педсовет', generation = generation + 1, not_before = null`.execute(
      everywhere(halves.ctx),
    );
    await halves.workAll();
    expect(faults().carryOutLate()).toBe(1);
    expect(populated().sort()).toEqual(['Педсовет', 'Учительская']);
    await expect.poll(swept, WAITING).toEqual(['Педсовет']);
    const { rows } = await sql`select what from journal where what = 'sferum-duplicate'`.execute(
      everywhere(halves.ctx),
    );
    expect(rows).toHaveLength(1);
  });

  test('after the chat was deleted here: nobody stays in it', async () => {
    await givenUp();
    await requestDeletion(halves.ctx, {
      ...{ schoolId: school, chatIds: [chatId], recreate: true, by: { id: 'test', kind: 'operator' } },
    });
    await rush();
    await halves.workAll();
    const { rows } = await sql`select from chat where deleted_at is not null`.execute(everywhere(halves.ctx));
    expect(rows).toHaveLength(1);
    expect(faults().carryOutLate()).toBe(1);
    expect(populated()).toEqual(['Учительская']);
    await expect.poll(swept, WAITING).toEqual([]);
  });

  test("and is made by hand under that title later: it is nobody's orphan", async () => {
    await givenUp();
    await rush();
    await halves.workAll();
    await expect
      .poll(async () => {
        await sweep();
        const { rows } = await sql`select from chat where given_up <> '[]'`.execute(everywhere(halves.ctx));
        return rows.length;
      }, WAITING)
      .toBe(0);
    const [ours] = [...halves.sandbox.world.chats.values()];
    const cause = { method: 'hand.create', tokenOwner: null };
    const other = halves.sandbox.world.createChat(ours!.ownerId, ours!.title, cause);
    halves.sandbox.world.addMember(other, 555, ours!.ownerId, cause);
    await sweep();
    expect([...other.members.keys()]).toContain(555);
  });
});

describe('people of a live chat', () => {
  const live = () => [...halves.sandbox.world.chats.values()][0]!;

  async function want(personId: string, isWanted: boolean): Promise<void> {
    await halves.ctx.db.transactionOf(school, async ({ sql: tx }) => {
      await sql`delete from exception where chat_id = ${chatId} and person_id = ${personId}`.execute(tx);
      if (isWanted) {
        await sql`insert into membership (chat_id, person_id, school_id) values (${chatId}, ${personId}, ${school})`.execute(
          tx,
        );
      } else {
        await sql`delete from membership where chat_id = ${chatId} and person_id = ${personId}`.execute(tx);
        await sql`insert into exception (chat_id, person_id, school_id, member, author_id, at)
          values (${chatId}, ${personId}, ${school}, 'excluded', 'test', now())`.execute(tx);
      }
      await moveGenerations(tx, [chatId], { cause: 'test', priority: 'event', at: new Date() });
    });
    await halves.workAll();
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

  beforeEach(() => halves.workAll());

  test('who is added late, after he was taken out again, goes as soon as the delay is over', async () => {
    const { personId, userId } = await somebody();
    await want(personId, false);
    faults().once('messages.addChatUser', 'lateThenReset');
    await want(personId, true);
    await expect
      .poll(async () => {
        await rush();
        await halves.workAll();
        return live().members.has(userId);
      })
      .toBe(true);
    await want(personId, false);
    expect(live().members.has(userId)).toBe(false);
    expect(faults().carryOutLate()).toBe(1);
    expect(live().members.has(userId)).toBe(true);
    const isStillIn = async () => {
      await sweep();
      return live().members.has(userId);
    };
    await expect.poll(isStillIn, WAITING).toBe(false);
    expect(await halves.differences()).toEqual([]);
  });

  test('a chat is let go only when nobody can come into it late', async () => {
    const { personId, userId } = await somebody();
    await want(personId, false);
    faults().once('messages.addChatUser', 'lateThenReset');
    await want(personId, true);
    await requestDeletion(halves.ctx, {
      ...{ schoolId: school, chatIds: [chatId], recreate: true, by: { id: 'test', kind: 'operator' } },
    });
    await halves.workAll();
    expect(populated()).toEqual([]);
    faults().carryOutLate();
    expect(live().members.has(userId)).toBe(true);
    const worked = async () => {
      await halves.workAll();
      return populated();
    };
    await expect.poll(worked, WAITING).toEqual([]);
  });
});
