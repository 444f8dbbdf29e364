/** From people to messenger profiles: what a live chat must be. */
import type { DesiredChat } from '../desired/model.ts';
import type { SferumTarget } from './steps.ts';

/**
 * The desired members who are linked, by profile. Accounts of one VK ID are one member, an admin if any of them
 * is (A7). `links` person → profile; `hold` profiles of held removals; `ignore` the owning account.
 */
export function sferumTarget(
  chat: Pick<DesiredChat, 'title' | 'members'>,
  links: ReadonlyMap<string, number>,
  hold: ReadonlySet<number>,
  ignore: number | null,
): SferumTarget {
  const members = new Map<number, { admin: boolean }>();
  for (const [personId, { admin }] of chat.members) {
    const userId = links.get(personId);
    if (userId === undefined) continue;
    const before = members.get(userId);
    if (!before) members.set(userId, { admin });
    else before.admin ||= admin;
  }
  return { title: chat.title, members, hold, ignore };
}
