/**
 * A small school over the turn of its year, and its lists as СГО writes them each night.
 *
 *   4А → 5А      comes back under a new id, which an event says (`continues`)
 *   5Б → 6Б      keeps its id
 *   9А           two pupils leave by order, two go on to the new class 10А
 *   1А           is new; its pupils come by orders in August
 */
import { type RosterFiles, rosterFiles } from './roster-files.ts';

export const NEW_YEAR_LISTS_FROM = '2027-08-20';

interface ClassRow {
  id: string;
  title: string;
  grade: number;
  teacher: string;
  group: string;
  pupils: readonly string[];
}

const OLD: readonly ClassRow[] = [
  { id: 'c4a', title: '4А', grade: 4, teacher: 't1', group: 'm4a', pupils: ['p1', 'p2', 'p3', 'p4'] },
  { id: 'c5b', title: '5Б', grade: 5, teacher: 't2', group: 'm5b', pupils: ['p5', 'p6', 'p7', 'p8'] },
  { id: 'c9a', title: '9А', grade: 9, teacher: 't3', group: 'm9a', pupils: ['p9', 'p10', 'p11', 'p12'] },
];
const NEW: readonly ClassRow[] = [
  { id: 'c5a-27', title: '5А', grade: 5, teacher: 't1', group: 'm5a-27', pupils: ['p1', 'p2', 'p3', 'p4'] },
  { id: 'c5b', title: '6Б', grade: 6, teacher: 't2', group: 'm5b', pupils: ['p5', 'p6', 'p7', 'p8'] },
  { id: 'c10a', title: '10А', grade: 10, teacher: 't3', group: 'm10a', pupils: ['p11', 'p12'] },
  { id: 'c1a-27', title: '1А', grade: 1, teacher: 't4', group: 'm1a-27', pupils: ['p21', 'p22', 'p23'] },
];
const TEACHERS = ['t1', 't2', 't3', 't4'];
/** People who are in the lists only until a day, and people who are in them only from a day on. */
const GONE: Readonly<Record<string, string>> = { p9: '2027-06-26', p10: '2027-06-26', p8: '2027-07-11' };
const COME: Readonly<Record<string, string>> = { p21: '2027-08-03', p22: '2027-08-10', p23: '2027-08-17' };

/** The VK profile of a person: pupils 2xx, parents 3xx, teachers 1xx. */
export const profileOf = (id: string): number =>
  (({ p: 200, m: 300, t: 100 })[id[0] ?? ''] ?? 900) + Number(id.slice(1));

/** The lists of a night. */
export function listsOf(day: string): RosterFiles {
  const isNew = day >= NEW_YEAR_LISTS_FROM;
  const classes = isNew ? NEW : OLD;
  const isThere = (id: string) => !(GONE[id] && day >= GONE[id]) && !(COME[id] && day < COME[id]);
  const pupils = [...new Set([...OLD, ...NEW].flatMap((one) => one.pupils))].filter(isThere).sort();
  const term = isNew ? 'y27' : 'y26';
  const [first, last] = isNew ? ['2027-09-01', '2028-05-31'] : ['2026-09-01', '2027-05-31'];
  const user = (id: string, role: string, children = '') =>
    `${id},,s1,${role},{VK:${profileOf(id)}},Имя,Фамилия-${id},,${children}`;
  const rowsOf = (one: ClassRow) =>
    [one.id, one.group].flatMap((unit) => [
      `${unit}-${one.teacher},,${unit},s1,${one.teacher},teacher,true,,`,
      ...one.pupils.filter(isThere).map((id) => `${unit}-${id},,${unit},s1,${id},student,,${first},${last}`),
    ]);
  const lines = (...all: string[]) => `${all.join('\n')}\n`;
  return {
    ...rosterFiles(),
    'academicSessions.csv': lines(
      'sourcedId,status,title,type,startDate,endDate',
      'y26,,2026/27,term,2026-09-01,2027-05-31',
      'y27,,2027/28,term,2027-09-01,2028-05-31',
    ),
    'courses.csv': lines('sourcedId,status,title', 'math,,Математика'),
    'classes.csv': lines(
      'sourcedId,status,title,grades,courseSourcedId,classType,schoolSourcedId,termSourcedIds',
      ...classes.flatMap(({ id, title, grade, group }) => [
        `${id},,${title},${grade},,homeroom,s1,${term}`,
        `${group},,${title}/Математика,${grade},math,scheduled,s1,${term}`,
      ]),
    ),
    'users.csv': lines(
      'sourcedId,status,orgSourcedIds,role,userIds,givenName,familyName,middleName,agentSourcedIds',
      user('a1', 'administrator'),
      ...TEACHERS.map((id) => user(id, 'teacher')),
      ...pupils.flatMap((id) => {
        const parent = id.replace('p', 'm');
        return [user(id, 'student', parent), user(parent, 'parent', id)];
      }),
    ),
    'demographics.csv': lines('sourcedId,status,birthDate,sex'),
    'enrollments.csv': lines(
      'sourcedId,status,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate',
      ...classes.flatMap(rowsOf),
    ),
  };
}

const order = (id: string, kind: string, effectiveOn: string, items: object[]) => ({
  type: 'sgo.order.issued' as const,
  data: { id, number: id, issuedOn: effectiveOn, kind, effectiveOn, items },
});
const enrolled = (id: string, day: string) =>
  order(`enrol-${id}`, 'enrollment', day, [
    { studentId: id, toClassId: 'c1a-27', subjectGroupIds: ['m1a-27'] },
  ]);
const left =
  (id: string, ...pupils: string[]) =>
  (day: string) =>
    order(
      id,
      'withdrawal',
      day,
      pupils.map((studentId) => ({ studentId })),
    );

/** What СГО tells between the lists, by day. */
export const EVENTS: Readonly<
  Record<string, readonly { type: 'sgo.order.issued' | 'sgo.class.saved'; data: object }[]>
> = {
  '2027-06-25': [left('graduates', 'p9', 'p10')('2027-06-25')],
  '2027-07-10': [left('moved-away', 'p8')('2027-07-10')],
  '2027-08-02': [
    {
      type: 'sgo.class.saved',
      data: {
        id: 'c1a-27',
        title: '1А',
        homeroomTeacherIds: ['t4'],
        startsOn: '2027-09-01',
        endsOn: '2028-05-31',
      },
    },
    enrolled('p21', '2027-08-02'),
  ],
  '2027-08-09': [enrolled('p22', '2027-08-09')],
  '2027-08-16': [enrolled('p23', '2027-08-16')],
  '2027-08-19': [
    {
      type: 'sgo.class.saved',
      data: {
        ...{ id: 'c5a-27', title: '5А', homeroomTeacherIds: ['t1'], continues: 'c4a' },
        ...{ startsOn: '2027-09-01', endsOn: '2028-05-31' },
      },
    },
  ],
};
