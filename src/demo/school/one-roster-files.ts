import { sure } from '../../sure.ts';
import { csvText } from './csv.ts';
import type { MadePerson, MadePupil } from './people.ts';
import type { SchoolYear } from './school-year.ts';
import type { MadeUnit } from './units.ts';

/** What the made-up school is called. */
export const MADE_SCHOOL = { id: 'school-2', name: 'МБОУ «Средняя школа № 2»' } as const;

interface MadeSchool {
  people: readonly MadePerson[];
  pupils: readonly MadePupil[];
  units: readonly MadeUnit[];
  year: SchoolYear;
}

const HEAD = ['sourcedId', 'status', 'dateLastModified'];
const BULK = [
  'academicSessions',
  'classes',
  'courses',
  'demographics',
  'enrollments',
  'orgs',
  'roles',
  'users',
];
const ABSENT = [
  'categories',
  'classResources',
  'courseResources',
  'lineItems',
  'resources',
  'results',
  'userProfiles',
];

/** Writes a made-up school as the files of OneRoster 1.2 CSV. */
export function oneRosterFiles({ people, pupils, units, year }: MadeSchool): Record<string, string> {
  const courses = coursesOf(units);
  return {
    'manifest.csv': manifestFile(),
    'orgs.csv': csvText(
      [...HEAD, 'name', 'type', 'identifier', 'parentSourcedId'],
      [[MADE_SCHOOL.id, '', '', MADE_SCHOOL.name, 'school', '', '']],
    ),
    'academicSessions.csv': csvText(
      [...HEAD, 'title', 'type', 'startDate', 'endDate', 'parentSourcedId', 'schoolYear'],
      year.terms.map(({ id, title, startsOn, endsOn }) => [
        id,
        '',
        '',
        title,
        'term',
        startsOn,
        endsOn,
        '',
        year.year + 1,
      ]),
    ),
    'courses.csv': coursesFile(courses),
    'classes.csv': classesFile(units, courses, year),
    'users.csv': usersFile(people, pupils),
    'roles.csv': rolesFile(people),
    'demographics.csv': csvText(
      [...HEAD, 'birthDate', 'sex'],
      people.map((person) => [person.id, status(person), '', person.birthDate, person.sex]),
    ),
    'enrollments.csv': enrollmentsFile(units, year),
  };
}

function manifestFile(): string {
  return csvText(
    ['propertyName', 'value'],
    [
      ['manifest.version', '1.0'],
      ['oneroster.version', '1.2'],
      ...BULK.map((file) => [`file.${file}`, 'bulk']),
      ...ABSENT.map((file) => [`file.${file}`, 'absent']),
      ['source.systemName', 'made up'],
      ['source.systemCode', 'made-up'],
    ],
  );
}

function coursesFile(courses: ReadonlyMap<string, string>): string {
  const columns = ['title', 'courseCode', 'grades', 'orgSourcedId', 'subjects', 'subjectCodes'];
  return csvText(
    [...HEAD, 'schoolYearSourcedId', ...columns],
    [...courses].map(([subject, id]) => [id, '', '', '', subject, '', '', MADE_SCHOOL.id, '', '']),
  );
}

const HOMEROOM_COURSE = 'Классное руководство';

function coursesOf(units: readonly MadeUnit[]): Map<string, string> {
  const subjects = new Set(units.map((unit) => unit.subject ?? HOMEROOM_COURSE));
  return new Map([...subjects].map((subject, at) => [subject, `course-${at + 1}`]));
}

function classesFile(
  units: readonly MadeUnit[],
  courses: ReadonlyMap<string, string>,
  year: SchoolYear,
): string {
  const terms = year.terms.map((term) => term.id).join(',');
  const columns = [
    'title',
    'grades',
    'courseSourcedId',
    'classCode',
    'classType',
    'location',
    'schoolSourcedId',
  ];
  return csvText(
    [...HEAD, ...columns, 'termSourcedIds', 'subjects', 'subjectCodes', 'periods'],
    units.map(({ id, title, grade, subject }) => {
      const course = sure(courses.get(subject ?? HOMEROOM_COURSE));
      const type = subject === null ? 'homeroom' : 'scheduled';
      return [id, '', '', title, grade, course, '', type, '', MADE_SCHOOL.id, terms, '', '', ''];
    }),
  );
}

function usersFile(people: readonly MadePerson[], pupils: readonly MadePupil[]): string {
  const parents = new Map(pupils.map((pupil) => [pupil.id, pupil.parentIds.join(',')]));
  const columns = [
    'enabledUser',
    'username',
    'userIds',
    'givenName',
    'familyName',
    'middleName',
    'identifier',
  ];
  const rest = ['email', 'sms', 'phone', 'agentSourcedIds', 'grades', 'password', 'userMasterIdentifier'];
  return csvText(
    [...HEAD, ...columns, ...rest, 'primaryOrgSourcedId'],
    people.map((person) => {
      const vk = person.vkUserId === null ? '' : `{VK:${person.vkUserId}}`;
      const name = [person.givenName, person.familyName, person.middleName];
      const agents = parents.get(person.id) ?? '';
      return [
        person.id,
        status(person),
        '',
        'true',
        person.id,
        vk,
        ...name,
        '',
        '',
        '',
        '',
        agents,
        '',
        '',
        '',
        MADE_SCHOOL.id,
      ];
    }),
  );
}

function rolesFile(people: readonly MadePerson[]): string {
  const columns = ['userSourcedId', 'roleType', 'role', 'beginDate', 'endDate', 'orgSourcedId'];
  return csvText(
    [...HEAD, ...columns, 'userProfileSourcedId'],
    people.flatMap((person) =>
      person.roles.map((role, at) => {
        const type = at === 0 ? 'primary' : 'secondary';
        return [
          `${person.id}-${role}`,
          status(person),
          '',
          person.id,
          type,
          role,
          '',
          '',
          MADE_SCHOOL.id,
          '',
        ];
      }),
    ),
  );
}

function enrollmentsFile(units: readonly MadeUnit[], year: SchoolYear): string {
  const rows: (string | null)[][] = [];
  const add = (
    unitId: string,
    person: string,
    deleted: string,
    role: string,
    begin: string,
    end: string | null,
  ) => {
    const id = `e${String(rows.length + 1).padStart(6, '0')}`;
    const primary = role === 'teacher' ? 'true' : 'false';
    rows.push([id, deleted, '', unitId, MADE_SCHOOL.id, person, role, primary, begin, end]);
  };
  for (const unit of units) {
    for (const teacherId of unit.teacherIds) add(unit.id, teacherId, '', 'teacher', year.startsOn, null);
    for (const { pupil, beginsOn, endsOn } of unit.pupils) {
      add(unit.id, pupil.id, status(pupil), 'student', beginsOn ?? year.startsOn, endsOn);
    }
  }
  const columns = [
    'classSourcedId',
    'schoolSourcedId',
    'userSourcedId',
    'role',
    'primary',
    'beginDate',
    'endDate',
  ];
  return csvText([...HEAD, ...columns], rows);
}

function status(person: MadePerson): string {
  return person.deleted ? 'tobedeleted' : '';
}
