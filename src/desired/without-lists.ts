/**
 * K3: what a school's chats are to be while its lists are paused. Facts are taken in as ever, and what they would move
 * waits for the pause's end: additions, removals, admins, titles, new chats and archives.
 *
 * What a person or an order has said by name goes on. A chat with members is never left without an admin.
 */
import type { CurrentMember, DesiredChat, DesiredMember, ExceptionFact } from './model.ts';

/** A chat as its list holds it now. */
export interface ListedChat {
  title: string;
  archived: boolean;
  exceptions: readonly ExceptionFact[];
  members: ReadonlyMap<string, CurrentMember>;
}

/** The people whom somebody has asked for by name, whom no pause holds; `everything`: all that is asked for. */
export type Asked = ReadonlySet<string> | 'everything';

/** Gives the desired chats with all that only lists want put back. Chats that do not exist yet wait. */
export function withoutLists(
  desired: readonly DesiredChat[],
  chats: ReadonlyMap<string, ListedChat>,
  asked: Asked = new Set(),
): readonly DesiredChat[] {
  if (asked === 'everything') return desired;
  return desired.flatMap((chat) => {
    const current = chat.id === null ? undefined : chats.get(chat.id);
    return current ? [standing(chat, current, asked)] : [];
  });
}

function standing(chat: DesiredChat, current: ListedChat, asked: ReadonlySet<string>): DesiredChat {
  const members = new Map<string, DesiredMember>();
  const adminByHand = new Set(current.exceptions.flatMap((e) => (e.admin === null ? [] : e.personId)));
  for (const [personId, now] of current.members) {
    const wanted = chat.members.get(personId);
    const isAsked = asked.has(personId);
    if (wanted) {
      const admin = isAsked || adminByHand.has(personId) ? wanted.admin : now.admin;
      members.set(personId, { admin, grounds: wanted.grounds });
      continue;
    }
    // A removal that waits for a decision goes on waiting.
    if (isAsked || chat.endings.has(personId) || now.heldBy !== null) continue;
    members.set(personId, { admin: now.admin, grounds: now.grounds });
  }
  for (const [personId, wanted] of chat.members) {
    if (current.members.has(personId)) continue;
    if (asked.has(personId) || isBidden(wanted)) members.set(personId, wanted);
  }
  if (members.size > 0 && ![...members.values()].some(({ admin }) => admin)) {
    for (const [personId, wanted] of chat.members) if (wanted.admin) members.set(personId, wanted);
  }
  const { title, archived } = current;
  return { ...chat, title, archived, members, warning: warningOf(members) };
}

/** An order or a person has brought this person in. */
const isBidden = ({ grounds }: DesiredMember): boolean =>
  grounds.some(({ kind, orderId }) => kind === 'added' || orderId !== undefined);

function warningOf(members: ReadonlyMap<string, DesiredMember>): DesiredChat['warning'] {
  if (members.size === 0) return null;
  const admins = [...members.values()].filter(({ admin }) => admin);
  if (admins.length === 0) return 'nobody-to-administer';
  const standsIn = ({ grounds }: DesiredMember) => grounds.every(({ kind }) => kind === 'no-other-admin');
  return admins.every(standsIn) ? 'no-own-admin' : null;
}
