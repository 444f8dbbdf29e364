/**
 * Creates one chat at Sferum. Sferum's createChat takes no key of ours, so a repeated call would make a second chat.
 * It must never be repeated while the outcome of the first call is unknown (V2).
 *
 *   none ── intent committed (attempt's fence, title, deadline) ──► creating ── answered ──► created
 *    ▲                                                                │
 *    │ two looks found none                                           │ reply lost, or deadline past
 *    └──────────────────────────── unknown ◄──────────────────────────┘
 *                                     └─ a look found it ──► created (adopted)
 *
 * A chat that an attempt made and whose reply was lost is an orphan. It is found by its title alone: the database
 * allows only one creation of a title in an account at a time, so a chat of that title which no row of ours knows is
 * the orphan of this attempt. A special mark in the title would cost a rename, and with it a service message to
 * everybody in the chat, at each of 2,700 creations.
 *
 * Sferum may still carry out an attempt that two looks did not find. orphans.ts looks for it once more.
 *
 * After a restore (operations/adopt.ts) Sferum may have a chat of this title although no attempt is known. Then a look
 * comes before the first attempt. Of several such chats one is adopted, and the others are left alone.
 */
import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { countLooks, endAttempts, giveUpAttempts } from '../rows/chat-creation.ts';
import { type CallOptions, type ChatRef, type SferumAccount, SferumError } from '../sferum/gateway.ts';
import { isPassing, stateOf } from '../store/errors.ts';
import { abandonSecond } from './abandon.ts';
import { type ChatState, placeOf } from './chat-state.ts';
import { intend, recordCreated } from './creation-rows.ts';
import { Later } from './later.ts';
import { unknownTo } from './orphans.ts';
import { strayPeers } from './strays.ts';

/** A request may outlive its deadline, so the next look waits for the client's time-out and this much more. */
const CREATION_SETTLE_MS = 5_000;
/** A new chat may appear in Sferum's listings only after this time. */
const LOOK_PAUSE_MS = 1_500;
/** After so many looks that found nothing, the request counts as lost on its way, and a new attempt may begin. */
const LOOKS_BEFORE_NEW_ATTEMPT = 2;
/** The pause before the next try while another chat of the same title is being created. */
const TITLE_BUSY_PAUSE_MS = 1_000;
/**
 * How often Sferum's answer is written while the database is away. Until it is written, only this process knows of the
 * new chat.
 */
const RECORD_TRIES = 30;
const RECORD_PAUSE_MS = 1_000;
const UNIQUE_VIOLATION = '23505';

interface Created {
  ref: ChatRef;
  title: string;
  /** The members that Sferum's answer named. Null for an adopted chat, whose members must be read. */
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

/**
 * Adopts the chat that Sferum already has, from an earlier attempt or from before a restore. Null where there is none.
 * Throws Later while that cannot be known.
 */
export async function adoptExisting(
  ctx: Context,
  account: SferumAccount,
  chat: ChatState,
  call: CallOptions,
): Promise<Created | null> {
  if (chat.creation.state !== 'none') return adoptOrphan(ctx, account, chat, call);
  if ((await strayPeers(ctx, account.ownerId, { ...placeOf(chat), title: chat.title })).size === 0)
    return null;
  const fence = await commitIntent(ctx, account, chat, 'unknown');
  // The stray comes from a complete listing, so a single look is enough to know whether it is still there.
  const creation = { ...chat.creation, state: 'unknown', fence, looks: LOOKS_BEFORE_NEW_ATTEMPT } as const;
  return look(ctx, account, { ...chat, creation }, call);
}

/**
 * Finds out what came of an earlier attempt whose outcome was not recorded. Returns the adopted chat, or null where the
 * attempt made none. Throws Later while that cannot be known.
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
      recordCreated(ctx, { chat, fence, ref: created.ref, title: chat.title, members: created.members }),
    );
    if (!recorded) await disown(ctx, account, chat, created.ref, call);
    return { ref: created.ref, title: chat.title, members: created.members };
  } catch (error) {
    if (!(error instanceof SferumError)) throw error;
    if (error.kind === 'unknown') {
      await setCreation(ctx, chat, 'unknown', fence);
      // This error counts as an attempt, so that a creation which VK never answers is set aside in the end.
      throw new SferumError('unknown', error.message, { retryAfterMs: LOOK_PAUSE_MS });
    }
    // Any other error is a refusal or a request that never left. Both had no effect.
    await setCreation(ctx, chat, 'none', fence);
    // Sferum may refuse the whole list for one unknown profile. The chat is then made empty and filled one by one.
    if (error.kind === 'refused' && members.length > 0) return attempt(ctx, account, chat, [], call);
    throw error;
  }
}

/**
 * Writes down that an attempt (`creating`) or a look (`unknown`) begins, so that a crash after the request cannot hide
 * the chat (reliability 2). Returns the attempt's fence. Throws SferumError while another creation of the title runs.
 */
async function commitIntent(
  ctx: Context,
  account: SferumAccount,
  chat: ChatState,
  to: 'creating' | 'unknown',
): Promise<number> {
  try {
    const intent = { id: chat.id, title: chat.title, ownerId: account.ownerId, state: to };
    const fence = await intend(ctx, chat, intent);
    if (fence !== null) return fence;
  } catch (error) {
    if (stateOf(error) !== UNIQUE_VIOLATION) throw error;
  }
  // This error counts as an attempt too, because the other creation may take long.
  throw new SferumError('unknown', 'another chat of this title is being created', {
    retryAfterMs: TITLE_BUSY_PAUSE_MS,
  });
}

/**
 * Looks for the orphan at Sferum. Where there are several, the oldest is adopted and the others are abandoned. Where
 * there is none, throws Later for another look, or returns null once there were enough looks.
 */
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
    const strays = await strayPeers(ctx, account.ownerId, { ...placeOf(chat), title });
    for (const twin of strangers.slice(0, -1)) {
      const evidence = { by: 'look', fence: chat.creation.fence } as const;
      if (!strays.has(twin.peerId)) await abandonSecond(ctx, account, chat, { ref: twin, evidence, call });
    }
    if (!(await recordCreated(ctx, { chat, fence: chat.creation.fence, ref: oldest, title, members: null })))
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

/**
 * Gives up a chat that was made after this worker had lost the fence (reliability 3). It is a duplicate, unless the
 * fence's new owner has adopted it. Throws Later always, so that the work begins anew from the row.
 */
async function disown(
  ctx: Context,
  account: SferumAccount,
  chat: ChatState,
  ref: ChatRef,
  call: CallOptions,
) {
  await abandonSecond(ctx, account, chat, { ref, evidence: { by: 'answer' }, call });
  throw new Later(0);
}

/** Repeats a write while the database is away. Throws after RECORD_TRIES, or at once where waiting does not help. */
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
