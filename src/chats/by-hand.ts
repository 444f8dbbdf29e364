/** D7: a change by hand leaves exceptions to the rules behind. Pure. */
import type { DesiredMember, ExceptionFact } from '../desired/model.ts';

/** A change to one chat's people, by ids. */
export interface PeopleChange {
  add: readonly string[];
  remove: readonly string[];
  grant: readonly string[];
  revoke: readonly string[];
}

/** What is decided by hand about one person. Both null: nothing. */
export type Kept = Omit<ExceptionFact, 'personId'>;
const NOTHING: Kept = { member: null, admin: null };

/**
 * Gives the exceptions that change, by person.
 * `rules`: the people whom the rules alone give the chat, with their adminship. It is empty for a manual chat, whose
 * own list is its `added` exceptions (D10).
 * `held`: the people who are in only because their removal is held (F4). A person who takes one of them out excludes
 * them, because the guard never holds what a person decides.
 * Where the rules already say what is asked for, the exception is cleared. Otherwise one is set. So an exception ends
 * when an excluded person is added, or an added one is removed. A person who is taken out keeps no appointment, and
 * comes back as a plain member.
 */
export function exceptionsAfter(
  change: PeopleChange,
  before: ReadonlyMap<string, Kept>,
  rules: ReadonlyMap<string, DesiredMember>,
  held: ReadonlySet<string> = new Set(),
): Map<string, Kept> {
  const after = new Map<string, Kept>();
  const keptOf = (id: string): Kept => after.get(id) ?? before.get(id) ?? NOTHING;
  for (const id of change.add) after.set(id, { ...keptOf(id), member: rules.has(id) ? null : 'added' });
  for (const id of change.remove) {
    const { member, admin } = keptOf(id);
    const wasAddedOnly = member === 'added' && !rules.has(id) && !held.has(id);
    after.set(id, {
      member: wasAddedOnly ? null : 'excluded',
      admin: !wasAddedOnly && admin === 'revoked' ? admin : null,
    });
  }
  for (const id of change.grant) {
    // A person who only stands in for a missing admin (C6) is no member in their own right.
    const member = keptOf(id).member ?? (rules.has(id) ? null : 'added');
    after.set(id, { member, admin: rules.get(id)?.admin ? null : 'granted' });
  }
  for (const id of change.revoke) {
    after.set(id, { ...keptOf(id), admin: rules.get(id)?.admin ? 'revoked' : null });
  }
  for (const [id, { member, admin }] of after) {
    const was = before.get(id) ?? NOTHING;
    if (was.member === member && was.admin === admin) after.delete(id);
  }
  return after;
}

/** People who are named on both sides of one change: such a request says two things at once. */
export function contradictions({ add, remove, grant, revoke }: PeopleChange): string[] {
  const removed = new Set(remove);
  const revoked = new Set(revoke);
  const both = [...add, ...grant].filter((id) => removed.has(id));
  return [...new Set([...both, ...grant.filter((id) => revoked.has(id))])];
}
