import { isDay } from '../../text/clean-text.ts';
import type { PersonReading } from '../reading.ts';
import type { Row } from './csv-rows.ts';
import type { RosterDraft, RowSource } from './draft.ts';
import { linkGuardians } from './link-guardians.ts';
import { readRoles } from './read-roles.ts';
import { readUsers } from './read-users.ts';
import { goneUser, userFault } from './references.ts';
import { DELETED, identified } from './row-checks.ts';
import type { User, Users } from './user.ts';
import { notADay } from './value-kind.ts';

/**
 * Reads users.csv, roles.csv (1.2) and demographics.csv: a person in each school of the user, and who is whose
 * parent.
 */
export async function readPeople(
  source: RowSource,
  draft: RosterDraft,
  version: '1.1' | '1.2',
): Promise<void> {
  const users = await readUsers(source, draft, version);
  if (version === '1.2') await readRoles(source, draft, users);
  await readDemographics(source, draft, users);
  for (const rows of users.values()) for (const user of rows) placeInSchools(user, draft);
  linkGuardians(users, draft);
  for (const [id, rows] of users) leaveOutPlaceless(id, rows, draft);
}

async function readDemographics(source: RowSource, draft: RosterDraft, users: Users): Promise<void> {
  const rows = source('demographics', ['sourcedId', 'birthDate', 'sex']);
  if (rows === undefined) return;
  for await (const piece of identified(rows, draft.report, () => undefined))
    for (const { row, id, deleted } of piece) {
      const left = deleted ? DELETED : goneUser(id, draft);
      const found = users.get(id);
      if (left !== undefined) draft.report.ignore(row, left);
      else if (found === undefined) draft.report.reject(row, 'sourcedId', userFault(id, draft));
      else for (const user of found) Object.assign(user.person, readSexAndBirth(row, draft));
    }
}

const SEXES: ReadonlySet<string> = new Set(['', 'male', 'female', 'other', 'unspecified']);

function readSexAndBirth(row: Row, draft: RosterDraft): Pick<PersonReading, 'sex' | 'birthDate'> {
  const sex = row.get('sex').toLowerCase();
  const birth = row.get('birthDate');
  if (!SEXES.has(sex)) draft.report.lose(row, 'sex', 'Неизвестный пол');
  if (birth !== '' && !isDay(birth)) draft.report.lose(row, 'birthDate', notADay(birth));
  return { sex: sex === 'male' || sex === 'female' ? sex : null, birthDate: isDay(birth) ? birth : null };
}

/** Puts a user into their schools. Two rows of one user in one school add up their roles. */
function placeInSchools(user: User, draft: RosterDraft): void {
  const { id } = user.person;
  if (user.agents.includes(id) && isOwnGuardian(user, draft)) return;
  for (const [schoolId, roles] of user.roles) {
    const school = draft.schools.get(schoolId);
    if (school === undefined || school.gone) continue;
    const before = school.people.get(id);
    if (before === undefined) school.people.set(id, { ...user.person, roles: [...roles] });
    else before.roles.push(...roles);
  }
}

/** A pupil who is named as their own parent is refused, because nobody can tell which of the two roles is meant. */
function isOwnGuardian(user: User, draft: RosterDraft): boolean {
  const { id } = user.person;
  const pupil = [...user.roles.values()].some((roles) => roles.some(({ role }) => role === 'student'));
  user.agents = user.agents.filter((agent) => agent !== id);
  if (pupil) {
    draft.report.reject(user.row, 'agentSourcedIds', 'Ученик назван собственным родителем');
    draft.users.set(id, 'rejected');
    draft.unclear.people.add(id);
    user.agents = [];
  } else draft.report.lose(user.row, 'agentSourcedIds', 'Человек назван собственным родителем');
  return pupil;
}

/**
 * Reports the users who are in no school as left out, such as an official of the district or a parent without a child
 * here.
 */
function leaveOutPlaceless(id: string, rows: readonly User[], draft: RosterDraft): void {
  for (const { row, roles } of rows) {
    const orgs = [...roles.keys()];
    if (orgs.some((org) => draft.schools.get(org)?.gone === false)) continue;
    const isParentHere = [...roles.values()].some((held) => held.some(({ role }) => role === 'parent'));
    if (isParentHere && [...draft.schools.values()].some((school) => school.people.has(id))) continue;
    if (draft.users.get(id) === 'known' && rows.length === 1) draft.users.set(id, 'elsewhere');
    const gone = orgs.some((org) => draft.schools.get(org)?.gone);
    draft.report.ignore(row, gone ? 'Школа помечена как удалённая' : 'Не числится ни в одной школе файла');
  }
}
