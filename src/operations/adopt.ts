/**
 * Brings restored rows and Sferum together again. After a restore our rows are older than Sferum. Sferum has chats that
 * no row knows and people who came since, and it may lack chats that our rows name. Work that went on from there would
 * create chats a second time and take out the people who came since (reliability 34). So an operator runs a command
 * that has three parts:
 *
 *   hold     Every connected school is held at once. Its account is «restore unconfirmed» (rows/sferum-account.ts), so
 *            nothing goes to Sferum, while facts, lists and plans go on. A held operation `adoption` tells people. What
 *            is known of live chats is in doubt (`seen_at` null).
 *   look     Chats of our account that no row knows are strays, and the operation's result keeps them. A row without a
 *            chat at Sferum takes the stray of exactly its title, the oldest of several (live/creation.ts). Every known
 *            chat is read, adopted ones too. The condition of a chat that is gone says so. Nothing is written to
 *            Sferum.
 *   confirm  After another look the differences are planned, through the guard (F4), and the hold is lifted.
 *
 * Between look and confirm СГО sends again what the rows have lost: its roster, or the events since. So the lists are
 * right before anybody is taken out. Facts that arrive later do no harm either. While there is a stray of a chat's
 * title, that chat is looked for before it is created, and a stray is never abandoned as a second chat. Strays that no
 * row wants are left alone, because a person may have made them.
 *
 * The hold lives in the operation. A renewed token does not lift it (connect-sferum.ts). Approving the operation in the
 * console does. The command may be repeated at any time.
 */

import { sql } from 'kysely';
import type { Author } from '../author.ts';
import type { Context } from '../context.ts';
import { CHAT_TYPES } from '../desired/model.ts';
import { accountOf, NotConnected } from '../live/accounts.ts';
import { loadChatState } from '../live/chat-state.ts';
import { adoptExisting } from '../live/creation.ts';
import { Later } from '../live/later.ts';
import { observeChats } from '../live/observe.ts';
import { unknownTo } from '../live/orphans.ts';
import type { Stray } from '../live/strays.ts';
import { doubtAll } from '../rows/chat-seen.ts';
import { addToResult, endOperation, openOperation } from '../rows/operation.ts';
import { holdRestored, RESTORE_UNCONFIRMED } from '../rows/sferum-account.ts';
import { type FoundChat, type SferumAccount, SferumError } from '../sferum/gateway.ts';
import type { Sql } from '../store/database.ts';
import { sure } from '../sure.ts';
import { decideHeld } from './decide-held.ts';

const CALL = { priority: 'event' } as const;

/** What was found of one school. Chats stand by their titles. */
export interface Adoption {
  schoolId: string;
  /** `not-held` says that there was nothing to confirm, and that nothing was done. */
  state: 'held' | 'confirmed' | 'not-held';
  read: number;
  adopted: string[];
  /** Chats of our account that no row holds. They are left alone. */
  strays: string[];
  gone: string[];
  /** Chats that could not be read now. Their jobs read them before they write to them. */
  unreadable: string[];
  /** Why the school could not be looked at. Such a school stays held. */
  problem: string | null;
}

/**
 * Holds these schools and looks at them, or confirms those that are held. Without named schools it takes every
 * connected one. Throws where a named school is not connected, and then nothing is done.
 */
export async function adoptAfterRestore(
  ctx: Context,
  { schoolIds, confirm, by }: { schoolIds: readonly string[]; confirm: boolean; by: Author },
): Promise<Adoption[]> {
  const schools = await connected(ctx, schoolIds);
  const holds = new Map<string, string | null>();
  for (const id of schools)
    holds.set(id, confirm ? await holdOf(ctx.db.of(id), id) : await hold(ctx, id, by));
  const adoptions: Adoption[] = [];
  for (const [schoolId, operationId] of holds) {
    const adoption: Adoption = {
      ...{ schoolId, state: operationId ? 'held' : 'not-held', problem: null },
      ...{ read: 0, adopted: [], strays: [], gone: [], unreadable: [] },
    };
    adoptions.push(adoption);
    if (operationId === null) continue;
    adoption.problem = await look(ctx, operationId, adoption);
    if (!confirm || adoption.problem !== null) continue;
    await decideHeld(ctx, { schoolId, operationId, decision: 'approve', chatIds: null, by });
    adoption.state = 'confirmed';
  }
  return adoptions;
}

async function connected(ctx: Context, schoolIds: readonly string[]): Promise<string[]> {
  const rows = await ctx.db
    .across('adopt')
    .selectFrom('sferum_account')
    .select('school_id as id')
    .orderBy('school_id')
    .execute();
  const all = rows.map((r) => r.id);
  const unknown = schoolIds.filter((id) => !all.includes(id));
  if (unknown.length > 0) throw new Error(`not connected to Sferum: ${unknown.join(', ')}`);
  return schoolIds.length > 0 ? [...new Set(schoolIds)] : all;
}

async function holdOf(db: Sql, schoolId: string): Promise<string | null> {
  const held = await db
    .selectFrom('operation')
    .select('id')
    .where('school_id', '=', schoolId)
    .where('kind', '=', 'adoption')
    .where('state', '=', 'held')
    .executeTakeFirst();
  return held?.id ?? null;
}

/** Holds the school and returns its operation, which may be that of an earlier run of the command. */
async function hold(ctx: Context, schoolId: string, by: Author): Promise<string> {
  const at = new Date(ctx.clock.now());
  return ctx.db.holdingSchool(schoolId, async ({ sql: tx }) => {
    await holdRestored(tx, schoolId, at);
    await doubtAll(tx, schoolId);
    const open = await holdOf(tx, schoolId);
    if (open !== null) return open;
    const id = ctx.newId();
    await openOperation(tx, { id, schoolId, kind: 'adoption', params: {}, by, at });
    await endOperation(tx, id, { at: new Date(ctx.clock.now()), state: 'held', problems: [RESTORED] });
    return id;
  });
}

const RESTORED = {
  code: RESTORE_UNCONFIRMED,
  message:
    'База восстановлена из копии. Пока не подтверждено, что списки из СГО получены заново, чаты не создаются и никто не исключается.',
};

/** Looks at the school and fills `adoption`. Returns what stood in the way, or null. */
async function look(ctx: Context, operationId: string, adoption: Adoption): Promise<string | null> {
  const { schoolId } = adoption;
  try {
    const account = await accountOf(ctx, schoolId, { afterRestore: true });
    const own = await account.ownChats(CALL);
    const strays = await unknownOf(ctx, account, own);
    await addToResult(ctx.db.of(schoolId), { schoolId, id: operationId }, { strays });
    adoption.adopted = await adopt(ctx, account, schoolId, strays);
    adoption.strays = [
      ...new Map((await unknownOf(ctx, account, own)).map((s) => [s.peerId, s.title])).values(),
    ];
    let total = 0;
    const request = { schoolId, types: CHAT_TYPES, priority: 'bulk', leaveUnreadable: true } as const;
    const { lost, unreadable } = await observeChats(ctx, account, request, (_, all) => {
      total = all;
    });
    adoption.gone = await titlesOf(ctx, schoolId, lost);
    adoption.unreadable = await titlesOf(ctx, schoolId, unreadable);
    adoption.read = total - lost.length - unreadable.length;
    const { read, adopted, gone } = adoption;
    const figures = { read, adopted: adopted.length, gone: gone.length };
    await addToResult(ctx.db.of(schoolId), { schoolId, id: operationId }, figures);
    return null;
  } catch (error) {
    if (error instanceof NotConnected) return error.code;
    if (error instanceof SferumError) return `sferum-${error.kind}`;
    throw error;
  }
}

async function unknownOf(ctx: Context, account: SferumAccount, own: readonly FoundChat[]): Promise<Stray[]> {
  const titles = new Map(own.map((chat) => [chat.ref.peerId, chat.titles]));
  const refs = own.map(({ ref }) => ref);
  const unknown = await unknownTo(ctx, account.ownerId, refs);
  return unknown.flatMap(({ peerId }) => sure(titles.get(peerId)).map((title) => ({ peerId, title })));
}

/** Lets rows without a chat at Sferum take the strays of their titles. Returns the titles of those that did. */
async function adopt(
  ctx: Context,
  account: SferumAccount,
  schoolId: string,
  strays: readonly Stray[],
): Promise<string[]> {
  const titles = JSON.stringify(strays.map((stray) => stray.title));
  const { rows: chats } = await sql<{ id: string; title: string }>`
    select id, title from chat where school_id = ${schoolId} and creation <> 'created'
      and deleted_at is null and deleting_since is null
      and case when creation = 'none' then title else creation_title end
        in (select jsonb_array_elements_text(${titles}::jsonb))
    order by title, id`.execute(ctx.db.of(schoolId));
  const adopted = await Promise.all(
    chats.map(async ({ id, title }) => {
      const chat = await loadChatState(ctx, { schoolId, isBulk: true }, id);
      const found = chat && (await adoptExisting(ctx, account, chat, CALL).catch(nullIfLater));
      return found ? [title] : [];
    }),
  );
  return adopted.flat();
}

/** A chat that cannot be adopted yet is left to its own job. */
function nullIfLater(error: unknown): null {
  if (error instanceof Later || (error instanceof SferumError && error.kind === 'unknown')) return null;
  throw error;
}

async function titlesOf(ctx: Context, schoolId: string, chatIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ title: string }>`
    select title from chat where id = any(${[...chatIds]}::uuid[]) order by title, id`.execute(
    ctx.db.of(schoolId),
  );
  return rows.map((r) => r.title);
}
