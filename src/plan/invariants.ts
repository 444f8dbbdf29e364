/**
 * J6: what must be true of every desired chat, plan and live chat, checked apart from the rules that make them.
 * A breach is a value, of which the caller makes a condition and a metric. No breach is an empty list.
 */
import { type DesiredChat, type Ground, idOfDesired } from '../desired/model.ts';
import type { School } from '../desired/school.ts';
import type { ActionKind, ChatPlan } from './model.ts';

export const INVARIANT_CODES = [
  'pupil-in-parents-chat',
  'parent-without-child',
  'no-admin',
  'removal-before-addition',
  'stranger',
] as const;
type InvariantCode = (typeof INVARIANT_CODES)[number];

export interface InvariantBreach {
  code: InvariantCode;
  /** The chat's id, or its key while it has none. */
  chat: string;
  personId?: string;
  strangerId?: number;
}

/**
 * Checks one desired chat.
 * The rules put no pupil into a parents' chat, although a person may (D7).
 * No parent stays after all children have left the class. An archived chat keeps its parents (D9), and so does the chat
 * of a class that moves to a new id (K4).
 * A chat with members has an admin.
 */
export function chatBreaches(chat: DesiredChat, school: School): InvariantBreach[] {
  const name = idOfDesired(chat, (key) => key);
  const breaches: InvariantBreach[] = [];
  if (chat.members.size > 0 && ![...chat.members.values()].some(({ admin }) => admin)) {
    breaches.push({ code: 'no-admin', chat: name });
  }
  if (chat.type !== 'parents') return breaches;

  const roll = chat.classId === null ? undefined : school.enrolled.classes.get(chat.classId);
  const pupilIds = [...(roll?.students.keys() ?? [])];
  const parents = new Set(pupilIds.flatMap((pupilId) => school.guardiansOf(pupilId)));
  const isMoving = (personId: string, { studentId = '', classId }: Ground) =>
    classId !== chat.classId &&
    school.isPresent(studentId) &&
    school.guardiansOf(studentId).includes(personId);
  for (const [personId, { grounds }] of chat.members) {
    if (grounds.some(({ kind }) => kind === 'added')) continue;
    if (school.isOnlyPupil(personId)) {
      breaches.push({ code: 'pupil-in-parents-chat', chat: name, personId });
    }
    const isThereAsParent = grounds.every(({ kind }) => kind === 'guardian');
    const hasChild = parents.has(personId) || grounds.some((ground) => isMoving(personId, ground));
    if (isThereAsParent && !chat.archived && !hasChild) {
      breaches.push({ code: 'parent-without-child', chat: name, personId });
    }
  }
  return breaches;
}

const PHASE: Record<ActionKind, number> = {
  create: 0,
  rename: 1,
  add: 2,
  grant: 3,
  revoke: 4,
  remove: 5,
  delete: 6,
};

/** In a plan additions and admins come before removals (rule 8). */
export function planBreaches({ chatId, actions }: ChatPlan): InvariantBreach[] {
  const isSorted = actions.every(({ action }, index) => {
    const before = actions[index - 1];
    return before === undefined || PHASE[before.action] <= PHASE[action];
  });
  return isSorted ? [] : [{ code: 'removal-before-addition', chat: chatId }];
}
