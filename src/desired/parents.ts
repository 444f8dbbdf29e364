/**
 * D4: the chat «<класс> родители» has the homeroom teachers as admins (C7) and the parents of the enrolled pupils who
 * have not departed.
 * A parent has one membership with a ground for each child, and leaves with the last child in that class.
 */
import { chatsOfClasses } from './classes.ts';
import { type AutomaticChat, addGround, noteEnding } from './draft.ts';
import type { School } from './school.ts';

/** The chats «Родители»: of each class the parents of its pupils of today, and its homeroom teachers. */
export function parentsChats(school: School): AutomaticChat[] {
  return chatsOfClasses(school, 'parents', ({ id: classId }, draft) => {
    const roll = school.enrolled.classes.get(classId);
    for (const [studentId, place] of roll?.students ?? []) {
      if (!school.isPresent(studentId)) continue;
      for (const guardianId of school.guardiansOf(studentId)) {
        if (!school.isPresent(guardianId) || school.isOnlyPupil(guardianId)) continue;
        addGround(draft, guardianId, { kind: 'guardian', classId, studentId, ...place });
      }
    }
    for (const [studentId, { orderId }] of roll?.endings ?? []) {
      for (const guardianId of school.guardiansOf(studentId)) noteEnding(draft, guardianId, orderId);
    }
  });
}
