/** D7: what a change by hand leaves behind as exceptions to the rules. Pure. */
import type { DesiredMember, ExceptionFact } from '../desired/model.ts';

/** A change to one chat's people, by ids. */
export interface PeopleChange {
  add: readonly string[];
  remove: readonly string[];
  grant: readonly string[];
  revoke: readonly string[];
}

/** What is kept by hand of one person; both null: nothing. */
export type Kept = Omit<ExceptionFact, 'personId'>;
const NOTHING: Kept = { member: null, admin: null };

/**
 * The exceptions that change, by person. `rules`: whom the rules alone give the chat, with their adminship –
 * empty for a manual chat, whose own list is the `added` ones (D10). Where the rules say what is asked for
 * already an exception is cleared, otherwise one is set: adding an excluded person clears, so does removing an
 * added one. Who is taken out keeps no appointment: added again he is a plain member.
 */
export function exceptionsAfter(
  change: PeopleChange,
  before: ReadonlyMap<string, Kept>,
  rules: ReadonlyMap<string, DesiredMember>,
): Map<string, Kept> {
  const after = new Map<string, Kept>();
  const keptOf = (id: string): Kept => after.get(id) ?? before.get(id) ?? NOTHING;
  for (const id of change.add) after.set(id, { ...keptOf(id), member: rules.has(id) ? null : 'added' });
  for (const id of change.remove) {
    const { member, admin } = keptOf(id);
    // Also one whom only a hold keeps in (F4): an exclusion is a person's word, which is never held.
    const wasAddedOnly = member === 'added' && !rules.has(id);
    after.set(id, {
      member: wasAddedOnly ? null : 'excluded',
      admin: !wasAddedOnly && admin === 'revoked' ? admin : null,
    });
  }
  for (const id of change.grant) {
    // One who only stands in for a missing admin (C6) is no member by himself.
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

/** Who is named on both sides of one change: such a request says two things at once. */
export function contradictions({ add, remove, grant, revoke }: PeopleChange): string[] {
  const removed = new Set(remove);
  const revoked = new Set(revoke);
  const both = [...add, ...grant].filter((id) => removed.has(id));
  return [...new Set([...both, ...grant.filter((id) => revoked.has(id))])];
}
