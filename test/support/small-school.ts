/** Small schools written as tables, for tests of the pure core. */
import { type DesiredOptions, desiredChats } from '../../src/desired/desired-chats.ts';
import {
  CHAT_TYPES,
  type ChatFact,
  type ClassFact,
  type CurrentMember,
  type Day,
  type DesiredChat,
  type EnrollmentFact,
  type ExceptionFact,
  type GroupFact,
  type OrderFact,
  type OrderItem,
  type OrderKind,
  type Role,
  type RosterFacts,
  type Stamp,
  type UnitKind,
} from '../../src/desired/model.ts';
import { schoolOn } from '../../src/desired/school.ts';

/** When the roster of these schools was taken, unless a test says otherwise. */
export const IMPORTED: Stamp = { at: '2026-08-25T00:00:00.000Z', by: 'import-1' };
/** The day the tests look at, unless they say otherwise. */
export const TODAY: Day = '2026-10-01';

export interface SchoolTable {
  /** Person → roles, comma separated. */
  people?: Record<string, string>;
  classes?: Record<string, Partial<ClassFact>>;
  groups?: Record<string, Partial<GroupFact>>;
  enrollments?: readonly EnrollmentFact[];
  /** Parent → children. */
  guardians?: Record<string, readonly string[]>;
  orders?: readonly OrderFact[];
}

export function schoolOf(table: SchoolTable): RosterFacts {
  const { people = {}, classes = {}, groups = {}, guardians = {} } = table;
  const unit = { startsOn: null, endsOn: null, closed: false };
  return {
    people: new Map(
      Object.entries(people).map(([id, roles]) => [id, { id, roles: roles.split(',') as Role[] }]),
    ),
    classes: new Map(
      Object.entries(classes).map(([id, own]) => [
        id,
        { id, title: id, homeroomTeacherIds: [], ...unit, ...own },
      ]),
    ),
    groups: new Map(
      Object.entries(groups).map(([id, own]) => [
        id,
        { id, title: id, classId: null, teacherIds: [], ...unit, ...own },
      ]),
    ),
    enrollments: table.enrollments ?? [],
    guardians: Object.entries(guardians).flatMap(([guardianId, children]) =>
      children.map((studentId) => ({ guardianId, studentId })),
    ),
    orders: table.orders ?? [],
  };
}

export function enrolled(
  unit: UnitKind,
  unitId: string,
  studentId: string,
  more: Partial<EnrollmentFact> = {},
): EnrollmentFact {
  return { unit, unitId, studentId, beginsOn: null, endsOn: null, stated: IMPORTED, gone: null, ...more };
}

/** An order about one pupil, issued at noon UTC of `issued`. */
export function order(
  id: string,
  kind: OrderKind,
  effectiveOn: Day,
  item: Partial<OrderItem> & { studentId: string },
  { issued = effectiveOn, cancelled }: { issued?: Day; cancelled?: Day } = {},
): OrderFact {
  return {
    ...{ id, number: id, issuedOn: issued, kind, effectiveOn },
    items: [{ classId: null, toClassId: null, subjectGroupIds: [], ...item }],
    issued: stamp(issued, id),
    cancelled: cancelled === undefined ? null : stamp(cancelled, id),
  };
}

export function stamp(day: Day, by = 'import-2'): Stamp {
  return { at: `${day}T12:00:00.000Z`, by };
}

export const ALL_TYPES = new Set(CHAT_TYPES);

/** All desired chats of a school by key (manual ones by id). */
export function desire(
  facts: RosterFacts,
  chats: readonly ChatFact[] = [],
  { day = TODAY, ...options }: Partial<DesiredOptions> & { day?: Day } = {},
): Map<string, DesiredChat> {
  const desired = desiredChats(schoolOn(facts, day), chats, { types: ALL_TYPES, strict: false, ...options });
  return new Map(desired.map((chat) => [chat.key ?? chat.id!, chat]));
}

/** Who is in, by id, admins with a star: `ivanova* pupil`. Null: no such chat. */
export function people(chat: DesiredChat | undefined): string | null {
  if (!chat) return null;
  return [...chat.members]
    .map(([id, { admin }]) => (admin ? `${id}*` : id))
    .sort()
    .join(' ');
}

/** A chat as it stands in СГО once the desired state was applied. */
export function chatOf(desired: DesiredChat, own: Partial<ChatFact> = {}): ChatFact {
  const { key, type, classId, groupId, title } = desired;
  const members = new Map<string, CurrentMember>();
  for (const [id, member] of desired.members) members.set(id, { ...member, heldBy: null });
  const id = desired.id ?? `chat-${key}`;
  return { id, key, type, classId, groupId, title, titleByHand: false, exceptions: [], members, ...own };
}

export function exception(personId: string, own: Partial<ExceptionFact>): ExceptionFact {
  return { personId, member: null, admin: null, ...own };
}

export function manualChat(
  id: string,
  exceptions: readonly ExceptionFact[],
  own: Partial<ChatFact> = {},
): ChatFact {
  return {
    ...{ id, key: null, type: 'subject', classId: null, groupId: null, title: id, titleByHand: true },
    ...{ exceptions, members: new Map() },
    ...own,
  };
}
