/**
 * What must change about one chat: the union of the СГО list's difference and the live chat's, per person.
 * Nothing is held here; the guard comes after.
 */

import type { ChatFact, DesiredChat, DesiredMember, Ending } from '../desired/model.ts';
import { compareText } from '../desired/names.ts';
import { sure } from '../sure.ts';
import type { Action, ActionKind, MembershipMode, Pending } from './model.ts';
import { type LiveMember, type SferumActual, type SferumTarget, strangersOf } from './steps.ts';
import { sferumTarget } from './target.ts';

/** A chat as it is now: what СГО holds of it, and what was last seen of it in Sferum. Null: it is not there. */
export type ActualChat = ChatFact & { sferum: SferumActual | null };

/** What is the same for all chats of a plan. */
export interface PlanWorld {
  mode: MembershipMode;
  links: ReadonlyMap<string, number>;
  /** Profile → the people who linked it, by id. */
  people: ReadonlyMap<number, readonly string[]>;
  ownerId: number | null;
  /** Profiles that their owners unlinked: asked for by name (F4). */
  unlinked: ReadonlySet<number>;
}

export interface ChatChange {
  chatId: string;
  desired: DesiredChat;
  current: ActualChat | undefined;
  target: SferumTarget;
  actions: Action[];
  /** One entry for every desired membership that has no call now, changed or not. */
  pending: Pending[];
}

const KIND_ORDER: readonly ActionKind[] = ['create', 'rename', 'add', 'grant', 'revoke', 'remove', 'delete'];

/** The actions of one chat, sorted by kind in the order they are done, then by person and stranger. */
export function chatChange(
  chatId: string,
  desired: DesiredChat,
  current: ActualChat | undefined,
  world: PlanWorld,
): ChatChange {
  const target = sferumTarget(desired, world.links, new Set(), world.ownerId);
  const change: ChatChange = { chatId, desired, current, target, actions: [], pending: [] };
  const { title } = desired;
  if (!current?.sferum) {
    change.actions.push({ action: 'create', chatId, grounds: [], title });
  } else if (current.title !== title || current.sferum.title !== title) {
    change.actions.push({ action: 'rename', chatId, grounds: [], title });
  }
  for (const [personId, member] of desired.members) addMemberActions(change, personId, member, world);
  addRemovals(change, world);
  change.actions.sort(compareActions);
  return change;
}

function addMemberActions(
  change: ChatChange,
  personId: string,
  member: DesiredMember,
  world: PlanWorld,
): void {
  const { chatId, current, target, actions } = change;
  const listed = current?.members.get(personId);
  const userId = world.links.get(personId);
  const isReal = userId !== undefined && userId !== world.ownerId;
  const live = isReal ? current?.sferum?.members.get(userId) : undefined;
  const pending = isReal ? pendingOf(live, world.mode) : userId === undefined ? 'notLinked' : undefined;
  if (pending) change.pending.push(pending);

  const { grounds } = member;
  const isMissing = isReal && !live && world.mode === 'adding';
  const isIn = live?.state === 'in';
  const act = (action: ActionKind, why?: Pending) =>
    actions.push({ action, chatId, personId, grounds, ...(why && { pending: why }) });

  if (!listed || isMissing) act('add', pending);
  if (member.admin) {
    if (!listed?.admin || isMissing || (isIn && !live.admin)) act('grant', pending);
  } else {
    const isLiveAdmin = isIn && live.admin && !target.members.get(sure(userId))?.admin;
    if (listed?.admin || isLiveAdmin) act('revoke');
  }
}

/** Why a linked person's membership has no call now. */
function pendingOf(live: LiveMember | undefined, mode: MembershipMode): Pending | undefined {
  if (!live) return mode === 'inviting' ? 'invited' : undefined;
  if (live.state === 'waiting') return 'invited';
  return live.state === 'in' ? undefined : 'refused';
}

/** Removes the people of the СГО list, and the profiles of the live chat, that have no ground (D8). */
function addRemovals({ chatId, desired, current, target, actions }: ChatChange, world: PlanWorld): void {
  const remove = (personId: string, unlinked?: Ending) => {
    const grounds = current?.members.get(personId)?.grounds ?? [];
    const ending = desired.endings.get(personId) ?? unlinked;
    actions.push({ action: 'remove', chatId, personId, grounds, ...(ending && { ending }) });
  };
  const isListed = (personId: string) => current?.members.has(personId) === true;
  for (const personId of current?.members.keys() ?? []) {
    if (!desired.members.has(personId)) remove(personId);
  }
  if (!current?.sferum) return;
  for (const userId of strangersOf(target, current.sferum.members)) {
    const known = world.people.get(userId) ?? [];
    if (known.some(isListed)) continue; // the person's removal from the list says it
    // The profile came in by the account that was unlinked, because nobody who shares it is listed here.
    const ending = world.unlinked.has(userId) ? ({ kind: 'unlinked' } as const) : undefined;
    if (known[0] !== undefined) remove(known[0], ending);
    else
      actions.push({ action: 'remove', chatId, strangerId: userId, grounds: [], ...(ending && { ending }) });
  }
}

function compareActions(a: Action, b: Action): number {
  return (
    KIND_ORDER.indexOf(a.action) - KIND_ORDER.indexOf(b.action) ||
    compareText(a.personId ?? '', b.personId ?? '') ||
    (a.strangerId ?? 0) - (b.strangerId ?? 0)
  );
}
