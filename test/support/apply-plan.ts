/** Carries plans and steps out on plain values: what СГО and Sferum hold afterwards, if everything goes well. */
import type { CurrentMember, DesiredChat } from '../../src/desired/model.ts';
import type { ActualChat } from '../../src/plan/chat-actions.ts';
import { heldProfiles, type PlanInput } from '../../src/plan/diff.ts';
import type { MembershipMode, Plan } from '../../src/plan/model.ts';
import { type LiveMember, type SferumActual, type SferumStep, sferumSteps } from '../../src/plan/steps.ts';
import { sferumTarget } from '../../src/plan/target.ts';

/** The live chat after the steps; every member of a created or added list gets in. */
export function takeSteps(
  actual: SferumActual | null,
  steps: readonly SferumStep[],
  afterEach: (members: ReadonlyMap<number, LiveMember>) => void = () => {},
): SferumActual {
  let title = actual?.title ?? '';
  const members = new Map(actual?.members);
  for (const step of steps) {
    if ('title' in step) title = step.title;
    if (step.step === 'create') {
      for (const id of step.members) members.set(id, { admin: false, state: 'in' });
    } else if (step.step === 'add') members.set(step.userId, { admin: false, state: 'in' });
    else if (step.step === 'remove') members.delete(step.userId);
    else if (step.step === 'grant' || step.step === 'revoke') {
      members.set(step.userId, { admin: step.step === 'grant', state: 'in' });
    }
    afterEach(members);
  }
  return { title, members };
}

/** All chats after the plan: the СГО lists by its actions alone, the live chats by their steps. */
export function applyPlan(plan: Plan, input: PlanInput): Map<string, ActualChat> {
  const after = new Map(input.chats);
  const byId = new Map(input.desired.map((chat) => [chat.id ?? input.newChatId(chat.key!), chat]));
  for (const { chatId, actions } of plan.chats) {
    const desired = byId.get(chatId)!;
    const before = input.chats.get(chatId);
    const members = new Map<string, CurrentMember>(before?.members);
    let title = before?.title ?? '';
    for (const { action, personId, held, title: newTitle } of actions) {
      if (newTitle !== undefined) title = newTitle;
      if (personId === undefined) continue;
      const member = members.get(personId);
      if (action === 'remove' && held && member) members.set(personId, { ...member, heldBy: 'op-1' });
      else if (action === 'remove') members.delete(personId);
      else members.set(personId, { admin: isAdminAfter(action, member), grounds: [], heldBy: null });
    }
    for (const [personId, { grounds }] of desired.members) {
      const member = members.get(personId);
      if (member) members.set(personId, { ...member, grounds, heldBy: null });
    }
    const hold = heldProfiles(actions, input.links);
    const target = sferumTarget(desired, input.links, hold, input.ownerId ?? null);
    const steps = sferumSteps(target, before?.sferum ?? null, input.mode);
    const sferum = takeSteps(before?.sferum ?? null, steps);
    after.set(chatId, { ...(before ?? newChat(chatId, desired)), title, members, sferum });
  }
  return after;
}

function isAdminAfter(action: string, member: CurrentMember | undefined): boolean {
  return action === 'grant' || (action !== 'revoke' && member?.admin === true);
}

function newChat(id: string, { key, type, classId, groupId, title }: DesiredChat): ActualChat {
  return {
    ...{ id, key, type, classId, groupId, title, titleByHand: false },
    ...{ exceptions: [], members: new Map(), sferum: null },
  };
}

/** The part of a plan's input that most tests do not care for. */
export const PLAIN = {
  mode: 'adding' as MembershipMode,
  newChatId: (key: string) => `new-${key}`,
  limits: { chatShare: 1, chatAtLeast: Infinity, schoolShare: 1, schoolAtLeast: Infinity },
  pace: { requestMs: 1000 / 3, callsPerRequest: 25, chatsPerLook: 100 },
};
