/** Who is out because an order or a person said so by name. The guard never holds such a removal (F4). */
import type { ChatDraft } from './draft.ts';
import type { ChatFact, Ending } from './model.ts';
import type { School } from './school.ts';

/**
 * Says what ended the membership of people who are not in the draft. It is an exclusion by hand, a removal from a list
 * that is kept by hand (its exception is cleared, D7), an order about the unit, or a departure by order. A parent
 * departs with the child.
 */
export function endingsOf(draft: ChatDraft, chat: ChatFact | undefined, school: School): Map<string, Ending> {
  const endings = new Map<string, Ending>();
  const end = (personId: string, ending: Ending) => {
    if (!draft.members.has(personId)) endings.set(personId, ending);
  };
  for (const [personId, orderId] of draft.ended) end(personId, { kind: 'order', orderId });
  if (!chat) return endings;

  const added = new Set<string>();
  const excluded: string[] = [];
  for (const { personId, member } of chat.exceptions) {
    if (member === 'added') added.add(personId);
    if (member === 'excluded') excluded.push(personId);
  }
  for (const personId of new Set([...chat.members.keys(), ...added])) {
    const orderId = school.departureOrder(personId);
    if (orderId !== undefined) end(personId, { kind: 'order', orderId });
  }
  const isManual = chat.key === null;
  for (const [personId, { grounds, heldBy }] of chat.members) {
    // A strict initialisation clears exceptions by itself. The removals that it holds go on waiting.
    if (heldBy !== null) continue;
    const stoodIn = grounds.some(({ kind }) => kind === 'no-other-admin');
    const wasListed = grounds.some(({ kind }) => kind === 'added') || (isManual && !stoodIn);
    if (wasListed && !added.has(personId)) end(personId, { kind: 'excluded' });
  }
  for (const personId of excluded) end(personId, { kind: 'excluded' });
  return endings;
}
