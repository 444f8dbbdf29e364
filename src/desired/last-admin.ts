/**
 * C6: a chat with members always has an admin. Where rules and exceptions leave none, a school admin becomes a
 * visible member and admin, and leaves when another admin appears.
 */
import { addGround, type ChatDraft } from './draft.ts';
import type { ChatFact, DesiredChat } from './model.ts';
import type { School } from './school.ts';

/** Puts in a stand-in where one is needed, and returns the chat's warning. */
export function ensureAdmin(
  draft: ChatDraft,
  chat: ChatFact | undefined,
  school: School,
): DesiredChat['warning'] {
  if (draft.members.size === 0) return null;
  for (const member of draft.members.values()) if (member.admin) return null;
  const standIn = chooseStandIn(chat, school);
  if (standIn === undefined) return 'nobody-to-administer';
  addGround(draft, standIn, { kind: 'no-other-admin' });
  return 'no-own-admin';
}

/**
 * Chooses the least id, but keeps the person who stands in already, so that the role does not change hands at every
 * pass. School admins who were excluded or revoked by hand come last: the chat's need is the stronger rule.
 */
function chooseStandIn(chat: ChatFact | undefined, school: School): string | undefined {
  const barred = new Set(
    chat?.exceptions
      .filter(({ member, admin }) => member === 'excluded' || admin === 'revoked')
      .map(({ personId }) => personId),
  );
  const standsIn = (id: string) =>
    chat?.members.get(id)?.grounds.some(({ kind }) => kind === 'no-other-admin') ?? false;
  const willing = school.administratorIds.filter((id) => !barred.has(id));
  const candidates = willing.length > 0 ? willing : school.administratorIds;
  return candidates.find(standsIn) ?? candidates[0];
}
