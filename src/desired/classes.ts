/**
 * D1, D3: the chat «<класс> класс» has the homeroom teachers as admins (C7) and the enrolled pupils who have not
 * departed.
 */
import { type AutomaticChat, addGround, type ChatDraft, noteEnding } from './draft.ts';
import { lifetimeOf } from './lifetime.ts';
import { type ChatType, type ClassFact, chatKey } from './model.ts';
import { automaticTitle } from './names.ts';
import type { School } from './school.ts';
import { oldKeysOf } from './succession.ts';

/** The chats «Класс»: of each class its pupils of today, and its homeroom teachers. */
export function classChats(school: School): AutomaticChat[] {
  return chatsOfClasses(school, 'class', (schoolClass, draft) => {
    const roll = school.enrolled.classes.get(schoolClass.id);
    for (const [studentId, place] of roll?.students ?? []) {
      if (!school.isPresent(studentId)) continue;
      addGround(draft, studentId, { kind: 'enrollment', classId: schoolClass.id, ...place });
    }
    for (const [studentId, { orderId }] of roll?.endings ?? []) noteEnding(draft, studentId, orderId);
  });
}

/** Makes one chat of the type for every class and puts in the homeroom teachers; `fill` adds the others. */
export function chatsOfClasses(
  school: School,
  type: ChatType,
  fill: (schoolClass: ClassFact, draft: ChatDraft) => void,
): AutomaticChat[] {
  return [...school.facts.classes.values()].map((schoolClass) => {
    const lifetime = lifetimeOf(schoolClass, school.day);
    const { isContinued, isUndecided, oldClasses } = school.succession;
    const { id } = schoolClass;
    return {
      key: chatKey(type, id),
      type,
      classId: id,
      groupId: null,
      title: automaticTitle(type, schoolClass.title),
      lifetime,
      oldKeys: oldKeysOf(type, oldClasses(id)),
      wanted: lifetime === 'current' && !isContinued('class', id) && !isUndecided('class', id),
      fill(draft) {
        for (const id of schoolClass.homeroomTeacherIds) {
          if (!school.isPresent(id)) continue;
          addGround(draft, id, { kind: 'homeroom', classId: schoolClass.id });
        }
        fill(schoolClass, draft);
      },
    };
  });
}
