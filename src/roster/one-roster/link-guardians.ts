import { sure } from '../../sure.ts';
import type { PersonReading, SchoolReading } from '../reading.ts';
import { ALWAYS } from '../reading.ts';
import type { RosterDraft } from './draft.ts';
import { goneUser, userFault } from './references.ts';
import { nameOf, type User, type Users } from './user.ts';

/** Reads agentSourcedIds. A child may name the parent, a parent the child, or each the other. */
export function linkGuardians(users: Users, draft: RosterDraft): void {
  for (const user of [...users.values()].flat()) {
    for (const agentId of user.agents) {
      const agents = users.get(agentId);
      const fault =
        agents === undefined
          ? goneUser(agentId, draft) === undefined && userFault(agentId, draft)
          : link(user, agents, draft);
      if (fault) draft.report.lose(user.row, 'agentSourcedIds', fault);
    }
  }
}

/**
 * Links two users of whom one is a pupil and the other therefore the parent, in each school that both are in. A
 * parent who is listed above the schools belongs to the child's school. A linked parent has the role parent besides
 * any other role, because 1.1 knows only one role a user.
 * @returns why the two could not be linked; undefined where they are
 */
function link(user: User, agents: readonly User[], draft: RosterDraft): string | undefined {
  let linked = false;
  let shared = false;
  for (const schoolId of new Set([user, ...agents].flatMap(({ roles }) => [...roles.keys()]))) {
    const school = draft.schools.get(schoolId);
    if (school === undefined || school.gone) continue;
    if (!isNamedIn(user, school)) continue;
    const one = school.people.get(user.person.id) ?? fromAbove([user], agents, school, draft);
    const other = school.people.get(sure(agents[0]).person.id) ?? fromAbove(agents, [user], school, draft);
    if (one === undefined || other === undefined) continue;
    shared = true;
    if (isPupil(one) === isPupil(other)) continue;
    const [child, parent] = isPupil(one) ? [one, other] : [other, one];
    if (!parent.roles.some(({ role }) => role === 'parent'))
      parent.roles.push({ role: 'parent', span: ALWAYS });
    const guardians = school.guardians.get(child.id) ?? new Set();
    school.guardians.set(child.id, guardians.add(parent.id));
    linked = true;
  }
  if (linked) return undefined;
  return shared ? 'Один из двоих должен быть учеником, другой нет' : 'Родитель и ученик не в одной школе';
}

/**
 * Whether a user's row counts in a school. It counts in its own schools, and in others where the same id does not
 * belong to somebody else.
 */
function isNamedIn({ person, roles }: User, school: SchoolReading): boolean {
  const known = school.people.get(person.id);
  return known === undefined || roles.has(school.id) || nameOf(known) === nameOf(person);
}

/** Makes a parent of an organisation that is no school a person of the child's school. */
function fromAbove(
  users: readonly User[],
  children: readonly User[],
  school: SchoolReading,
  draft: RosterDraft,
): PersonReading | undefined {
  const child = children.map(({ person }) => school.people.get(person.id)).find((one) => one && isPupil(one));
  if (child === undefined) return undefined;
  for (const { person, roles } of users) {
    const above = [...roles].filter(([org]) => draft.orgs.get(org) === 'other').flatMap(([, held]) => held);
    const held = above.filter(({ role }) => role === 'parent');
    if (held.length === 0) continue;
    const placed = { ...person, roles: [...held] };
    school.people.set(person.id, placed);
    return placed;
  }
  return undefined;
}

function isPupil(person: PersonReading): boolean {
  return person.roles.some(({ role }) => role === 'student');
}
