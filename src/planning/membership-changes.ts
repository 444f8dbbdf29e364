import { type DesiredChat, type DesiredMember, type Ground, idOfDesired } from '../desired/model.ts';
import type { StoredChat } from '../facts/stored-chats.ts';
import type { Plan } from '../plan/model.ts';
import type { MembershipRow, PersonInChat } from '../rows/membership.ts';
import { sure } from '../sure.ts';

interface MembershipChanges {
  upserts: MembershipRow[];
  deletes: PersonInChat[];
  /** Chats whose people, adminship or holds change. */
  chatIds: Set<string>;
}

/**
 * Says what a plan changes in the lists of СГО. Pure. A person whose removal is held (F4) keeps the row as it is, and
 * the row is marked with `holdingOperation`. `newChatId` must be the function that the plan was made with.
 */
export function membershipChanges(
  desired: readonly DesiredChat[],
  chats: ReadonlyMap<string, StoredChat>,
  plan: Plan,
  holdingOperation: string | null,
  newChatId: (key: string) => string,
): MembershipChanges {
  const held = heldPeople(plan);
  const changes: MembershipChanges = { upserts: [], deletes: [], chatIds: new Set() };
  for (const chat of desired) {
    const chatId = idOfDesired(chat, newChatId);
    const current = chats.get(chatId)?.members ?? new Map();
    for (const [personId, member] of chat.members) {
      const now = current.get(personId);
      if (now && now.heldBy === null && same(now, member)) continue;
      changes.upserts.push({ chatId, personId, admin: member.admin, grounds: member.grounds, heldBy: null });
      if (!now || now.admin !== member.admin || now.heldBy !== null) changes.chatIds.add(chatId);
    }
    for (const [personId, now] of current) {
      if (chat.members.has(personId)) continue;
      if (!held.get(chatId)?.has(personId)) changes.deletes.push({ chatId, personId });
      else if (now.heldBy === null) {
        changes.upserts.push({
          chatId,
          personId,
          admin: now.admin,
          grounds: now.grounds,
          heldBy: holdingOperation,
        });
      } else continue;
      changes.chatIds.add(chatId);
    }
  }
  return changes;
}

function heldPeople(plan: Plan): Map<string, Set<string>> {
  const held = new Map<string, Set<string>>();
  for (const chat of plan.chats) {
    const people = chat.actions.flatMap(({ held, personId }) => (held && personId) || []);
    if (people.length > 0) held.set(chat.chatId, new Set(people));
  }
  return held;
}

function same(a: { admin: boolean; grounds: readonly Ground[] }, b: DesiredMember): boolean {
  return (
    a.admin === b.admin &&
    a.grounds.length === b.grounds.length &&
    a.grounds.every((ground, i) => sameGround(ground, sure(b.grounds[i])))
  );
}

function sameGround(a: Ground, b: Ground): boolean {
  return (
    a.kind === b.kind &&
    a.since === b.since &&
    a.classId === b.classId &&
    a.groupId === b.groupId &&
    a.studentId === b.studentId &&
    a.orderId === b.orderId
  );
}
