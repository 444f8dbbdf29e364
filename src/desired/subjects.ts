/**
 * D5: each subject group has one chat under its own name, with its teachers as admins (C7) and its pupils who have
 * not departed.
 */
import { type AutomaticChat, addGround, noteEnding } from './draft.ts';
import { groupLifetime } from './lifetime.ts';
import { chatKey } from './model.ts';
import { automaticTitle } from './names.ts';
import type { School } from './school.ts';
import { oldKeysOf } from './succession.ts';

/** The chats «Предметы»: of each group its pupils of today, and its teachers. */
export function subjectChats(school: School): AutomaticChat[] {
  const { classes, groups } = school.facts;
  const { isContinued, isUndecided, oldGroups } = school.succession;
  return [...groups.values()].map((group) => {
    const schoolClass = group.classId === null ? undefined : classes.get(group.classId);
    // The groups of a class that goes on elsewhere are over until they come back with the new one (K4).
    const isLeft = schoolClass !== undefined && isContinued('class', schoolClass.id);
    const lifetime = isLeft ? 'over' : groupLifetime(group, schoolClass, school.day);
    const roll = school.enrolled.groups.get(group.id);
    return {
      key: chatKey('subject', group.id),
      type: 'subject',
      classId: group.classId,
      groupId: group.id,
      title: automaticTitle('subject', group.title),
      lifetime,
      oldKeys: oldKeysOf('subject', oldGroups(group.id)),
      wanted:
        lifetime === 'current' &&
        roll?.hadPupil === true &&
        !isContinued('group', group.id) &&
        !isUndecided('group', group.id),
      fill(draft) {
        for (const id of group.teacherIds) {
          if (!school.isPresent(id)) continue;
          addGround(draft, id, { kind: 'teaching', groupId: group.id });
        }
        for (const [studentId, place] of roll?.students ?? []) {
          if (!school.isPresent(studentId)) continue;
          addGround(draft, studentId, { kind: 'study', groupId: group.id, ...place });
        }
        for (const [studentId, { orderId }] of roll?.endings ?? []) noteEnding(draft, studentId, orderId);
      },
    };
  });
}
