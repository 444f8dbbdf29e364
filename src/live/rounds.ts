import { HANDOVER_MS, waitingForSuccessor } from '../plan/handover.ts';
import { type SferumStep, type SferumTarget, sferumSteps } from '../plan/steps.ts';
import {
  type CallOptions,
  type ChatLook,
  type SferumAccount,
  type SferumChatMember,
  SferumError,
} from '../sferum/gateway.ts';
import { sure } from '../sure.ts';
import type { Brought } from './brought.ts';
import type { ChatState } from './chat-state.ts';
import { type Failure, type Performance, perform } from './perform-steps.ts';

/** The most rounds of one job. A round may need another, because a grant counts only once a read confirms it. */
const ROUNDS = 3;

/** What the rounds on one live chat need, and where their outcome is noted. */
interface Rounds {
  ref: NonNullable<ChatState['ref']>;
  call: CallOptions;
  progress: Brought;
  failures: Failure[];
  /** Since when an admin who must leave has been waiting for a successor (D14). */
  handoverSince: Date | null;
  now: () => number;
  /** Called once, before the first step. */
  beforeWriting: () => Promise<void>;
  /** Called with the members each time they were read. */
  observe: (read: readonly SferumChatMember[]) => void;
}

/**
 * Makes the steps to the target, round by round. A step that failed is not repeated, and the removal of an admin waits
 * for a successor (D14). Failures go to `work.failures`.
 */
export async function takeRounds(account: SferumAccount, target: SferumTarget, work: Rounds): Promise<void> {
  for (let round = 1; ; round++) {
    const steps = nextSteps(account, target, work);
    if (steps.length === 0) return;
    if (round > ROUNDS) {
      work.failures.push(...steps.map(notConfirmed));
      return;
    }
    if (round === 1) await work.beforeWriting();
    const read = await performRound(account, steps, work);
    if (read) work.observe(read);
  }
}

function nextSteps(account: SferumAccount, target: SferumTarget, work: Rounds): SferumStep[] {
  const { progress, failures } = work;
  const { mode } = account;
  const all = sferumSteps(target, progress, mode).filter(({ step }) => step !== 'reset-link');
  const lost = failures.filter((f) => (f.step === 'add' || f.step === 'grant') && isForGood(f));
  const waiting = waitingForSuccessor(all, target, progress.members, {
    lost: new Set(lost.map(({ userId }) => sure(userId))),
    isOverdue: isOverdue(work),
  });
  progress.handover = waiting.length > 0;
  const steps = possible(
    all.filter((step) => !waiting.includes(step)),
    work,
  );
  if (mode === 'adding') return steps;
  if (steps.some(({ step }) => step === 'remove')) progress.linkDue = true;
  const reset: SferumStep = { step: 'reset-link' };
  return progress.linkDue && !isTried(reset, failures) ? [...steps, reset] : steps;
}

function possible(steps: readonly SferumStep[], { progress, failures }: Rounds): SferumStep[] {
  const untried = steps.filter((step) => !isTried(step, failures));
  // Without a read only removals are safe: they must be made in any case, and about the others nothing is known.
  if (failures.some(({ step }) => step === 'read')) return untried.filter(({ step }) => step === 'remove');
  const isComing = (id: number) =>
    progress.members.has(id) || untried.some((s) => s.step === 'add' && s.userId === id);
  return untried.filter((s) => s.step !== 'grant' || isComing(s.userId));
}

function isTried(step: SferumStep, failures: readonly Failure[]): boolean {
  const userId = 'userId' in step ? step.userId : undefined;
  return failures.some((f) => f.step === step.step && f.userId === userId);
}

/**
 * Makes one round. Resolves with the members where an admin has changed, because only Sferum's word confirms such a
 * change. Bulk work asks for that word by a look, which many chats share. The members are read where the look does not
 * show the admins that there must be, or where somebody was not in the chat.
 */
async function performRound(
  account: SferumAccount,
  steps: readonly SferumStep[],
  { ref, call, progress, failures }: Rounds,
): Promise<SferumChatMember[] | undefined> {
  const changed = steps.filter(({ step }) => step === 'grant' || step === 'revoke');
  const made: Performance = { ref, steps, call, progress };
  let read: SferumChatMember[] | undefined;
  const andThen = async () => {
    if (changed.length === 0) return;
    const mayLook = call.priority === 'bulk' && !made.isSomebodyOut;
    if (mayLook && showsAll(changed, await lookIfPossible(account, ref, call))) return;
    read = await account.readMembers(ref, call);
  };
  failures.push(...(await perform(account, made, andThen)));
  return read;
}

/** Null also where the look fails, because the members are read then. */
async function lookIfPossible(
  account: SferumAccount,
  ref: Rounds['ref'],
  call: CallOptions,
): Promise<ChatLook | null> {
  try {
    return await account.look(ref, call);
  } catch (error) {
    if (error instanceof SferumError) return null;
    throw error;
  }
}

function showsAll(changed: readonly SferumStep[], look: ChatLook | null): boolean {
  if (!look?.adminIds) return false;
  const admins = new Set(look.adminIds);
  return changed.every((step) => 'userId' in step && admins.has(step.userId) === (step.step === 'grant'));
}

function isOverdue({ handoverSince, now }: Rounds): boolean {
  return handoverSince !== null && now() - handoverSince.getTime() >= HANDOVER_MS;
}

/** True where Sferum would give the same answer again, so that there is nothing to wait for. */
const isForGood = ({ error: { kind } }: Failure): boolean =>
  kind === 'refused' || kind === 'not-possible' || kind === 'defect' || kind === 'chat-lost';

const notConfirmed = (step: SferumStep): Failure => ({
  step: step.step,
  ...('userId' in step ? { userId: step.userId } : {}),
  error: new SferumError('unknown', 'Sferum does not show what was done'),
});
