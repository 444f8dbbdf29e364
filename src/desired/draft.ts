/** A chat while the rules, one after another, put people in and take them out. */
import type { ChatType, Ground } from './model.ts';

export interface DraftMember {
  admin: boolean;
  grounds: Ground[];
}

export interface ChatDraft {
  members: Map<string, DraftMember>;
  /** People whom an order in force took out of the unit (or whose child it took out), and the order. */
  ended: Map<string, string>;
}

/**
 * Where a unit stands on a day (D11): chats are made only for a `current` one; those of one that is `over`
 * are archived (D9); one `ahead` has no chats yet.
 */
export type Lifetime = 'ahead' | 'current' | 'over';

/** A chat that the roster asks for, or that it would keep if it is there. */
export interface AutomaticChat {
  key: string;
  type: ChatType;
  classId: string | null;
  groupId: string | null;
  title: string;
  lifetime: Lifetime;
  /** Whether it is made when it does not exist yet. */
  wanted: boolean;
  /** Puts in the people of its rule, all present ones, default admins marked (C7). */
  fill(draft: ChatDraft): void;
}

export function emptyDraft(): ChatDraft {
  return { members: new Map(), ended: new Map() };
}

/** Adds one more ground to a person's membership; an admin by any ground is an admin. */
export function addGround(draft: ChatDraft, personId: string, ground: Ground, admin = false): void {
  const member = draft.members.get(personId);
  if (!member) {
    draft.members.set(personId, { admin, grounds: [ground] });
    return;
  }
  member.grounds.push(ground);
  member.admin ||= admin;
}

/** Notes that an order took a person out of the unit; of several orders the least id is named. */
export function noteEnding(draft: ChatDraft, personId: string, orderId: string): void {
  const before = draft.ended.get(personId);
  if (before === undefined || orderId < before) draft.ended.set(personId, orderId);
}
