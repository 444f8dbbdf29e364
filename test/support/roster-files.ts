import { DEFAULT_ROSTER_LIMITS } from '../../src/config/roster-limits.ts';
import { csvText } from '../../src/demo/school/csv.ts';
import { zipRoster } from '../../src/demo/school/zip-roster.ts';
import { readRoster } from '../../src/roster/read-roster.ts';
import type { RosterReading } from '../../src/roster/reading.ts';

export type RosterFiles = Record<string, string>;

/** A school of two classes, two groups, five pupils, in OneRoster 1.1; each test changes what it is about. */
export function rosterFiles(): RosterFiles {
  return {
    'manifest.csv': lines(
      'propertyName,value',
      'manifest.version,1.0',
      'oneroster.version,1.1',
      'file.academicSessions,bulk',
      'file.classes,bulk',
      'file.courses,bulk',
      'file.demographics,bulk',
      'file.enrollments,bulk',
      'file.orgs,bulk',
      'file.users,bulk',
    ),
    'orgs.csv': lines('sourcedId,status,name,type', 'city,,Город,district', 's1,,Школа № 1,school'),
    'academicSessions.csv': lines(
      'sourcedId,status,title,type,startDate,endDate',
      'autumn,,Осень,term,2026-09-01,2026-12-28',
      'spring,,Весна,term,2027-01-09,2027-05-31',
    ),
    'courses.csv': lines('sourcedId,status,title', 'geo,,География', 'art,,Рисование'),
    'classes.csv': lines(
      'sourcedId,status,title,grades,courseSourcedId,classType,schoolSourcedId,termSourcedIds',
      'c5a,,5А,5,,homeroom,s1,"autumn,spring"',
      'c5b,,5Б,5,,homeroom,s1,"spring,autumn"',
      'geo5a,,5А/География,5,geo,scheduled,s1,autumn',
      'art5,,5 *Рисование,5,art,scheduled,s1,',
    ),
    'users.csv': lines(
      'sourcedId,status,orgSourcedIds,role,userIds,givenName,familyName,middleName,agentSourcedIds',
      'a1,,"s1,city",administrator,,Ольга,Обмочиева,Викторовна,',
      't1,,s1,teacher,{VK:101},Марина,Загурская,Александровна,p3',
      't2,,s1,teacher,,Пётр,Шевченко,Ильич,',
      'p1,,s1,student,{VK:201},Марк,Абаев,Андреевич,"m1,f1"',
      'p2,,s1,student,,Анна,Абаева,Андреевна,',
      'p3,,s1,student,,Полина,Загурская,Львовна,',
      'p4,,s1,student,,Вадим,Агеенко,Алексеевич,',
      'p5,,s1,student,,Софья,Ким,Игоревна,',
      'm1,,s1,parent,{VK:301},Елена,Абаева,Юрьевна,p2',
      'f1,,s1,guardian,,Андрей,Абаев,Маркович,',
    ),
    'demographics.csv': lines(
      'sourcedId,status,birthDate,sex',
      'p1,,2015-04-22,male',
      'p2,,2015-01-30,female',
    ),
    'enrollments.csv': lines(
      'sourcedId,status,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate',
      'e1,,c5a,s1,t1,teacher,true,,',
      'e2,,c5b,s1,t2,teacher,true,,',
      'e3,,c5a,s1,p1,student,,2026-09-01,2027-05-31',
      'e4,,c5a,s1,p2,student,,2026-09-01,',
      'e5,,c5a,s1,p3,student,,,',
      'e6,,c5b,s1,p4,student,,,',
      'e7,,c5b,s1,p5,student,,,',
      'e8,,geo5a,s1,t1,teacher,true,,',
      'e9,,geo5a,s1,p1,student,,,',
      'e10,,geo5a,s1,p2,student,,,',
      'e11,,art5,s1,t2,teacher,true,,',
      'e12,,art5,s1,p3,student,,,',
      'e13,,art5,s1,p4,student,,,',
    ),
  };
}

function lines(...all: string[]): string {
  return `${all.join('\n')}\n`;
}

/** Changes a text of one file; fails when it is not there. */
export function edited(files: RosterFiles, file: string, from: string, to: string): RosterFiles {
  if (!files[file]?.includes(from)) throw new Error(`no «${from}» in ${file}`);
  return { ...files, [file]: files[file].replace(from, to) };
}

/** Adds rows to the end of one file. */
export function withRows(files: RosterFiles, file: string, ...rows: string[]): RosterFiles {
  return { ...files, [file]: files[file] + lines(...rows) };
}

/** Takes out the rows that hold a text. */
export function withoutRows(files: RosterFiles, file: string, holding: string): RosterFiles {
  const kept = files[file]!.split('\n').filter((line) => !line.includes(holding));
  return { ...files, [file]: kept.join('\n') };
}

/** The same roster as OneRoster 1.2: roles move from users.csv to roles.csv. Cells with commas are lists. */
export function asVersion12(files: RosterFiles): RosterFiles {
  const users = records(files['users.csv']!);
  const roleNames: Record<string, string> = { administrator: 'siteAdministrator' };
  const roles = users.flatMap((user) =>
    user.orgSourcedIds!.split(',').map((org, at) => {
      const role = roleNames[user.role!] ?? user.role!;
      return [
        `${user.sourcedId}-${at}`,
        '',
        user.sourcedId!,
        at === 0 ? 'primary' : 'secondary',
        role,
        '',
        '',
        org,
      ];
    }),
  );
  const columns = Object.keys(users[0]!).filter((name) => name !== 'role' && name !== 'orgSourcedIds');
  const manifest = files['manifest.csv']!.replace('oneroster.version,1.1', 'oneroster.version,1.2');
  return {
    ...files,
    'manifest.csv': `${manifest}file.roles,bulk\n`,
    'users.csv': csvText(
      columns,
      users.map((user) => columns.map((name) => user[name]!)),
    ),
    'roles.csv': csvText(
      ['sourcedId', 'status', 'userSourcedId', 'roleType', 'role', 'beginDate', 'endDate', 'orgSourcedId'],
      roles,
    ),
  };
}

function records(text: string): Record<string, string>[] {
  const [header, ...rows] = text.trim().split(/\r?\n/).map(cells);
  return rows.map((row) => Object.fromEntries(header!.map((name, at) => [name, row[at] ?? ''])));
}

function cells(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"([^"]*)"|([^,"]*))/g)].map((cell) => cell[1] ?? cell[2] ?? '');
}

/** Zips and reads. */
export async function readFiles(
  files: Record<string, string | Uint8Array>,
  limits: Partial<typeof DEFAULT_ROSTER_LIMITS> = {},
): Promise<RosterReading> {
  return readRoster(await zipRoster(files), { ...DEFAULT_ROSTER_LIMITS, ...limits });
}
