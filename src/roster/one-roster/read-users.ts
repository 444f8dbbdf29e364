import { sure } from '../../sure.ts';
import { ALWAYS } from '../reading.ts';
import type { Row } from './csv-rows.ts';
import type { RosterDraft, RowSource } from './draft.ts';
import { schoolFault } from './references.ts';
import { userRole } from './roles.ts';
import { DELETED, identified, REPEATED, readName } from './row-checks.ts';
import { nameOf, type User, type Users } from './user.ts';

const COLUMNS = ['sourcedId', 'givenName', 'familyName'];
const DISABLED = 'Отключён в источнике (enabledUser=false): считается выбывшим';

/** Reads users.csv. A user who is deleted or disabled (D13) counts as absent. */
export async function readUsers(
  source: RowSource,
  draft: RosterDraft,
  version: '1.1' | '1.2',
): Promise<Users> {
  const users: Users = new Map();
  const rows = source('users', version === '1.1' ? [...COLUMNS, 'orgSourcedIds', 'role'] : COLUMNS);
  const unclear = (id: string) => {
    draft.unclear.people.add(id);
    if (!users.has(id)) draft.users.set(id, 'rejected');
  };
  let hasAgents = true;
  for await (const piece of identified(rows, draft.report, unclear, 'repeats'))
    for (const { row, id, deleted } of piece) {
      hasAgents &&= row.has('agentSourcedIds');
      const absent = deleted ? 'deleted' : isEnabled(row, draft) ? null : 'disabled';
      if (absent !== null) {
        if (!users.has(id)) draft.users.set(id, absent);
        draft.report.ignore(row, absent === 'deleted' ? DELETED : DISABLED);
        continue;
      }
      const person = readPerson(row, id, draft);
      const roles: User['roles'] | undefined = version === '1.1' ? readUserRole(row, draft) : new Map();
      if (person === undefined || roles === undefined) {
        unclear(id);
        continue;
      }
      const user = { row, person, roles, agents: row.list('agentSourcedIds') };
      const before = users.get(id) ?? [];
      if (!isWelcome(user, before, draft)) continue;
      users.set(id, [...before, user]);
      draft.users.set(id, 'known');
    }
  if (!hasAgents) draft.remarks.push(NO_AGENTS);
  return users;
}

const NO_AGENTS = {
  code: 'no-guardian-column',
  message: 'В users.csv нет столбца agentSourcedIds: кто чей родитель, в файле не сказано',
};

/**
 * Whether the user is enabled. Only `false`, in capitals or not, disables somebody; any other word disables nobody.
 */
function isEnabled(row: Row, draft: RosterDraft): boolean {
  const enabled = row.get('enabledUser').toLowerCase();
  if (enabled !== '' && enabled !== 'true' && enabled !== 'false')
    draft.report.lose(row, 'enabledUser', 'Ожидается true или false: человек считается включённым');
  return enabled !== 'false';
}

/**
 * Whether a further row of one id is used: it names another school, or another role of the same person. Two people
 * under one id in one school are a mistake. What was known of both then stays as it was.
 */
function isWelcome(user: User, before: readonly User[], draft: RosterDraft): boolean {
  const { report, unclear } = draft;
  const shared = before.filter(
    ({ roles }) => roles.size === 0 || [...user.roles.keys()].some((org) => roles.has(org)),
  );
  if (shared.length === 0) return true;
  if (shared.some((other) => nameOf(other.person) !== nameOf(user.person))) {
    report.reject(user.row, 'sourcedId', REPEATED);
    unclear.people.add(user.person.id);
    return false;
  }
  const adds = [...user.roles].some(([org, roles]) =>
    roles.some(
      ({ role }) => !shared.some((other) => other.roles.get(org)?.some((held) => held.role === role)),
    ),
  );
  if (!adds) report.ignore(user.row, 'Тот же человек в той же школе ещё раз');
  return adds;
}

function readPerson(row: Row, id: string, draft: RosterDraft): User['person'] | undefined {
  const familyName = readName(row, 'familyName', draft.report);
  const givenName = readName(row, 'givenName', draft.report);
  const middleName = readName(row, 'middleName', draft.report);
  if (familyName === undefined || givenName === undefined || middleName === undefined) return undefined;
  if (familyName === '' && givenName === '') {
    draft.report.reject(row, 'familyName', 'Нет ни фамилии, ни имени');
    return undefined;
  }
  const vkUserId = readProfile(row, draft);
  return { id, line: row.line, familyName, givenName, middleName, sex: null, birthDate: null, vkUserId };
}

/** Reads the VK id, a positive integer that JSON carries exactly. */
function readProfile(row: Row, draft: RosterDraft): number | null {
  const found = /\{\s*VK\s*:([^{}]*)\}/i.exec(row.get('userIds'));
  if (found === null) return null;
  const vkUserId = /^\s*\d{1,16}\s*$/.test(sure(found[1])) ? Number(found[1]) : 0;
  if (vkUserId > 0 && Number.isSafeInteger(vkUserId)) return vkUserId;
  draft.report.lose(row, 'userIds', 'Идентификатор VK не число');
  return null;
}

/** Reads the role of 1.1, which is the same in all the user's organisations. */
function readUserRole(row: Row, draft: RosterDraft): User['roles'] | undefined {
  const role = userRole(row.get('role'));
  if (role === undefined) {
    draft.report.reject(row, 'role', 'Неизвестная роль');
    return undefined;
  }
  const orgs = row.list('orgSourcedIds');
  const known = orgs.filter((org) => isKnown(org, draft));
  if (known.length === 0) {
    draft.report.reject(row, 'orgSourcedIds', sure(schoolFault(orgs[0] ?? '', draft)));
    return undefined;
  }
  const strange = orgs.find((org) => !isKnown(org, draft));
  if (strange !== undefined) draft.report.lose(row, 'orgSourcedIds', sure(schoolFault(strange, draft)));
  return new Map(known.map((org) => [org, [{ role, span: ALWAYS }]]));
}

function isKnown(org: string, { orgs }: RosterDraft): boolean {
  return orgs.get(org) === 'school' || orgs.get(org) === 'other';
}
