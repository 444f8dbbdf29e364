import type { InvariantBreach } from '../../src/plan/invariants.ts';
import { type SferumActual, type SferumTarget, strangersOf } from '../../src/plan/steps.ts';

/**
 * Checks a live chat against its target: it has no stranger but held ones, and an admin if one of the wanted admins
 * is in.
 */
export function liveBreaches(chatId: string, target: SferumTarget, actual: SferumActual): InvariantBreach[] {
  const breaches: InvariantBreach[] = strangersOf(target, actual.members)
    .filter((userId) => !target.hold.has(userId))
    .map((strangerId) => ({ code: 'stranger', chat: chatId, strangerId }));
  const admins = [...target.members].filter(([, { admin }]) => admin);
  const arrived = admins.map(([id]) => actual.members.get(id)).filter((live) => live?.state === 'in');
  if (arrived.length > 0 && !arrived.some((live) => live?.admin)) {
    breaches.push({ code: 'no-admin', chat: chatId });
  }
  return breaches;
}
