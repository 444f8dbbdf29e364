/** A school of eight chats that a schedule changes as СГО would: people and units in, OneRoster files out. */
import { DAY_MS } from '../../../src/clock.ts';
import { csvText } from '../../../src/demo/school/csv.ts';
import type { RosterFiles } from '../roster-files.ts';

export const TINY_SCHOOL = 'tiny';

interface TinyPerson {
  id: string;
  role: 'administrator' | 'teacher' | 'student' | 'parent';
  vk: number;
  children: string[];
  enabled: boolean;
}
export interface TinyUnit {
  id: string;
  title: string;
  teachers: string[];
  pupils: string[];
}
export interface TinyRoster {
  people: TinyPerson[];
  classes: TinyUnit[];
  groups: TinyUnit[];
}

const PUPILS = Array.from({ length: 10 }, (_, at) => `p${at + 1}`);
const person = (id: string, role: TinyPerson['role'], vk: number, children: string[] = []): TinyPerson => ({
  ...{ id, role, vk, children, enabled: true },
});

/** Two classes and three groups; a parent with a child in each class, and a teacher who is a parent too. */
export function tinyRoster(): TinyRoster {
  const unit = (id: string, title: string, teachers: string[], pupils: string[]): TinyUnit => ({
    ...{ id, title, teachers, pupils },
  });
  return {
    people: [
      person('a1', 'administrator', 101),
      ...[1, 2, 3, 4].map((n) => person(`t${n}`, 'teacher', 200 + n)),
      ...PUPILS.map((id, at) => person(id, 'student', 301 + at)),
      ...[1, 2, 3, 4, 5].map((n) => person(`m${n}`, 'parent', 400 + n, [`p${n}`, `p${n + 5}`])),
      person('m6', 'parent', 202, ['p1']),
    ],
    classes: [unit('c1', '5А', ['t1'], PUPILS.slice(0, 5)), unit('c2', '5Б', ['t2'], PUPILS.slice(5))],
    groups: [
      unit('g1', '5А/География', ['t3'], PUPILS.slice(0, 5)),
      unit('g2', '5/Рисование', ['t4'], ['p1', 'p2', 'p6', 'p7']),
      unit('g3', '5Б/Физика "профиль"', ['t1'], PUPILS.slice(5)),
    ],
  };
}

/** The roster under other ids of the people named; their VK profiles stay theirs. */
export function underNewIds(roster: TinyRoster, renamed: ReadonlyMap<string, string>): TinyRoster {
  const of = (id: string) => renamed.get(id) ?? id;
  const unit = (one: TinyUnit) => ({
    ...one,
    teachers: one.teachers.map(of),
    pupils: one.pupils.map(of),
  });
  return {
    people: roster.people.map((one) => ({ ...one, id: of(one.id), children: one.children.map(of) })),
    classes: roster.classes.map(unit),
    groups: roster.groups.map(unit),
  };
}

const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** OneRoster 1.1 of the roster as of an instant, within whose school year it is. */
export function tinyFiles({ people, classes, groups }: TinyRoster, nowMs: number): RosterFiles {
  const present = new Set(people.map(({ id }) => id));
  const parents = (child: string) => people.filter((p) => p.children.includes(child)).map((p) => p.id);
  const units = [
    ...classes.map((one) => ({ ...one, kind: 'homeroom', course: '' })),
    ...groups.map((one) => ({ ...one, kind: 'scheduled', course: 'any' })),
  ];
  const places = units.flatMap(({ id, teachers, pupils }) => [
    ...teachers.map((user) => [id, user, 'teacher', 'true']),
    ...pupils.map((user) => [id, user, 'student', 'false']),
  ]);
  const lists = ['academicSessions', 'classes', 'courses', 'enrollments', 'orgs', 'users'];
  return {
    'manifest.csv': csvText(
      ['propertyName', 'value'],
      [
        ['manifest.version', '1.0'],
        ['oneroster.version', '1.1'],
        ...lists.map((list) => [`file.${list}`, 'bulk']),
      ],
    ),
    'orgs.csv': csvText(
      ['sourcedId', 'status', 'name', 'type'],
      [[TINY_SCHOOL, '', 'Малая школа', 'school']],
    ),
    'academicSessions.csv': csvText(
      ['sourcedId', 'status', 'title', 'type', 'startDate', 'endDate'],
      [['year', '', 'Год', 'term', day(nowMs - 60 * DAY_MS), day(nowMs + 200 * DAY_MS)]],
    ),
    'courses.csv': csvText(['sourcedId', 'status', 'title'], [['any', '', 'Предмет']]),
    'classes.csv': csvText(
      'sourcedId,status,title,grades,courseSourcedId,classType,schoolSourcedId,termSourcedIds'.split(','),
      units.map(({ id, title, kind, course }) => [id, '', title, '5', course, kind, TINY_SCHOOL, 'year']),
    ),
    'users.csv': csvText(
      'sourcedId,status,enabledUser,orgSourcedIds,role,userIds,givenName,familyName,middleName,agentSourcedIds'.split(
        ',',
      ),
      people.map(({ id, role, vk, enabled }) => {
        const agents = role === 'student' ? parents(id).join(',') : '';
        return [id, '', String(enabled), TINY_SCHOOL, role, `{VK:${vk}}`, 'Имя', `Ф${id}`, '', agents];
      }),
    ),
    'enrollments.csv': csvText(
      'sourcedId,status,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate'.split(
        ',',
      ),
      places
        .filter(([, user]) => present.has(user!))
        .map(([id, user, role, primary]) => [
          ...[`${id}-${user}`, '', id!, TINY_SCHOOL, user!, role!, primary!, '', ''],
        ]),
    ),
  };
}
