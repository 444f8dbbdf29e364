import type { Context } from '../context.ts';
import { CHAT_TYPES, idOfDesired } from '../desired/model.ts';
import { chatIdOf } from '../planning/chat-ids.ts';
import { desireSchool } from '../planning/desire-school.ts';
import type { Sandbox } from '../sferum/sandbox/sandbox.ts';
import { momentOf, timeOf } from '../store/school-day.ts';

interface Comparison {
  chats: number;
  /** Memberships in Sferum, and those of the СГО lists, people without a link included. */
  memberships: number;
  listed: number;
  linkedAdmins: number;
  /** What differs, in words without names. Where it is empty, Sferum holds exactly the desired state. */
  differences: string[];
}

/** How many differences are printed at most. */
const DIFFERENCES_SHOWN = 20;

/**
 * Compares the sandbox's own state with the desired state, which is computed from the facts anew and not from what
 * the engine believes. Every chat must be there exactly once, with its title, its people and its admins, and nothing
 * besides.
 */
export async function compareStates(
  ctx: Context,
  sandbox: Sandbox,
  schoolIds: readonly string[],
): Promise<Comparison> {
  const result: Comparison = { chats: 0, memberships: 0, listed: 0, linkedAdmins: 0, differences: [] };
  const note = (difference: string) => {
    if (result.differences.length < DIFFERENCES_SHOWN) result.differences.push(difference);
  };
  for (const schoolId of schoolIds) {
    const db = ctx.db.of(schoolId);
    const { desired } = await desireSchool(ctx, db, await timeOf(db, schoolId, momentOf(ctx)), {
      schoolId,
      types: CHAT_TYPES,
      strict: false,
      day: null,
      recreate: false,
    });
    const links = await linksOf(ctx, schoolId);
    const { ownerId, peers } = await peersOf(ctx, schoolId);
    const unexpected = new Set(
      [...sandbox.world.chats.values()].filter((c) => c.ownerId === ownerId && c.members.size > 0),
    );
    for (const chat of desired) {
      result.chats += 1;
      result.listed += chat.members.size;
      const peer = peers.get(idOfDesired(chat, (key) => chatIdOf(schoolId, key)));
      if (peer === undefined) {
        note(`«${chat.title}» is not in Sferum`);
        continue;
      }
      const live = sandbox.world.chatAt(ownerId, peer);
      unexpected.delete(live);
      if (live.title !== chat.title) note(`«${chat.title}» is called «${live.title}»`);
      const want = new Map<number, boolean>();
      for (const [person, { admin }] of chat.members) {
        const user = links.get(person);
        if (user !== undefined) want.set(user, admin || (want.get(user) ?? false));
      }
      const have = [...live.members].filter(([user]) => user !== ownerId);
      result.memberships += have.length;
      result.linkedAdmins += [...want.values()].filter(Boolean).length;
      const wrong = have.filter(([user, m]) => want.get(user) !== m.isAdmin).length;
      const missing = [...want.keys()].filter((user) => !live.members.has(user)).length;
      if (wrong + missing > 0) note(`«${chat.title}»: ${missing} missing, ${wrong} wrong`);
    }
    for (const chat of unexpected) note(`«${chat.title}» is in Sferum and should not be`);
  }
  return result;
}

async function linksOf(ctx: Context, schoolId: string): Promise<Map<string, number>> {
  const rows = await ctx.db
    .of(schoolId)
    .selectFrom('profile_link')
    .select(['person_id', 'vk_user_id'])
    .where('school_id', '=', schoolId)
    .where('present', 'is', true)
    .execute();
  return new Map(rows.map((r) => [r.person_id, Number(r.vk_user_id)]));
}

async function peersOf(
  ctx: Context,
  schoolId: string,
): Promise<{ ownerId: number; peers: Map<string, number> }> {
  const db = ctx.db.of(schoolId);
  const rows = await db
    .selectFrom('chat')
    .select(['id', 'peer_id'])
    .where('school_id', '=', schoolId)
    .where('peer_id', 'is not', null)
    .execute();
  const account = await db
    .selectFrom('sferum_account')
    .select('owner_id')
    .where('school_id', '=', schoolId)
    .executeTakeFirst();
  return {
    ownerId: Number(account?.owner_id),
    peers: new Map(rows.map((r) => [r.id, Number(r.peer_id)])),
  };
}
