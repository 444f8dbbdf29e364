/**
 * D7: what people decided by hand comes after the rules: added, excluded, granted, revoked.
 *
 * Adminship needs membership. A departed person is in no chat, and the exceptions wait for the return (D6). The own
 * list of a manual chat is its `added` exceptions (D10).
 */
import { addGround, type ChatDraft } from './draft.ts';
import type { ExceptionFact } from './model.ts';
import type { School } from './school.ts';

/** Applies them to a draft, which it changes. An excluded person leaves, whatever the rules say. */
export function applyExceptions(
  draft: ChatDraft,
  exceptions: readonly ExceptionFact[],
  school: School,
): void {
  for (const { personId, member, admin } of exceptions) {
    if (member === 'excluded') draft.members.delete(personId);
    if (member === 'added' && school.isPresent(personId)) addGround(draft, personId, { kind: 'added' });
    const draftMember = draft.members.get(personId);
    if (draftMember && admin !== null) draftMember.admin = admin === 'granted';
  }
}

/** C5: a pupil is never an admin, whatever rule or exception says so. */
export function dropPupilAdmins(draft: ChatDraft, school: School): void {
  for (const [personId, member] of draft.members) {
    if (member.admin && school.isOnlyPupil(personId)) member.admin = false;
  }
}
