/**
 * K4: while a class moves to its new id, nobody leaves its chats because an id changed.
 *
 * A pupil of the old class stays, with the parents, until an order takes the pupil out of it or the roster names
 * another class. The homeroom teachers of the old class stay until the new one names its own.
 */
import { addGround, type ChatDraft, noteEnding } from './draft.ts';
import type { ChatFact, Ground } from './model.ts';
import type { School } from './school.ts';

/** Keeps in `draft` the present members who came with the classes that `classId` continues. */
export function keepMoving(draft: ChatDraft, chat: ChatFact, classId: string, school: School): void {
  const old = new Set(school.succession.oldClasses(classId));
  if (old.size === 0) return;
  const named = new Set(draft.members.keys());
  const hasTeacher = (school.facts.classes.get(classId)?.homeroomTeacherIds.length ?? 0) > 0;
  for (const [personId, { grounds }] of chat.members) {
    if (named.has(personId) || !school.isPresent(personId)) continue;
    if (chat.type === 'parents' && school.isOnlyPupil(personId)) continue;
    for (const ground of grounds) {
      if (!old.has(ground.classId ?? '')) continue;
      if (ground.kind === 'homeroom') {
        if (!hasTeacher) addGround(draft, personId, ground);
      } else if (staysBy(ground, personId, { draft, old, school })) addGround(draft, personId, ground);
    }
  }
}

interface Moving {
  draft: ChatDraft;
  old: ReadonlySet<string>;
  school: School;
}

function staysBy(ground: Ground, personId: string, { draft, old, school }: Moving): boolean {
  const pupilId = ground.kind === 'enrollment' ? personId : ground.studentId;
  if (pupilId === undefined || !school.isPresent(pupilId)) return false;
  if (ground.kind === 'guardian' && !school.guardiansOf(pupilId).includes(personId)) return false;
  const ending = school.enrolled.classes.get(ground.classId ?? '')?.endings.get(pupilId);
  if (ending) {
    noteEnding(draft, personId, ending.orderId);
    return false;
  }
  return !isPlacedElsewhere(pupilId, old, school);
}

function isPlacedElsewhere(pupilId: string, old: ReadonlySet<string>, { enrolled }: School): boolean {
  for (const [id, { students }] of enrolled.classes) if (!old.has(id) && students.has(pupilId)) return true;
  return false;
}
