/** Two made-up schools in one roster: the same school twice, the second with ids, profiles and surnames of its own. */
import { makeSchool } from '../../src/demo/school/make-school.ts';
import type { RosterFiles } from './roster-files.ts';
import { TODAY } from './small-world.ts';

export const [FIRST, SECOND] = ['school-2', 'school-9'] as const;
/** Every surname of the second school begins so, and nothing else does. */
export const CANARY = 'Чужакович';

const COLUMNS_BEFORE_SURNAME = /^((?:[^,\r\n]*,){7})(?=[^,])/gm;
const SHARED = new Set(['manifest.csv', 'academicSessions.csv', 'courses.csv']);

export function firstSchool(): RosterFiles {
  const { files } = makeSchool({ seed: 7, size: 'small', today: TODAY });
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [name, String(text)]));
}

export function secondSchool(): RosterFiles {
  return Object.fromEntries(
    Object.entries(firstSchool()).map(([name, text]) => {
      if (SHARED.has(name)) return [name, text];
      const own = text
        .replace(/\b([a-z])(\d{4,6})\b/g, 'x$1$2')
        .replaceAll(FIRST, SECOND)
        .replaceAll('{VK:', '{VK:9');
      if (name !== 'users.csv') return [name, own];
      const [header, ...people] = own.split('\r\n');
      return [
        name,
        [header, ...people.map((row) => row.replace(COLUMNS_BEFORE_SURNAME, `$1${CANARY}`))].join('\r\n'),
      ];
    }),
  );
}

/** One file of both. */
export function together(first: RosterFiles, second: RosterFiles): RosterFiles {
  return Object.fromEntries(
    Object.entries(first).map(([name, text]) => {
      const others = second[name]!.split('\r\n').slice(1).join('\r\n');
      return [name, SHARED.has(name) ? text : text + others];
    }),
  );
}

/**
 * Most pupils of one class are missing. They are more than the guard lets pass, and fewer than in a file that was cut.
 */
export function withoutMost(files: RosterFiles, classId: string, left: number): RosterFiles {
  let kept = 0;
  const rows = files['enrollments.csv']!.split('\r\n').filter((row) => {
    if (!row.includes(`,${classId},`) || !row.includes(',student,')) return true;
    kept += 1;
    return kept <= left;
  });
  return { ...files, 'enrollments.csv': rows.join('\r\n') };
}
