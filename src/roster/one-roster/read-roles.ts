import type { Role } from '../../desired/model.ts';
import { sure } from '../../sure.ts';
import type { Span } from '../reading.ts';
import type { Row } from './csv-rows.ts';
import type { RosterDraft, RowSource } from './draft.ts';
import { goneUser, schoolFault, userFault } from './references.ts';
import { userRole } from './roles.ts';
import { DELETED, identified, readSpan } from './row-checks.ts';
import type { Users } from './user.ts';

/** Reads roles.csv (1.2): a user has any number of roles, each in one organisation and with its own days. */
export async function readRoles(source: RowSource, draft: RosterDraft, users: Users): Promise<void> {
  const { report } = draft;
  const named = new Set<string>();
  const rows = source('roles', ['sourcedId', 'userSourcedId', 'role', 'orgSourcedId']);
  const bad = (row: Row) => draft.unclear.roles.add(row.get('userSourcedId'));
  for await (const piece of identified(rows, report, (_, row) => bad(row)))
    for (const { row, deleted } of piece) {
      const userId = row.get('userSourcedId');
      const gone = goneUser(userId, draft);
      const user = users.get(userId)?.[0];
      const left = deleted ? DELETED : gone;
      if (left !== undefined) {
        report.ignore(row, left);
        named.add(userId);
        continue;
      }
      const role = readRole(row, draft);
      if (user === undefined) report.reject(row, 'userSourcedId', userFault(userId, draft));
      else if (role === undefined) bad(row);
      else {
        named.add(userId);
        user.roles.set(role.org, [...(user.roles.get(role.org) ?? []), role]);
        if (draft.orgs.get(role.org) === 'other' && role.role !== 'parent')
          report.ignore(row, 'Роль относится не к школе, а к организации над ней');
      }
    }
  for (const [id, [user]] of users) {
    if (named.has(id)) continue;
    report.reject(sure(user).row, 'sourcedId', 'Нет роли в roles.csv');
    draft.unclear.people.add(id);
    draft.users.set(id, 'rejected');
  }
}

function readRole(row: Row, draft: RosterDraft): { role: Role; span: Span; org: string } | undefined {
  const { report } = draft;
  const role = userRole(row.get('role'));
  const org = row.get('orgSourcedId');
  const span = readSpan(row, 'beginDate', 'endDate', report);
  const known = draft.orgs.get(org) === 'school' || draft.orgs.get(org) === 'other';
  if (role === undefined) report.reject(row, 'role', 'Неизвестная роль');
  if (!known) report.reject(row, 'orgSourcedId', sure(schoolFault(org, draft)));
  return role === undefined || span === undefined || !known ? undefined : { role, span, org };
}
