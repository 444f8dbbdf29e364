/**
 * D9: a chat of a class or group that is over gains nobody.
 *
 * A member stays, whatever the roster says later, because at the end of a year everybody moves elsewhere. A member
 * leaves on departing, by a withdrawal that names the place, or when the guardian link that was the ground is gone. A
 * parent leaves with the child. Somebody who is a pupil alone by now leaves a parents' chat (J6).
 */
import type { ChatDraft } from './draft.ts';
import { givesAdmin } from './grounds.ts';
import type { ChatFact, Ground } from './model.ts';
import type { UnitRoll } from './orders.ts';
import type { School } from './school.ts';

/** Puts in the present members whose own grounds last. Exceptions and the stand-in come after it, as in any chat. */
export function fillArchived(draft: ChatDraft, chat: ChatFact, school: School): void {
  for (const { personId, admin, lasting } of staying(chat, school)) {
    draft.members.set(personId, { admin, grounds: [...lasting, { kind: 'archived' }] });
  }
}

/**
 * Keeps the members who are in already, on the same terms, beside the people whom the rules give. Between two years a
 * class that keeps its id is ahead again. Its old and new people wait together for its first day.
 */
export function keepUntilItBegins(draft: ChatDraft, chat: ChatFact, school: School): void {
  for (const { personId, admin, lasting } of staying(chat, school)) {
    if (draft.members.has(personId)) continue;
    draft.members.set(personId, {
      admin,
      grounds: lasting.length > 0 ? [...lasting] : [{ kind: 'archived' }],
    });
  }
}

interface Stay {
  personId: string;
  admin: boolean;
  /** The person's own grounds that last. Empty: the person was in when the chat was archived. */
  lasting: readonly Ground[];
}

function* staying(chat: ChatFact, school: School): Generator<Stay> {
  for (const [personId, member] of chat.members) {
    if (!school.isPresent(personId)) continue;
    if (chat.type === 'parents' && school.isOnlyPupil(personId)) continue;
    const own = member.grounds.filter(({ kind }) => kind !== 'archived' && kind !== 'no-other-admin');
    const lasting = own.filter((ground) => lasts(ground, personId, school));
    if (own.length > 0 && lasting.length === 0) continue;
    const stoodIn = member.grounds.some(({ kind }) => kind === 'no-other-admin');
    if (own.length === 0 && stoodIn) continue;
    yield { personId, admin: own.length === 0 ? member.admin : lasting.some(givesAdmin), lasting };
  }
}

function lasts(ground: Ground, personId: string, school: School): boolean {
  const { classes, groups } = school.enrolled;
  if (ground.kind === 'added') return false; // exceptions say so anew
  if (ground.kind === 'enrollment') return !isWithdrawn(classes.get(ground.classId ?? ''), personId);
  if (ground.kind === 'study') return !isWithdrawn(groups.get(ground.groupId ?? ''), personId);
  if (ground.kind !== 'guardian') return true;
  const { studentId: childId = '', classId = '' } = ground;
  return (
    school.isPresent(childId) &&
    school.guardiansOf(childId).includes(personId) &&
    !isWithdrawn(classes.get(classId), childId)
  );
}

function isWithdrawn(roll: UnitRoll | undefined, studentId: string): boolean {
  return roll?.endings.get(studentId)?.kind === 'withdrawal';
}
