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
 *
 * An attempt that two looks did not find may take effect all the same: orphans.ts looks for it once more.
 *
 * After a restore (adopt.ts) a chat of this title may be there although no attempt is known: then a look comes
 * first here too, and of several one is adopted and the others are left alone.
 */
import { sql } from 'kysely';
import { bySystem } from '../author.ts';
import type { Context } from '../context.ts';
import { mayTake } from '../rows/chat-abandoned.ts';
import {
  countLooks,
  endAttempts,
  giveUpAttempts,
  intendCreations,
  noteCreated,
} from '../rows/chat-creation.ts';
import { noteLine } from '../rows/journal.ts';
import { forgetBelieved, recordSeen } from '../rows/sferum-member.ts';
import { type CallOptions, type ChatRef, type SferumAccount, SferumError } from '../sferum/gateway.ts';
import { isPassing, stateOf } from '../store/errors.ts';
import { setAside } from './abandon.ts';
import type { ChatState } from './chat-state.ts';
import { Later } from './later.ts';
import { unknownTo } from './orphans.ts';
import { strayPeers } from './strays.ts';

/** After the deadline a request may still be under way: the client's own time-out, and this much. */
const CREATION_SETTLE_MS = 5_000;
/** A lost reply's chat may show in the listings a little later. */
const LOOK_PAUSE_MS = 1_500;
/** So many looks without a find, and the request is taken for lost before it did anything. */
const LOOKS_BEFORE_NEW_ATTEMPT = 2;
/** Another chat of the same title is being created: its turn first. */
const TITLE_BUSY_PAUSE_MS = 1_000;
/** An answer that cannot be recorded, the database being away, is kept so long: nobody else knows of that chat. */
const RECORD_TRIES = 30;
const RECORD_PAUSE_MS = 1_000;
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
  return (await adoptExisting(ctx, account, chat, call)) ?? attempt(ctx, account, chat, members, call);
}

/** A chat that Sferum has already: of an earlier attempt, or from before a restore. Null: there is none. Throws Later. */
export async function adoptExisting(
  ctx: Context,
  account: SferumAccount,
  chat: ChatState,
  call: CallOptions,
): Promise<Created | null> {
  if (chat.creation.state !== 'none') return adoptOrphan(ctx, account, chat, call);
  if ((await strayPeers(ctx, account.ownerId, chat)).size === 0) return null;
  const fence = await commitIntent(ctx, account, chat, 'unknown');
  // The listing that showed it was whole: one look is enough.
  const creation = { ...chat.creation, state: 'unknown', fence, looks: LOOKS_BEFORE_NEW_ATTEMPT } as const;
  return look(ctx, account, { ...chat, creation }, call);
}

/**
 * What came of an earlier attempt whose outcome nobody recorded: the chat, adopted, or null where there is none.
 * Throws Later while that cannot be told.
 */
export async function adoptOrphan(
  ctx: Context,
  account: SferumAccount,
  chat: ChatState,
  call: CallOptions,
): Promise<Created | null> {
  const { state, ageMs } = chat.creation;
  if (state !== 'creating' && state !== 'unknown') return null;
  if (state === 'creating') {
    const { creationDeadlineMs, sferumTimeoutMs } = ctx.config.limits;
    const quietInMs = creationDeadlineMs + sferumTimeoutMs + CREATION_SETTLE_MS - ageMs;
    if (quietInMs > 0) throw new Later(quietInMs);
    await setCreation(ctx, chat, 'unknown');
  }
  return look(ctx, account, chat, call);
}

async function attempt(
  ctx: Context,
  account: SferumAccount,
  chat: ChatState,
  members: readonly number[],
  call: CallOptions,
): Promise<Created> {
  const startedMs = ctx.clock.elapsed();
  const fence = await commitIntent(ctx, account, chat, 'creating');
  try {
    const created = await account.createChat(
      { title: chat.title, members },
      { ...call, notAfterMs: startedMs + ctx.config.limits.creationDeadlineMs },
    );
    const recorded = await persist(ctx, () =>
      recordCreated(ctx, chat, fence, created.ref, chat.title, created.members),
    );
    if (!recorded) await disown(ctx, account, chat, created.ref, call);
    return { ref: created.ref, title: chat.title, members: created.members };
  } catch (error) {
    if (!(error instanceof SferumError)) throw error;
    if (error.kind === 'unknown') {
      await setCreation(ctx, chat, 'unknown', fence);
      // Counts as an attempt: one that VK never answers is set aside in the end.
      throw new SferumError('unknown', error.message, { retryAfterMs: LOOK_PAUSE_MS });
    }
    // A refusal, or a request that never left, had no effect.
    await setCreation(ctx, chat, 'none', fence);
    // One profile that Sferum does not know can make it refuse the whole list: then people come one by one.
    if (error.kind === 'refused' && members.length > 0) return attempt(ctx, account, chat, [], call);
    throw error;
  }
}

/** The intent is on disk before the request leaves, or before a look. */
async function commitIntent(
  ctx: Context,
  account: SferumAccount,
  chat: ChatState,
  to: 'creating' | 'unknown',
): Promise<number> {
  try {
    const intent = { id: chat.id, title: chat.title, ownerId: account.ownerId, state: to };
    const fence = (await intendCreations(ctx.db.of(chat.schoolId), [intent])).get(chat.id);
    if (fence !== undefined) return fence;
  } catch (error) {
    if (stateOf(error) !== UNIQUE_VIOLATION) throw error;
  }
  // Counts as an attempt too: whose turn it is may wait for long.
  throw new SferumError('unknown', 'another chat of this title is being created', {
    retryAfterMs: TITLE_BUSY_PAUSE_MS,
  });
}

/** Looks for the orphan. One: adopted. Several: the oldest is kept, the others set aside. None: another look, or a new attempt. */
async function look(
  ctx: Context,
  account: SferumAccount,
  chat: ChatState,
  call: CallOptions,
): Promise<Created | null> {
  const { rows: intent } = await sql<{ title: string }>`
    select creation_title as title from chat where id = ${chat.id}`.execute(ctx.db.of(chat.schoolId));
  const title = intent[0]?.title ?? chat.title;
  const found = (await account.findChats(title, call)).filter((c) => c.own);
  const strangers = await unknownTo(
    ctx,
    account.ownerId,
    found.map((c) => c.ref),
  );
  const oldest = strangers.at(-1);
  if (oldest) {
    const strays = await strayPeers(ctx, account.ownerId, { ...chat, title });
    for (const twin of strangers.slice(0, -1)) {
      const evidence = { by: 'look', fence: chat.creation.fence } as const;
      if (!strays.has(twin.peerId)) await setAside(ctx, account, chat, { ref: twin, evidence, call });
    }
    if (!(await recordCreated(ctx, chat, chat.creation.fence, oldest, title, null)))
      throw new Later(LOOK_PAUSE_MS);
    return { ref: oldest, title, members: null };
  }
  const looks = chat.creation.looks + 1;
  if (looks < LOOKS_BEFORE_NEW_ATTEMPT) {
    await countLooks(ctx.db.of(chat.schoolId), [chat.id], looks);
    throw new Later(LOOK_PAUSE_MS);
  }
  await giveUpAttempts(ctx.db.of(chat.schoolId), [{ id: chat.id, fence: chat.creation.fence }]);
  return null;
}

async function setCreation(
  ctx: Context,
  chat: ChatState,
  to: 'none' | 'unknown',
  fence = chat.creation.fence,
) {
  await endAttempts(ctx.db.of(chat.schoolId), [{ id: chat.id, fence }], to);
}

/** Another owner of the fence decided while this request was under way: what it made is a duplicate, unless that owner adopted it. */
async function disown(
  ctx: Context,
  account: SferumAccount,
  chat: ChatState,
  ref: ChatRef,
  call: CallOptions,
) {
  await setAside(ctx, account, chat, { ref, evidence: { by: 'answer' }, call });
  throw new Later(0);
}

/** Tries until the database takes it; gives up where waiting cannot help, or has not helped. */
async function persist<T>(ctx: Context, write: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await write();
    } catch (error) {
      if (tries >= RECORD_TRIES || !isPassing(error)) throw error;
      await ctx.clock.sleep(RECORD_PAUSE_MS);
    }
  }
}

/**
 * Records the chat and who is in it at once; false where the attempt does not own the fence any more, or the chat is
 * abandoned by now. One that an answer names is abandoned by looks of its own row alone, and noteCreated sees those.
 */
async function recordCreated(
  ctx: Context,
  chat: ChatState,
  fence: number,
  ref: ChatRef,
  title: string,
  members: readonly number[] | null,
): Promise<boolean> {
  const at = new Date(ctx.clock.now());
  return ctx.db.transactionOf(chat.schoolId, async (tx) => {
    if (members === null && !(await mayTake(tx.sql, ref))) return false;
    const lookAgainAt = new Date(at.getTime() + ctx.config.limits.lateEffectMs);
    const owned = await noteCreated(tx.sql, [{ id: chat.id, fence, ref, title }], lookAgainAt);
    if (!owned.has(chat.id)) return false;
    await forgetBelieved(tx.sql, [chat.id]);
    const come = (members ?? []).map((userId) => ({ userId, admin: false, state: 'in' as const }));
    await recordSeen(tx.sql, { schoolId: chat.schoolId, at }, [{ chatId: chat.id, members: come }]);
    await noteLine(tx.sql, {
      ...{ schoolId: chat.schoolId, at, chatId: chat.id, what: members ? 'sferum-create' : 'sferum-adopt' },
      ...{ cause: chat.cause, author: bySystem('sferum') },
      details: { peerId: ref.peerId, members: members?.length ?? null },
    });
    return true;
  });
}
