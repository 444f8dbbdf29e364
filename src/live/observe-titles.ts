import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { noteTitles } from '../rows/chat-seen.ts';
import {
  type CallOptions,
  type SferumAccount,
  SferumError,
  type SferumErrorKind,
} from '../sferum/gateway.ts';
import { CHATS_PER_LOOK } from '../sferum/pace.ts';

/**
 * The same foreign title is replaced by ours at most so often. If it returns still, Sferum shows our title that way or
 * a person insists on it, and each rename tells everybody in the chat.
 */
const TITLES_PUT_BACK = 5;
const OF_THE_ACCOUNT: readonly SferumErrorKind[] = ['token', 'account'];

/**
 * Reads the titles of live chats in the messenger, 100 to a call (D9). A title that is not ours is recorded, so that
 * the next plan puts ours back. A chat with work under way keeps what its job records. Titles that cannot be read stop
 * nothing. Throws SferumError only where the token or the account is refused.
 */
export async function observeTitles(
  ctx: Context,
  account: SferumAccount,
  schoolId: string,
  chats: readonly { id: string; peer_id: string }[],
  call: CallOptions,
): Promise<void> {
  const parts = Array.from({ length: Math.ceil(chats.length / CHATS_PER_LOOK) }, (_, at) =>
    chats.slice(at * CHATS_PER_LOOK, (at + 1) * CHATS_PER_LOOK),
  );
  await Promise.all(parts.map((some) => observe(ctx, account, schoolId, some, call)));
}

async function observe(
  ctx: Context,
  account: SferumAccount,
  schoolId: string,
  chats: readonly { id: string; peer_id: string }[],
  call: CallOptions,
): Promise<void> {
  const refs = chats.map((chat) => ({ ownerId: account.ownerId, peerId: Number(chat.peer_id) }));
  try {
    const looks = await account.lookAt(refs, call);
    const seen = chats.flatMap(({ id, peer_id }) => {
      const readings = looks.get(Number(peer_id))?.titles;
      return readings ? [{ id, readings: readings.map(alike) }] : [];
    });
    await recordTitles(ctx, schoolId, seen);
  } catch (error) {
    if (!(error instanceof SferumError) || OF_THE_ACCOUNT.includes(error.kind)) throw error;
    ctx.log.warn({ schoolId, error: error.message }, 'the titles of chats cannot be read');
  }
}

/** VK may trim a title or compose its letters. Such a difference is no reason for a rename, which tells everybody. */
const alike = (title: string): string => title.normalize('NFC').replace(/\s+/g, ' ').trim();

async function recordTitles(
  ctx: Context,
  schoolId: string,
  seen: readonly { id: string; readings: readonly string[] }[],
): Promise<void> {
  if (seen.length === 0) return;
  const { rows } = await sql<{ id: string; title: string; sferum_title: string | null }>`
    select id, title, sferum_title from chat where school_id = ${schoolId} and id = any(${seen.map((s) => s.id)}::uuid[])
      and creation = 'created' and generation = settled_generation and queued_at is null`.execute(
    ctx.db.of(schoolId),
  );
  const readingsOf = new Map(seen.map((s) => [s.id, s.readings]));
  const others = rows.flatMap(({ id, title, sferum_title: believed }) => {
    const readings = readingsOf.get(id)!;
    if (believed !== null && readings.includes(alike(believed))) return [];
    return [{ id, shown: readings[0]!, isOurs: readings.includes(alike(title)) }];
  });
  if (others.length > 0) await noteTitles(ctx.db.of(schoolId), others, TITLES_PUT_BACK);
}
