/**
 * D4: «<класс> родители» – homeroom teachers as admins (C7) and all parents of the enrolled, not departed pupils.
 * One membership per parent, a ground for each child: he leaves with his last child in that class.
 */
import { chatsOfClasses } from './classes.ts';
import { type AutomaticChat, addGround, noteEnding } from './draft.ts';
import type { School } from './school.ts';

export function parentsChats(school: School): AutomaticChat[] {
  return chatsOfClasses(school, 'parents', ({ id: classId }, draft) => {
    const roll = school.enrolled.classes.get(classId);
    for (const [studentId, place] of roll?.students ?? []) {
      if (!school.isPresent(studentId)) continue;
      for (const guardianId of school.guardiansOf(studentId)) {
        if (!school.isPresent(guardianId) || school.isPupil(guardianId)) continue;
        addGround(draft, guardianId, { kind: 'guardian', classId, studentId, ...place });
      }
    }
    for (const [studentId, { orderId }] of roll?.endings ?? []) {
      for (const guardianId of school.guardiansOf(studentId)) noteEnding(draft, guardianId, orderId);
    }
  });
}
