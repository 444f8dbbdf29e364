/**
 * D9: the chats of a class or group that is over gain nobody. Who was in stays, however the roster went on
 * (the year's end moves everybody elsewhere), until he departs, a withdrawal names his place in it,
 * or the guardian link that was his ground is gone; a parent goes with his child.
 */
import type { ChatDraft } from './draft.ts';
import type { ChatFact, Ground, GroundKind } from './model.ts';
import type { UnitRoll } from './orders.ts';
import type { School } from './school.ts';

/** Grounds that make their bearer an admin by default (C7). */
const ADMIN_GROUNDS: ReadonlySet<GroundKind> = new Set(['school-admin', 'homeroom', 'teaching']);

/** Puts in those present members whose own grounds last; exceptions and the stand-in come after, as ever. */
export function fillArchived(draft: ChatDraft, chat: ChatFact, school: School): void {
  for (const [personId, member] of chat.members) {
    if (!school.isPresent(personId)) continue;
    const own = member.grounds.filter(({ kind }) => kind !== 'archived' && kind !== 'no-other-admin');
    const lasting = own.filter((ground) => lasts(ground, personId, school));
    if (own.length > 0 && lasting.length === 0) continue;
    const stoodIn = member.grounds.some(({ kind }) => kind === 'no-other-admin');
    if (own.length === 0 && stoodIn) continue;
    draft.members.set(personId, {
      admin: own.length === 0 ? member.admin : lasting.some(({ kind }) => ADMIN_GROUNDS.has(kind)),
      grounds: [...lasting, { kind: 'archived' }],
    });
  }
}

function lasts(ground: Ground, personId: string, school: School): boolean {
  const { classes, groups } = school.enrolled;
  if (ground.kind === 'added') return false; // exceptions say so anew
  if (ground.kind === 'enrollment') return !isWithdrawn(classes.get(ground.classId!), personId);
  if (ground.kind === 'study') return !isWithdrawn(groups.get(ground.groupId!), personId);
  if (ground.kind !== 'guardian') return true;
  const childId = ground.studentId!;
  return (
    school.isPresent(childId) &&
    school.guardiansOf(childId).includes(personId) &&
    !isWithdrawn(classes.get(ground.classId!), childId)
  );
}

function isWithdrawn(roll: UnitRoll | undefined, studentId: string): boolean {
  return roll?.endings.get(studentId)?.kind === 'withdrawal';
}
