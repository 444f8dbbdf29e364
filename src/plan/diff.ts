/** Makes the plan from the desired and the actual state: what changes, what is held, and what it costs. */
import { CHAT_TYPES, type DesiredChat, idOfDesired } from '../desired/model.ts';
import { compareText, naturalCompare } from '../desired/names.ts';
import { type ActualChat, type ChatChange, chatChange, type PlanWorld } from './chat-actions.ts';
import { estimate, type RequestPace } from './estimate.ts';
import { type GuardedRemoval, guard } from './guard.ts';
import type { Action, ChatPlan, MembershipMode, Plan, PlanCounts, RemovalLimits } from './model.ts';
import { type SferumStep, sferumSteps } from './steps.ts';

export interface PlanInput {
  desired: readonly DesiredChat[];
  /** The chats of `desired` that exist, by id. Other chats may be in it and are left alone. */
  chats: ReadonlyMap<string, ActualChat>;
  /** Person → messenger profile. */
  links: ReadonlyMap<string, number>;
  mode: MembershipMode;
  /** The account that owns the chats. It is never a member or a stranger (D12). */
  ownerId?: number;
  /** Gives the id of a chat that is to be made. It is called in the order of the keys of `desired`. */
  newChatId: (key: string) => string;
  limits: RemovalLimits;
  pace: RequestPace;
  /** Chats whose held removals were approved. */
  approvedChatIds?: ReadonlySet<string>;
  /**
   * Profiles that were unlinked by their owners (A5). They are no strangers, and the guard never holds their removal,
   * because a person asked for it (F4).
   */
  unlinked?: ReadonlySet<number>;
  /**
   * The memberships of the whole school, of which the school's share is taken (F4). Default: those of the planned
   * chats.
   */
  schoolMembers?: number;
  /**
   * The memberships of all chats that the change concerns, of which the share of a run is taken (F4). Needed where only
   * some of these chats are planned.
   */
  runMembers?: number;
  /** Removals of the last day that count in the school's share. */
  alreadyRemovedInSchool?: number;
}

/**
 * Makes the plan. It is pure: the order of the input does not matter.
 * Chats are sorted by type, then by title as people read, then by id. A chat without actions is unchanged. Held
 * removals are in the plan, marked.
 */
export function makePlan(input: PlanInput): Plan {
  const { links, mode } = input;
  const world: PlanWorld = {
    mode,
    links,
    people: peopleByProfile(links),
    ownerId: input.ownerId ?? null,
    unlinked: input.unlinked ?? new Set(),
  };
  const changes = input.desired.toSorted(byKey).map((desired) => {
    const chatId = idOfDesired(desired, input.newChatId);
    return chatChange(chatId, desired, input.chats.get(chatId), world);
  });
  const breaches = holdRemovals(changes, input);
  const steps = changes.map((change) => stepsOf(change, world));
  const actions = changes.reduce((sum, change) => sum + change.actions.length, 0);
  return {
    chats: changes.map(chatPlan).sort(compareChats),
    counts: countAll(changes),
    estimate: estimate(steps, actions, input.pace),
    breaches,
  };
}

/** Marks what the guard holds. It changes the actions in place, because nobody else has them yet. */
function holdRemovals(changes: readonly ChatChange[], input: PlanInput): Plan['breaches'] {
  const removals: (GuardedRemoval & { action: Action })[] = [];
  const membersOf = new Map<string, number>();
  let schoolMembers = 0;
  for (const { chatId, current, actions } of changes) {
    membersOf.set(chatId, current?.members.size ?? 0);
    schoolMembers += current?.members.size ?? 0;
    for (const action of actions) {
      if (action.action !== 'remove') continue;
      removals.push({
        chatId,
        isAsked: action.ending !== undefined,
        isHeld: isHeld(action, current, input),
        action,
      });
    }
  }
  const { held, breaches } = guard({
    removals,
    membersOf,
    limits: input.limits,
    approvedChatIds: input.approvedChatIds ?? new Set(),
    runMembers: input.runMembers,
    schoolMembers: input.schoolMembers ?? schoolMembers,
    alreadyRemovedInSchool: input.alreadyRemovedInSchool ?? 0,
  });
  for (const { action } of held) action.held = true;
  return breaches;
}

/**
 * Whether an earlier operation holds this removal. For a listed person the list says so, for anybody else the live
 * chat.
 */
function isHeld(
  { personId, strangerId }: Action,
  current: ActualChat | undefined,
  { links }: PlanInput,
): boolean {
  const listed = personId === undefined ? undefined : current?.members.get(personId);
  if (listed) return listed.heldBy !== null;
  const userId = strangerId ?? links.get(personId ?? '');
  return userId !== undefined && current?.sferum?.members.get(userId)?.held === true;
}

function stepsOf({ target, current, actions }: ChatChange, world: PlanWorld): SferumStep[] {
  return sferumSteps(
    { ...target, hold: heldProfiles(actions, world.links) },
    current?.sferum ?? null,
    world.mode,
  );
}

/** The profiles that stay in a chat because their removal is held (`SferumTarget.hold`). */
export function heldProfiles(actions: readonly Action[], links: ReadonlyMap<string, number>): Set<number> {
  const hold = new Set<number>();
  for (const { held, personId, strangerId } of actions) {
    if (!held) continue;
    const userId = strangerId ?? links.get(personId ?? '');
    if (userId !== undefined) hold.add(userId);
  }
  return hold;
}

function chatPlan({ chatId, desired, current, actions }: ChatChange): ChatPlan {
  const { key, type, title, members } = desired;
  const stay = actions.filter(
    ({ held, personId }) => held && personId !== undefined && current?.members.has(personId),
  ).length;
  const membersBefore = current?.members.size ?? 0;
  return { chatId, key, type, title, actions, membersBefore, membersAfter: members.size + stay };
}

/** Counts each action once: a pending person as pending alone, and a held removal as held, not as done. */
function countAll(changes: readonly ChatChange[]): PlanCounts {
  const counts: PlanCounts = {
    chats: { created: 0, renamed: 0, unchanged: 0 },
    members: { added: 0, removed: 0 },
    admins: { granted: 0, revoked: 0 },
    pending: { notLinked: 0, invited: 0, refused: 0 },
    held: 0,
  };
  for (const { actions, pending } of changes) {
    if (actions.length === 0) counts.chats.unchanged++;
    for (const action of actions) countAction(counts, action);
    for (const reason of pending) counts.pending[reason]++;
  }
  return counts;
}

function countAction(counts: PlanCounts, { action, held, pending }: Action): void {
  if (held) counts.held++;
  else if (action === 'create') counts.chats.created++;
  else if (action === 'rename') counts.chats.renamed++;
  else if (action === 'remove') counts.members.removed++;
  else if (action === 'revoke') counts.admins.revoked++;
  else if (action === 'add' && !pending) counts.members.added++;
  else if (action === 'grant' && !pending) counts.admins.granted++;
}

function peopleByProfile(links: ReadonlyMap<string, number>): Map<number, string[]> {
  const people = new Map<number, string[]>();
  for (const [personId, userId] of links) {
    const known = people.get(userId);
    if (known) known.push(personId);
    else people.set(userId, [personId]);
  }
  for (const known of people.values()) if (known.length > 1) known.sort(compareText);
  return people;
}

function byKey(a: DesiredChat, b: DesiredChat): number {
  return compareText(a.key ?? '', b.key ?? '') || compareText(a.id ?? '', b.id ?? '');
}

function compareChats(a: ChatPlan, b: ChatPlan): number {
  return (
    CHAT_TYPES.indexOf(a.type) - CHAT_TYPES.indexOf(b.type) ||
    naturalCompare(a.title, b.title) ||
    compareText(a.chatId, b.chatId)
  );
}
