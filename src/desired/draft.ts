/** A chat in the making: one rule after another puts people in and takes them out. */
import { givesAdmin } from './grounds.ts';
import type { ChatType, Ground } from './model.ts';

interface DraftMember {
  admin: boolean;
  grounds: Ground[];
}

export interface ChatDraft {
  members: Map<string, DraftMember>;
  /** Person → the order that took them, or their child, out of the unit. */
  ended: Map<string, string>;
}

/**
 * Where a class or group stands on a day (D11). Only a `current` one gets chats, the chats of one that is `over` are
 * archived (D9), and one `ahead` has none yet. Who is in a chat that it has from an earlier year stays until it begins.
 */
export type Lifetime = 'ahead' | 'current' | 'over';

/** A chat that the roster asks for, or that it keeps if there is one. */
export interface AutomaticChat {
  key: string;
  type: ChatType;
  classId: string | null;
  groupId: string | null;
  title: string;
  lifetime: Lifetime;
  /** The keys of chats that go on as this one, the nearest first (K4). */
  oldKeys: readonly string[];
  /** Whether the chat is made if there is none. */
  wanted: boolean;
  /** Puts in the people of the rule who are present, default admins marked (C7). */
  fill(draft: ChatDraft): void;
}

/** A draft without members. */
export function emptyDraft(): ChatDraft {
  return { members: new Map(), ended: new Map() };
}

/** Adds a ground to a person's membership. The person is an admin if any ground gives it. */
export function addGround(draft: ChatDraft, personId: string, ground: Ground): void {
  const admin = givesAdmin(ground);
  const member = draft.members.get(personId);
  if (!member) {
    draft.members.set(personId, { admin, grounds: [ground] });
    return;
  }
  member.grounds.push(ground);
  member.admin ||= admin;
}

/** Notes that an order took a person out of the unit. Where several did, the one with the least id is named. */
export function noteEnding(draft: ChatDraft, personId: string, orderId: string): void {
  const before = draft.ended.get(personId);
  if (before === undefined || orderId < before) draft.ended.set(personId, orderId);
}
