/** D2: «Учительская», one for each school, has every teacher, and the school admins as its admins (C7). */
import type { AutomaticChat } from './draft.ts';
import { addGround } from './draft.ts';
import { chatKey } from './model.ts';
import { automaticTitle } from './names.ts';
import type { School } from './school.ts';

/** The chat «Учительская». */
export function staffChats(school: School): AutomaticChat[] {
  return [
    {
      key: chatKey('staff'),
      type: 'staff',
      classId: null,
      groupId: null,
      title: automaticTitle('staff', ''),
      lifetime: 'current',
      oldKeys: [],
      wanted: true,
      fill(draft) {
        for (const { id, roles } of school.facts.people.values()) {
          if (roles.includes('teacher')) addGround(draft, id, { kind: 'teacher' });
        }
        for (const id of school.administratorIds) addGround(draft, id, { kind: 'school-admin' });
      },
    },
  ];
}
