/**
 * What a person may do to chats (B5, C5, C7, E2, G1), as one table and pure questions about it. What the person is to a
 * chat is read from the roster and the chat's list at each request. The token decides only the role.
 */
import { isAdminByDefault } from '../desired/grounds.ts';
import type { ChatType, GroundKind, Role } from '../desired/model.ts';

/**
 * What a person is to a chat or to the school; one person may be several at once.
 * chat-admin: staff who administers it · author: staff who made it by hand · chat-member: staff who is in it ·
 * homeroom, teaching: of the class or group that a new chat is for · staff: of the school, and nothing of these ·
 * outsider: a pupil, a parent, or a token whose person is not among the roster's staff.
 */
export const STANDINGS = [
  ...(['school-admin', 'chat-admin', 'author', 'chat-member'] as const),
  ...(['homeroom', 'teaching', 'staff', 'outsider'] as const),
] as const;
export type Standing = (typeof STANDINGS)[number];

export const CHAT_ACTIONS = [
  ...(['see', 'change-members', 'change-admins', 'revoke-default-admin', 'rename', 'delete'] as const),
  ...(['create-staff', 'create-class', 'create-parents', 'create-subject', 'initialize'] as const),
] as const;
export type ChatAction = (typeof CHAT_ACTIONS)[number];

/** The table. Whom a person may add or take out is asked apart (`mayAdd`, `mayTouch`). */
export const RIGHTS: Readonly<Record<Standing, ReadonlySet<ChatAction>>> = {
  'school-admin': new Set(CHAT_ACTIONS),
  'chat-admin': new Set(['see', 'change-members', 'change-admins']),
  author: new Set(['rename', 'delete']),
  'chat-member': new Set(['see']),
  homeroom: new Set(['create-class', 'create-parents']),
  teaching: new Set(['create-subject']),
  staff: new Set(),
  outsider: new Set(),
};

/** Whether any of the standings gives the right. */
export function may(standings: Iterable<Standing>, action: ChatAction): boolean {
  for (const standing of standings) if (RIGHTS[standing].has(action)) return true;
  return false;
}

/** The action that makes a chat of this type. */
export function creationOf(type: ChatType): ChatAction {
  return `create-${type}`;
}

/** A person as seen by the one who changes a chat. */
export interface KnownPerson {
  id: string;
  roles: readonly Role[];
  /** The one who asks may see the person (contract, «Who sees whom»). */
  seen: boolean;
  /** A pupil or a teacher of a subject group that the one who asks teaches. */
  ofOwnGroups: boolean;
}

/** A teacher takes out, appoints and revokes the people they may see; a school admin anybody (C5). */
export function mayTouch(standings: ReadonlySet<Standing>, person: KnownPerson): boolean {
  return standings.has('school-admin') || person.seen;
}

/** A teacher puts into a subject chat the pupils and teachers of their own groups, nobody else (E2). */
export function mayAdd(standings: ReadonlySet<Standing>, type: ChatType, person: KnownPerson): boolean {
  if (standings.has('school-admin')) return true;
  if (!person.seen) return false;
  return type !== 'subject' || person.ofOwnGroups;
}

/**
 * Whether only a school admin may take this adminship (C5): it is by the rules, or that of the author of a manual
 * chat (C7).
 */
export function isDefaultAdmin(
  chat: { key: string | null; authorId: string | null },
  personId: string,
  grounds: readonly { kind: GroundKind }[],
): boolean {
  if (chat.key === null) return chat.authorId === personId;
  return grounds.some(isAdminByDefault);
}
