import type { Role } from '../../desired/model.ts';
import { isDay } from '../clean-text.ts';
import type { PersonReading, Span } from '../reading.ts';
import type { Row } from './csv-rows.ts';
import type { Draft, RowSource } from './draft.ts';
import { userRole } from './roles.ts';
import { identified, NO_SUCH_USER, readName, readSpan } from './row-checks.ts';

const ALWAYS: Span = { beginsOn: null, endsOn: null };
const USER_COLUMNS = ['sourcedId', 'givenName', 'familyName', 'agentSourcedIds'];

/** A user of the file, before it is known in which schools he is a person. */
interface User {
  row: Row;
  person: Omit<PersonReading, 'roles'>;
  /** By school. */
  roles: Map<string, PersonReading['roles']>;
  agents: string[];
}

/** users.csv, roles.csv (1.2) and demographics.csv: a person in each school of the user, and who is whose parent. */
export async function readPeople(source: RowSource, draft: Draft, version: '1.1' | '1.2'): Promise<void> {
  const users = await readUsers(source, draft, version);
  if (version === '1.2') await readRoles(source, draft, users);
  await readDemographics(source, draft, users);
  for (const user of users.values()) placeInSchools(user, draft);
  linkGuardians(users, draft);
}

async function readUsers(
  source: RowSource,
  draft: Draft,
  version: '1.1' | '1.2',
): Promise<Map<string, User>> {
  const users = new Map<string, User>();
  const rows = source('users', version === '1.1' ? [...USER_COLUMNS, 'orgSourcedIds', 'role'] : USER_COLUMNS);
  for await (const { row, id, deleted } of identified(rows, draft.rejected, (bad) =>
    draft.unclear.people.add(bad),
  )) {
    if (deleted) {
      draft.gonePeople.add(id);
      continue;
    }
    const person = readPerson(row, id, draft);
    const roles = version === '1.1' ? readUserRole(row, draft) : new Map();
    if (person === undefined || roles === undefined) draft.unclear.people.add(id);
    else users.set(id, { row, person, roles, agents: row.list('agentSourcedIds') });
  }
  return users;
}

function readPerson(row: Row, id: string, draft: Draft): User['person'] | undefined {
  const familyName = readName(row, 'familyName', draft.rejected);
  const givenName = readName(row, 'givenName', draft.rejected);
  const middleName = readName(row, 'middleName', draft.rejected);
  if (familyName === undefined || givenName === undefined || middleName === undefined) return undefined;
  if (familyName === '' && givenName === '') {
    draft.rejected.add(row, 'familyName', 'Нет ни фамилии, ни имени');
    return undefined;
  }
  const vkUserId = readProfile(row, draft);
  return { id, line: row.line, familyName, givenName, middleName, sex: null, birthDate: null, vkUserId };
}

/** VK ids are positive integers that JSON carries exactly. */
function readProfile(row: Row, draft: Draft): number | null {
  const found = /\{\s*VK\s*:([^{}]*)\}/i.exec(row.get('userIds'));
  if (found === null) return null;
  const vkUserId = /^\s*\d{1,16}\s*$/.test(found[1]!) ? Number(found[1]) : 0;
  if (vkUserId > 0 && Number.isSafeInteger(vkUserId)) return vkUserId;
  draft.rejected.add(row, 'userIds', 'Идентификатор VK не число');
  return null;
}

/** 1.1: one role in all the user's organisations. */
function readUserRole(row: Row, draft: Draft): User['roles'] | undefined {
  const role = userRole(row.get('role'));
  if (role === undefined) {
    draft.rejected.add(row, 'role', 'Неизвестная роль');
    return undefined;
  }
  const orgs = row.list('orgSourcedIds');
  if (orgs.length === 0) draft.rejected.add(row, 'orgSourcedIds', 'Не указана школа');
  for (const org of orgs) {
    if (!draft.orgs.has(org)) draft.rejected.add(row, 'orgSourcedIds', 'Нет такой школы в orgs.csv');
  }
  const roles: User['roles'] = new Map();
  for (const org of orgs) if (draft.schools.has(org)) roles.set(org, [{ role, span: ALWAYS }]);
  return orgs.some((org) => draft.orgs.has(org)) ? roles : undefined;
}

/** 1.2: any number of roles, each in one organisation and with days of its own. */
async function readRoles(source: RowSource, draft: Draft, users: ReadonlyMap<string, User>): Promise<void> {
  const named = new Set<string>();
  const rows = source('roles', ['sourcedId', 'userSourcedId', 'role', 'orgSourcedId']);
  const bad = (row: Row) => draft.unclear.roles.add(row.get('userSourcedId'));
  for await (const { row, deleted } of identified(rows, draft.rejected, (_, row) => bad(row))) {
    const userId = row.get('userSourcedId');
    const user = users.get(userId);
    if (user === undefined) {
      if (draft.gonePeople.has(userId) || deleted) continue;
      draft.rejected.add(row, 'userSourcedId', NO_SUCH_USER);
      continue;
    }
    const role = readRole(row, draft);
    if (deleted || role !== undefined) named.add(userId);
    if (role === undefined) bad(row);
    else if (!deleted && draft.schools.has(role.org)) {
      user.roles.set(role.org, [...(user.roles.get(role.org) ?? []), role]);
    }
  }
  for (const [id, user] of users) {
    if (named.has(id)) continue;
    draft.rejected.add(user.row, 'sourcedId', 'Нет роли в roles.csv');
    draft.unclear.people.add(id);
  }
}

function readRole(row: Row, draft: Draft): { role: Role; span: Span; org: string } | undefined {
  const role = userRole(row.get('role'));
  const org = row.get('orgSourcedId');
  const span = readSpan(row, 'beginDate', 'endDate', draft.rejected);
  if (role === undefined) draft.rejected.add(row, 'role', 'Неизвестная роль');
  if (!draft.orgs.has(org)) draft.rejected.add(row, 'orgSourcedId', 'Нет такой школы в orgs.csv');
  return role === undefined || span === undefined || !draft.orgs.has(org) ? undefined : { role, span, org };
}

async function readDemographics(
  source: RowSource,
  draft: Draft,
  users: ReadonlyMap<string, User>,
): Promise<void> {
  const rows = source('demographics', ['sourcedId', 'birthDate', 'sex']);
  if (rows === undefined) return;
  for await (const { row, id, deleted } of identified(rows, draft.rejected, () => undefined)) {
    const user = users.get(id);
    if (user === undefined) {
      if (!deleted && !draft.gonePeople.has(id)) {
        draft.rejected.add(row, 'sourcedId', NO_SUCH_USER);
      }
      continue;
    }
    if (!deleted) Object.assign(user.person, readSexAndBirth(row, draft));
  }
}

const SEXES: ReadonlySet<string> = new Set(['', 'male', 'female', 'other', 'unspecified']);

function readSexAndBirth(row: Row, draft: Draft): Pick<PersonReading, 'sex' | 'birthDate'> {
  const sex = row.get('sex').toLowerCase();
  const birth = row.get('birthDate');
  if (!SEXES.has(sex)) draft.rejected.add(row, 'sex', 'Неизвестный пол');
  if (birth !== '' && !isDay(birth)) draft.rejected.add(row, 'birthDate', 'Не дата вида ГГГГ-ММ-ДД');
  return { sex: sex === 'male' || sex === 'female' ? sex : null, birthDate: isDay(birth) ? birth : null };
}

function placeInSchools(user: User, draft: Draft): void {
  for (const [schoolId, roles] of user.roles) {
    const school = draft.schools.get(schoolId)!;
    if (!school.gone) school.people.set(user.person.id, { ...user.person, roles });
  }
}

/** agentSourcedIds, named by the child or by the parent (or by both). */
function linkGuardians(users: ReadonlyMap<string, User>, draft: Draft): void {
  for (const user of users.values()) {
    for (const agentId of user.agents) {
      const agent = users.get(agentId);
      if (agent !== undefined) linkEverywhere(user, agent, draft);
      else if (!draft.gonePeople.has(agentId)) draft.rejected.add(user.row, 'agentSourcedIds', NO_SUCH_USER);
    }
  }
}

/**
 * Of two users one of whom is a pupil the other is his parent, in each school that both are in. He has the role
 * parent then, whatever else he is: 1.1 knows only one role a user.
 */
function linkEverywhere(user: User, agent: User, draft: Draft): void {
  const shared = [...user.roles.keys()].filter((school) => agent.roles.has(school));
  if (shared.length === 0 && user.roles.size > 0 && agent.roles.size > 0) {
    draft.rejected.add(user.row, 'agentSourcedIds', 'Родитель и ученик не в одной школе');
  }
  for (const schoolId of shared) {
    const school = draft.schools.get(schoolId)!;
    const one = school.people.get(user.person.id);
    const other = school.people.get(agent.person.id);
    if (one === undefined || other === undefined || isPupil(one) === isPupil(other)) continue;
    const [child, parent] = isPupil(one) ? [one, other] : [other, one];
    if (!parent.roles.some(({ role }) => role === 'parent'))
      parent.roles.push({ role: 'parent', span: ALWAYS });
    const guardians = school.guardians.get(child.id) ?? new Set();
    school.guardians.set(child.id, guardians.add(parent.id));
  }
}

function isPupil(person: PersonReading): boolean {
  return person.roles.some(({ role }) => role === 'student');
}
