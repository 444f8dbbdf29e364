/**
 * The words of the pure core: the facts of one school on one side, the desired chats on the other. Nothing here knows
 * of the database, the clock or the messenger.
 */

/** `YYYY-MM-DD` in the school's time zone. Days are compared as text. */
export type Day = string;
export const CHAT_TYPES = ['staff', 'class', 'parents', 'subject'] as const;
export type ChatType = (typeof CHAT_TYPES)[number];
export type Role = 'teacher' | 'administrator' | 'staff' | 'student' | 'parent';
/** `class` is a homeroom, `group` a subject group. Their ids are separate name spaces. */
export type UnitKind = 'class' | 'group';

/** The place of a statement among others on the same fact: the greatest (at, by) wins. `at` is ISO 8601 UTC with ms. */
export interface Stamp {
  at: string;
  by: string;
}

/** A person of the roster. The core is not given people who were removed. */
export interface PersonFact {
  id: string;
  roles: readonly Role[];
}

export interface ClassFact {
  id: string;
  title: string;
  homeroomTeacherIds: readonly string[];
  /** First and last day, both included; null: no bound (D11). */
  startsOn: Day | null;
  endsOn: Day | null;
  /** СГО has closed it, or the roster does not have it any more. Its chats are archived (D9). */
  closed: boolean;
  /** The class whose chats go on with this one (K4). */
  continues?: string | null;
  /** The class that this one may continue, of which nobody has decided yet. */
  mayContinue?: string | null;
}

export interface GroupFact {
  id: string;
  title: string;
  /** The homeroom that all its pupils share, if there is one. */
  classId: string | null;
  teacherIds: readonly string[];
  startsOn: Day | null;
  endsOn: Day | null;
  closed: boolean;
}

/**
 * One statement that a pupil belongs to a unit. `stated` and `gone` are kept apart, so that the cancellation of an
 * order can revive the place.
 */
export interface EnrollmentFact {
  unit: UnitKind;
  unitId: string;
  studentId: string;
  beginsOn: Day | null;
  /** Last day, included. */
  endsOn: Day | null;
  /** The newest statement that the pupil belongs. Null: only an absence was ever stated. */
  stated: Stamp | null;
  /** The newest statement that the pupil does not belong: missing from a whole list, or deleted. */
  gone: Stamp | null;
  /**
   * The statements that began the present unbroken runs of `stated` and `gone`, where they are known. They tell what
   * only a cancelled order had brought (orders.ts, rule 6).
   * Without `statedFrom` a presence stays until the next import. Without `goneFrom` the run began with `gone`.
   */
  statedFrom?: Stamp | null;
  goneFrom?: Stamp | null;
}

interface GuardianFact {
  guardianId: string;
  studentId: string;
}

export type OrderKind = 'enrollment' | 'withdrawal' | 'transfer';

export interface OrderItem {
  studentId: string;
  classId: string | null;
  toClassId: string | null;
  subjectGroupIds: readonly string[];
}

export interface OrderFact {
  id: string;
  number: string | null;
  issuedOn: Day | null;
  kind: OrderKind;
  effectiveOn: Day;
  items: readonly OrderItem[];
  issued: Stamp;
  /** null: in force. */
  cancelled: Stamp | null;
}

/** The facts of one school that decide membership, or the part of them that the asked chats need. */
export interface RosterFacts {
  people: ReadonlyMap<string, PersonFact>;
  classes: ReadonlyMap<string, ClassFact>;
  groups: ReadonlyMap<string, GroupFact>;
  enrollments: readonly EnrollmentFact[];
  guardians: readonly GuardianFact[];
  orders: readonly OrderFact[];
  /** Gives the day of an instant (ISO 8601 UTC) in the school's time zone. Default: its UTC day. */
  dayOf?: (at: string) => Day;
}

/** What a person decided by hand about one person in one chat (D7). Member and admin are separate aspects. */
export interface ExceptionFact {
  personId: string;
  member: 'added' | 'excluded' | null;
  admin: 'granted' | 'revoked' | null;
}

/** A chat that exists in СГО. The `added` exceptions of a manual chat are its own list (D10). */
export interface ChatFact {
  id: string;
  /** `chatKey(...)` of an automatic chat; null: manual. */
  key: string | null;
  type: ChatType;
  classId: string | null;
  groupId: string | null;
  title: string;
  titleByHand: boolean;
  exceptions: readonly ExceptionFact[];
  /** The people of the list now. Archived chats depend on them (D9). */
  members: ReadonlyMap<string, CurrentMember>;
}

export interface CurrentMember {
  admin: boolean;
  grounds: readonly Ground[];
  /** The operation that holds the person's removal (F4), or null. */
  heldBy: string | null;
}

export type GroundKind =
  | 'teacher' // D2: role teacher
  | 'school-admin' // D2, C7: administrator of the school
  | 'homeroom' // D3, D4, C7
  | 'enrollment' // D3: pupil of the class
  | 'guardian' // D4: parent of a pupil of the class
  | 'teaching' // D5, C7: teacher of the group
  | 'study' // D5: pupil of the group
  | 'added' // D7, D10: by hand
  | 'no-other-admin' // C6
  | 'archived'; // D9: was in when the chat was archived

/**
 * Why a person is in a chat. It holds ids only: the sentence is made where names may be read. Sorted by kind, then
 * ids.
 */
export interface Ground {
  kind: GroundKind;
  since?: Day;
  classId?: string;
  groupId?: string;
  studentId?: string;
  orderId?: string;
}

export interface DesiredMember {
  admin: boolean;
  grounds: readonly Ground[];
}

/**
 * Why a person is not any more where rules or lists once had them. The guard never holds such a removal (F4).
 * `unlinked`: the person unlinked the profile (A5). The profile leaves Sferum, and the person stays in the list.
 */
export interface Ending {
  kind: 'order' | 'excluded' | 'unlinked';
  orderId?: string;
}

export interface DesiredChat {
  /** Null for a manual chat, whose `id` is given. */
  key: string | null;
  /** Null when the chat does not exist yet. */
  id: string | null;
  type: ChatType;
  classId: string | null;
  groupId: string | null;
  title: string;
  archived: boolean;
  members: ReadonlyMap<string, DesiredMember>;
  endings: ReadonlyMap<string, Ending>;
  /** What the chat shows as a warning: a school admin stands in for a missing admin (C6), or nobody could. */
  warning: 'no-own-admin' | 'nobody-to-administer' | null;
}

/** The chat's id; of a chat that does not exist yet, what `newChatId` makes of its key. */
export function idOfDesired(
  { id, key }: Pick<DesiredChat, 'id' | 'key'>,
  newChatId: (key: string) => string,
): string {
  if (id !== null) return id;
  if (key === null) throw new Error('a desired chat has neither an id nor a key');
  return newChatId(key);
}

/** The key of an automatic chat, unique within a school: `staff`, `class:5A`, `parents:5A`, `subject:g17`. */
export function chatKey(type: ChatType, unitId?: string): string {
  return type === 'staff' ? 'staff' : `${type}:${unitId}`;
}
