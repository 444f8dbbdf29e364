/**
 * Creating one chat at Sferum, whose createChat takes no key of ours and must never be repeated blindly (V2).
 *
 *   none ── intent committed (attempt's fence, title, deadline) ──► creating ── answered ──► created
 *    ▲                                                                │
 *    │ two looks found none                                           │ reply lost, or deadline past
 *    └──────────────────────────── unknown ◄──────────────────────────┘
 *                                     └─ a look found it ──► created (adopted)
 *
 * The marker by which an orphan is found is the clean title itself: the database allows one creation of a title
 * per account to be under way, so a chat of that title which no row of ours knows is the orphan of this attempt.
 * (A marker in the title would cost a rename, and a service message to everybody, at each of 2,700 creations.)
 */
import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { type CallOptions, type ChatRef, type SferumAccount, SferumError } from '../sferum/gateway.ts';
import { stateOf } from '../store/database.ts';
import type { ChatState } from './chat-state.ts';
import { Later } from './later.ts';

/** A request not sent within this time of its intent is never sent. */
const CREATION_DEADLINE_MS = 30_000;
/** After the deadline a request may still be under way: the client's own time-out, and some. */
const CREATION_SETTLE_MS = 20_000;
/** A lost reply's chat may show in the listings a little later. */
const LOOK_PAUSE_MS = 1_500;
/** So many looks without a find, and the request is taken for lost before it did anything. */
const LOOKS_BEFORE_NEW_ATTEMPT = 2;
/** Another chat of the same title is being created: its turn first. */
const TITLE_BUSY_PAUSE_MS = 1_000;
const UNIQUE_VIOLATION = '23505';

export interface Created {
  ref: ChatRef;
  title: string;
  /** Who is in, known from the answer; null: adopted, must be read. */
  members: readonly number[] | null;
}

/** Creates the chat, or adopts the orphan of an earlier attempt. Throws Later where only waiting helps. */
export async function ensureCreated(
  ctx: Context,
  account: SferumAccount,
  chat: ChatState,
  members: readonly number[],
  call: CallOptions,
): Promise<Created> {
  const { creation } = chat;
  if (creation.state === 'creating') {
    const quietAtMs = creation.atMs + CREATION_DEADLINE_MS + CREATION_SETTLE_MS;
    if (ctx.clock.now() < quietAtMs) throw new Later(quietAtMs - ctx.clock.now());
    await setCreation(ctx, chat, 'unknown');
  }
  if (creation.state === 'creating' || creation.state === 'unknown') {
    const found = await look(ctx, account, chat, call);
    if (found) return found;
  }
  return attempt(ctx, account, chat, members, call);
}

async function attempt(
  ctx: Context,
  account: SferumAccount,
  chat: ChatState,
  members: readonly number[],
  call: CallOptions,
): Promise<Created> {
  const atMs = ctx.clock.now();
  const fence = await commitIntent(ctx, account, chat, atMs);
  try {
    const created = await account.createChat(
      { title: chat.title, members },
      { ...call, notAfterMs: atMs + CREATION_DEADLINE_MS },
    );
    const recorded = await recordCreated(ctx, chat, fence, created.ref, chat.title, created.members);
    if (!recorded) await disown(ctx, account, chat, created.ref, call);
    return { ref: created.ref, title: chat.title, members: created.members };
  } catch (error) {
    if (!(error instanceof SferumError)) throw error;
    if (error.kind === 'unknown') {
      await setCreation(ctx, chat, 'unknown', fence);
      throw new Later(LOOK_PAUSE_MS);
    }
    // A refusal, or a request that never left, had no effect.
    await setCreation(ctx, chat, 'none', fence);
    // One profile that Sferum does not know can make it refuse the whole list: then people come one by one.
    if (error.kind === 'refused' && members.length > 0) return attempt(ctx, account, chat, [], call);
    throw error;
  }
}

/** The intent is on disk before the request leaves. */
async function commitIntent(ctx: Context, account: SferumAccount, chat: ChatState, atMs: number): Promise<number> {
  try {
    const { rows } = await sql<{ fence: string }>`
      update chat set creation = 'creating', creation_fence = creation_fence + 1, creation_title = ${chat.title},
        creation_at = ${new Date(atMs)}, creation_looks = 0, owner_id = ${account.ownerId}
      where id = ${chat.id} and creation = 'none'
      returning creation_fence as fence`.execute(ctx.db.sql);
    if (!rows[0]) throw new Later(TITLE_BUSY_PAUSE_MS);
    return Number(rows[0].fence);
  } catch (error) {
    if (stateOf(error) === UNIQUE_VIOLATION) throw new Later(TITLE_BUSY_PAUSE_MS);
    throw error;
  }
}

/** Looks for the orphan. One: adopted. Several: the oldest is kept, the others set aside. None: another look, or a new attempt. */
async function look(
  ctx: Context,
  account: SferumAccount,
  chat: ChatState,
  call: CallOptions,
): Promise<Created | null> {
  const { rows: intent } = await sql<{ title: string }>`
    select creation_title as title from chat where id = ${chat.id}`.execute(ctx.db.sql);
  const title = intent[0]?.title ?? chat.title;
  const found = (await account.findChats(title, call)).filter((c) => c.own);
  const strangers = await unknownTo(ctx, account.ownerId, found.map((c) => c.ref));
  const oldest = strangers.at(-1);
  if (oldest) {
    for (const duplicate of strangers.slice(0, -1)) await setAside(ctx, account, chat, duplicate, call);
    if (!(await recordCreated(ctx, chat, chat.creation.fence, oldest, title, null))) throw new Later(LOOK_PAUSE_MS);
    return { ref: oldest, title, members: null };
  }
  const looks = chat.creation.looks + 1;
  if (looks < LOOKS_BEFORE_NEW_ATTEMPT) {
    await sql`update chat set creation_looks = ${looks} where id = ${chat.id} and creation = 'unknown'`.execute(
      ctx.db.sql,
    );
    throw new Later(LOOK_PAUSE_MS);
  }
  await setCreation(ctx, chat, 'none');
  return null;
}

/** Those of `refs` that no chat of ours, in any school of the account, holds. Order kept. */
async function unknownTo(ctx: Context, ownerId: number, refs: readonly ChatRef[]): Promise<ChatRef[]> {
  if (refs.length === 0) return [];
  const { rows } = await sql<{ peer_id: string }>`
    select peer_id from chat where owner_id = ${ownerId} and peer_id = any(${refs.map((r) => r.peerId)}::bigint[])`.execute(
    ctx.db.sql,
  );
  const known = new Set(rows.map((r) => Number(r.peer_id)));
  return refs.filter((ref) => !known.has(ref.peerId));
}

/** A duplicate's people are taken out before it is let go, and it is reported. */
async function setAside(ctx: Context, account: SferumAccount, chat: ChatState, ref: ChatRef, call: CallOptions) {
  for (const member of await account.readMembers(ref, call)) await account.removeMember(ref, member.userId, call);
  await account.abandonChat(ref, 'Удалённый дубль', call);
  await sql`insert into journal (school_id, at, chat_id, what, cause, details)
    values (${chat.schoolId}, ${new Date(ctx.clock.now())}, ${chat.id}, 'sferum-duplicate', ${chat.cause},
      ${JSON.stringify({ peerId: ref.peerId })}::jsonb)`.execute(ctx.db.sql);
  ctx.log.warn({ schoolId: chat.schoolId, chatId: chat.id }, 'a duplicate chat was found and set aside');
}

async function setCreation(ctx: Context, chat: ChatState, to: 'none' | 'unknown', fence = chat.creation.fence) {
  await sql`update chat set creation = ${to}, creation_looks = 0
    where id = ${chat.id} and creation in ('creating', 'unknown') and creation_fence = ${fence}`.execute(ctx.db.sql);
}

/** Another owner of the fence decided while this request was under way: what it made is a duplicate, unless that owner adopted it. */
async function disown(ctx: Context, account: SferumAccount, chat: ChatState, ref: ChatRef, call: CallOptions) {
  const [duplicate] = await unknownTo(ctx, account.ownerId, [ref]);
  if (duplicate) await setAside(ctx, account, chat, duplicate, call);
  throw new Later(0);
}

/** Records the chat and who is in it at once; false where the attempt does not own the fence any more. */
async function recordCreated(
  ctx: Context,
  chat: ChatState,
  fence: number,
  ref: ChatRef,
  title: string,
  members: readonly number[] | null,
): Promise<boolean> {
  const at = new Date(ctx.clock.now());
  return ctx.db.transaction(async (tx) => {
    const { rows } = await sql`
      update chat set creation = 'created', creation_title = null, owner_id = ${ref.ownerId}, peer_id = ${ref.peerId},
        sferum_title = ${title}, seen_at = ${members ? at : null}
      where id = ${chat.id} and creation in ('creating', 'unknown') and creation_fence = ${fence}
      returning id`.execute(tx.sql);
    if (rows.length === 0) return false;
    await sql`delete from sferum_member where chat_id = ${chat.id} and state in ('in', 'waiting')`.execute(tx.sql);
    await sql`insert into sferum_member (chat_id, vk_user_id, school_id, admin, state, seen_at)
      select ${chat.id}, value::bigint, ${chat.schoolId}, false, 'in', ${at}
      from jsonb_array_elements_text(${JSON.stringify(members ?? [])}::jsonb)
      on conflict (chat_id, vk_user_id) do update set state = 'in', admin = false, seen_at = excluded.seen_at`.execute(tx.sql);
    await sql`insert into journal (school_id, at, chat_id, what, cause, details)
      values (${chat.schoolId}, ${at}, ${chat.id}, ${members ? 'sferum-create' : 'sferum-adopt'}, ${chat.cause},
        ${JSON.stringify({ peerId: ref.peerId, members: members?.length ?? null })}::jsonb)`.execute(tx.sql);
    return true;
  });
}
