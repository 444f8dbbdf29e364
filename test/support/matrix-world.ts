/**
 * Two schools, and in the first one two classes that have nothing to do with each other. The world knows who calls,
 * what belongs to the caller, what does not, and the words that no answer may hold.
 */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { TOKEN_ROLES } from '../../src/caller.ts';
import { LIMIT_NAMES, LIMIT_RULES, limitVariable } from '../../src/limits.ts';
import { createWebhook } from '../../src/told/webhooks.ts';
import { startTestApp, type TestApp, type Who } from './app.ts';
import { everywhere } from './everywhere.ts';
import { type RosterFiles, rosterFiles } from './roster-files.ts';
import { addOperation } from './seeds.ts';
import { initializeAll } from './small-world.ts';

/** What a parameter names. */
export const KINDS = [
  'school',
  'class',
  'group',
  'chat',
  'person',
  'operation',
  'lesson',
  'session',
  'webhook',
] as const;
export type Kind = (typeof KINDS)[number];
export type Things = Readonly<Record<Kind, string>>;

export interface Caller {
  name: string;
  who: Who;
  /** The caller's own things, one of each kind. */
  own: Things;
  /** Things that are not for the caller, by where they are. */
  others: { name: string; things: Things; canaries: readonly string[] }[];
}

export interface MatrixWorld extends TestApp {
  callers: Caller[];
  /** Ids of the right form that nobody bears. */
  missing: Things;
  /** Everything stored that the callers may not change, as one word. */
  digest(): Promise<string>;
  /** The people of all drafts; these are gone then, so that each request finds none. */
  staged(): Promise<string[]>;
}

const NOWHERE = '00000000-0000-4000-8000-000000000000';

/** Of the other class: the names of its pupils and parents, titles, ids. */
const BESIDE = ['Чужак', '8Щ', 'Астроном', 'p-oth', 'm-oth', 'k-oth', 'g-oth', 'l-oth'];
/** Of the other school, and of a person there who has the same id as one of the first school. */
const BEYOND = [
  'Дальн',
  'Двойник',
  '9Ы',
  'Ботаник',
  'Школа вторая',
  'p-two',
  'm-two',
  't-two',
  'a-two',
  'k-two',
  'g-two',
];

export async function startMatrixWorld(): Promise<MatrixWorld> {
  // No look at Sferum changes a row while somebody's request is judged by what it changed.
  const env = { ...withoutRates(), LIMIT_LOOK_EVERY_SECONDS: '900' };
  const app = await startTestApp({ now: '2026-10-01T09:00:00Z', env });
  await app.importRoster(firstSchool(), '2026-10-01T08:00:00Z');
  await app.importRoster(secondSchool(), '2026-10-01T08:00:00Z');
  for (const school of ['s1', 's2']) await initializeAll(app, school);
  await lessons(app, 's1', { 'l-own': ['g-own', 't-own'], 'l-oth': ['g-oth', 't-oth'] });
  await lessons(app, 's2', { 'l-two': ['g-two', 't-two'] });
  await app.settled();
  const own = await thingsOf(app, 's1', ['k-own', 'g-own', 'p-own1', 'l-own'], '5А');
  const beside = await thingsOf(app, 's1', ['k-oth', 'g-oth', 'p-oth', 'l-oth'], '8Щ');
  const beyond = await thingsOf(app, 's2', ['k-two', 'g-two', 'p-two', 'l-two'], '9Ы');
  const missing = {
    ...{ school: 's-none', class: 'k-none', group: 'g-none', chat: NOWHERE, person: 'p-none' },
    ...{ operation: NOWHERE, lesson: 'l-none', session: NOWHERE, webhook: NOWHERE },
  };
  const tables = await schoolTables(app);
  return {
    ...app,
    missing,
    callers: await callersOf(app, own, beside, beyond),
    digest: () => digestOf(app, tables),
    async staged() {
      const { rows } = await sql<{ id: string }>`select distinct x.person_id as id from chat_draft_person x
        join chat_draft d on d.id = x.draft_id order by 1`.execute(app.ctx.db.of('s1'));
      await sql`delete from chat_draft where school_id = 's1'`.execute(app.ctx.db.of('s1'));
      return rows.map(({ id }) => id);
    },
  };
}

/** The limits of requests in a time are as high as they go, because what is asked here is no load. */
function withoutRates(): Record<string, string> {
  const rates = LIMIT_NAMES.filter((name) => /Per(Second|Minute|Hour)|Rate|SignIns?|Linkings/.test(name));
  return Object.fromEntries(rates.map((name) => [limitVariable(name), String(LIMIT_RULES[name].max)]));
}

async function callersOf(app: TestApp, own: Things, beside: Things, beyond: Things): Promise<Caller[]> {
  const foreign = { name: 'another school', things: beyond, canaries: BEYOND };
  const others = [
    foreign,
    { name: 'another class', things: beside, canaries: BESIDE },
    { name: 'a parent of another class', things: { ...beside, person: 'm-oth' }, canaries: BESIDE },
  ];
  const caller = (name: string, role: Who['role'], sub: string, of: Caller['others']): Caller => ({
    ...{ name, own, others: of },
    who: { role, school: 's1', sub },
  });
  const callers = [
    caller('the school admin', 'school-admin', 'a-own', [foreign]),
    caller('a homeroom teacher', 'staff', 't-own', others),
    caller('a subject teacher', 'staff', 't-sub', others),
    caller('a secretary', 'staff', 'x-own', others),
    caller('a pupil', 'student', 'p-own1', others),
    caller('a parent', 'parent', 'm-own', others),
    ...TOKEN_ROLES.filter((role) => !['school-admin', 'staff', 'student', 'parent'].includes(role)).map(
      (role) => caller(`${role} of one school`, role, `some-${role}`, [foreign]),
    ),
  ];
  for (const staff of callers.filter(({ who }) => who.role === 'staff')) {
    const operation = await addOperation(app.ctx.db, {
      ...{ school_id: 's1', state: 'succeeded', created_by: staff.who.sub },
    });
    staff.own = { ...staff.own, operation };
  }
  return callers;
}

async function thingsOf(
  app: TestApp,
  school: string,
  [unit, group, person, lesson]: [string, string, string, string],
  title: string,
): Promise<Things> {
  const { rows } = await sql<{ id: string }>`select id from chat
    where school_id = ${school} and title = ${`${title} класс`}`.execute(app.ctx.db.of(school));
  const chat = rows[0]!.id;
  const operation = await addOperation(app.ctx.db, { school_id: school, state: 'held', kind: 'drift' });
  await sql`update membership set held_by = ${operation} where chat_id = ${chat} and person_id like 'p-%2'`.execute(
    app.ctx.db.of(school),
  );
  const url = 'http://127.0.0.1:9/hook';
  const { id: webhook } = await createWebhook(app.ctx, {
    by: { id: 'test', kind: 'operator' },
    schoolId: school,
    url,
    kinds: ['roster-overdue'],
  });
  return { school, class: unit, group, chat, person, operation, lesson, session: randomUUID(), webhook };
}

async function lessons(app: TestApp, schoolId: string, of: Record<string, [string, string]>): Promise<void> {
  const events = Object.entries(of).map(([id, [subjectGroupId, teacherId]]) => ({
    ...{ specversion: '1.0', id: `saved-${id}`, source: 'sgo', type: 'sgo.lesson.saved' },
    time: '2026-10-01T08:30:00.000Z',
    data: {
      ...{ id, subjectGroupId, teacherId, startsAt: '2026-10-01T08:50:00.000Z' },
      ...{ endsAt: '2026-10-01T18:00:00.000Z', topic: `Тема ${id}` },
    },
  }));
  const { rejected } = await app.commands.receiveEvents({
    by: { id: 'sgo', kind: 'service' },
    schoolId,
    events,
  });
  if (rejected.length > 0) throw new Error(JSON.stringify(rejected));
}

/** The tables that the program writes when their time has come, whatever is asked meanwhile. */
const BY_ITSELF = ['told_reason', 'school_figures', 'school_readiness'];

/** The tables of schools. */
async function schoolTables({ ctx }: TestApp): Promise<string[]> {
  const { rows } = await sql<{
    name: string;
  }>`select c.table_name as name from information_schema.columns c
    join information_schema.tables t using (table_schema, table_name)
    where c.column_name = 'school_id' and c.table_schema = 'public' and t.table_type = 'BASE TABLE'
    order by 1`.execute(everywhere(ctx));
  return rows.map(({ name }) => name).filter((name) => !BY_ITSELF.includes(name));
}

/**
 * A digest of every row of every table of the second school, and of what no request of a matrix may change in the
 * first.
 */
async function digestOf({ ctx }: TestApp, tables: readonly string[]): Promise<string> {
  const words: string[] = [];
  for (const school of ['s1', 's2']) {
    // What the caller leaves behind.
    const digested = tables.filter(
      (name) => school !== 's1' || !/draft|session|token|linking|access|sign/.test(name),
    );
    const each = digested.map(
      (name) => sql`select ${name}::text as name, md5(coalesce(string_agg(r.t, '' order by r.t), '')) as word
        from (select md5(x::text) as t from ${sql.table(name)} x where x.school_id = ${school}) r`,
    );
    const { rows } = await sql<{ name: string; word: string }>`${sql.join(each, sql` union all `)}`.execute(
      ctx.db.of(school),
    );
    words.push(...rows.map(({ name, word }) => `${school}.${name} ${word}`).sort());
  }
  return words.join('\n');
}

const lines = (...all: string[]) => `${all.join('\n')}\n`;

function firstSchool(): RosterFiles {
  return {
    ...rosterFiles(),
    'classes.csv': lines(
      'sourcedId,status,title,grades,courseSourcedId,classType,schoolSourcedId,termSourcedIds',
      'k-own,,5А,5,,homeroom,s1,"autumn,spring"',
      'k-oth,,8Щ,8,,homeroom,s1,"autumn,spring"',
      'g-own,,5А/География,5,geo,scheduled,s1,autumn',
      'g-oth,,8Щ/Астрономия,8,art,scheduled,s1,autumn',
    ),
    'courses.csv': lines('sourcedId,status,title', 'geo,,География', 'art,,Астрономия'),
    'demographics.csv': lines('sourcedId,status,birthDate,sex', 'p-own1,,2015-04-22,male'),
    'users.csv': lines(
      'sourcedId,status,orgSourcedIds,role,userIds,givenName,familyName,middleName,agentSourcedIds',
      'a-own,,s1,administrator,{VK:901},Ольга,Своева,Викторовна,',
      't-own,,s1,teacher,{VK:101},Марина,Загурская,Александровна,',
      't-sub,,s1,teacher,{VK:102},Вера,Ломова,Петровна,',
      't-oth,,s1,teacher,{VK:103},Пётр,Соседов,Ильич,',
      'x-own,,s1,aide,{VK:104},Инна,Мелова,Олеговна,',
      'p-own1,,s1,student,{VK:201},Марк,Абаев,Андреевич,m-own',
      'p-own2,,s1,student,{VK:202},Анна,Белова,Андреевна,',
      'p-own3,,s1,student,{VK:203},Полина,Вилова,Львовна,',
      'm-own,,s1,parent,{VK:301},Елена,Абаева,Юрьевна,',
      'p-oth,,s1,student,{VK:211},Вадим,Чужаков,Алексеевич,m-oth',
      'p-oth2,,s1,student,{VK:212},Софья,Чужакина,Игоревна,',
      'm-oth,,s1,parent,{VK:311},Мария,Чужакова,Олеговна,',
    ),
    'enrollments.csv': lines(
      'sourcedId,status,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate',
      'e1,,k-own,s1,t-own,teacher,true,,',
      'e2,,k-oth,s1,t-oth,teacher,true,,',
      ...['p-own1', 'p-own2', 'p-own3'].map((id) => `e-${id},,k-own,s1,${id},student,,,`),
      ...['p-oth', 'p-oth2'].map((id) => `e-${id},,k-oth,s1,${id},student,,,`),
      'e8,,g-own,s1,t-own,teacher,true,,',
      'e9,,g-own,s1,t-sub,teacher,,,',
      'e10,,g-own,s1,p-own1,student,,,',
      'e11,,g-own,s1,p-own2,student,,,',
      'e12,,g-oth,s1,t-oth,teacher,true,,',
      'e13,,g-oth,s1,p-oth,student,,,',
    ),
  };
}

function secondSchool(): RosterFiles {
  return {
    ...rosterFiles(),
    'orgs.csv': lines('sourcedId,status,name,type', 'city,,Город,district', 's2,,Школа вторая,school'),
    'classes.csv': lines(
      'sourcedId,status,title,grades,courseSourcedId,classType,schoolSourcedId,termSourcedIds',
      'k-two,,9Ы,9,,homeroom,s2,"autumn,spring"',
      'g-two,,9Ы/Ботаника,9,geo,scheduled,s2,autumn',
    ),
    'courses.csv': lines('sourcedId,status,title', 'geo,,Ботаника'),
    'demographics.csv': lines('sourcedId,status,birthDate,sex', 'p-two,,2011-04-22,male'),
    'users.csv': lines(
      'sourcedId,status,orgSourcedIds,role,userIds,givenName,familyName,middleName,agentSourcedIds',
      'a-two,,s2,administrator,{VK:1901},Ольга,Дальняя,Викторовна,',
      't-two,,s2,teacher,{VK:1101},Марина,Дальняева,Александровна,',
      'p-two,,s2,student,{VK:1201},Марк,Дальнев,Андреевич,m-two',
      'p-two2,,s2,student,{VK:1202},Анна,Дальнева,Андреевна,',
      'm-two,,s2,parent,{VK:1301},Елена,Дальнева,Юрьевна,',
      'p-own1,,s2,student,{VK:1203},Иван,Двойников,Ильич,',
    ),
    'enrollments.csv': lines(
      'sourcedId,status,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate',
      'e1,,k-two,s2,t-two,teacher,true,,',
      ...['p-two', 'p-two2', 'p-own1'].map((id) => `e-${id},,k-two,s2,${id},student,,,`),
      'e8,,g-two,s2,t-two,teacher,true,,',
      'e9,,g-two,s2,p-two,student,,,',
    ),
  };
}
