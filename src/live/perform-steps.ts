import type { SferumStep } from '../plan/steps.ts';
import { type CallOptions, type SferumAccount, SferumError } from '../sferum/gateway.ts';
import type { Brought } from './brought.ts';
import type { ChatState } from './chat-state.ts';

/** A step that failed. It concerns its person, title or link alone (D14). */
export interface Failure {
  step: SferumStep['step'] | 'read' | 'invite-link';
  userId?: number;
  error: SferumError;
}

/** Thrown where some steps failed and every other step is done. */
export class StepsFailed extends Error {
  readonly failures: readonly Failure[];

  constructor(failures: readonly Failure[]) {
    super(failures.map(({ step, error }) => `${step}: ${error.message}`).join('; '));
    this.name = 'StepsFailed';
    this.failures = failures;
  }
}

/** The steps of one round on one live chat. `progress` receives each outcome as it comes. */
export interface Performance {
  ref: NonNullable<ChatState['ref']>;
  steps: readonly SferumStep[];
  call: CallOptions;
  progress: Brought;
  /** Set where Sferum has said that a person whom a step concerned is not in the chat. The chat is then read again. */
  isSomebodyOut?: true;
}

/** The order in which steps are queued, which is usually the order in which they are made (rule 8). */
const KINDS = ['rename', 'add', 'grant', 'revoke', 'reset-link', 'remove'] as const;

/**
 * Queues all steps at once, in their order, and waits for all of them. So a failed or slow step keeps no other from
 * being made (D14). Resolves with the steps that failed. `andThen` is the read that follows.
 *
 * Only a grant to a person whom this round adds depends on another step. Bulk work makes such grants after the
 * additions. Urgent work does not wait, so that additions, grants and the read usually travel in one request. A grant
 * that came too early is then seen by the read, and the next round repeats it.
 */
export async function perform(
  account: SferumAccount,
  work: Performance,
  andThen: () => Promise<void>,
): Promise<Failure[]> {
  const ordered = KINDS.flatMap((kind) => work.steps.filter((s) => s.step === kind));
  const added = new Set(ordered.flatMap((s) => (s.step === 'add' ? [s.userId] : [])));
  const isEarly = (s: SferumStep) => s.step === 'grant' && added.has(s.userId);
  if (work.call.priority !== 'bulk') return performAll(account, work, ordered, isEarly, andThen);
  const failures = await performAll(
    account,
    work,
    ordered.filter((s) => !isEarly(s)),
  );
  const isIn = (s: SferumStep) => 'userId' in s && work.progress.members.get(s.userId)?.state === 'in';
  failures.push(
    ...(await performAll(
      account,
      work,
      ordered.filter((s) => isEarly(s) && isIn(s)),
    )),
  );
  failures.push(...(await performAll(account, work, [], () => false, andThen)));
  return failures;
}

async function performAll(
  account: SferumAccount,
  work: Performance,
  steps: readonly SferumStep[],
  isEarly: (step: SferumStep) => boolean = () => false,
  andThen?: () => Promise<void>,
): Promise<Failure[]> {
  const failures: Failure[] = [];
  const taking = steps.map((step) =>
    attempt(failures, step, async () => {
      try {
        await take(account, work, step);
      } catch (error) {
        if (!(isEarly(step) && isRefusal(error))) throw error;
      }
    }),
  );
  if (andThen) taking.push(attempt(failures, { step: 'read' }, andThen));
  const ended = await Promise.allSettled(taking);
  const broken = ended.find((end) => end.status === 'rejected');
  if (broken) throw broken.reason;
  return failures;
}

/** Does the work and adds a SferumError to `failures`. Any other error is thrown and stops the work. */
export async function attempt(
  failures: Failure[],
  { step, ...of }: { step: Failure['step']; userId?: number },
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof SferumError)) throw error;
    failures.push({ step, ...(of.userId === undefined ? {} : { userId: of.userId }), error });
  }
}

async function take(account: SferumAccount, work: Performance, step: SferumStep): Promise<void> {
  const { ref, call, progress } = work;
  const { members, answers } = progress;
  switch (step.step) {
    case 'create':
      throw new Error('a live chat is not created again');
    case 'rename':
      await account.renameChat(ref, step.title, call);
      progress.title = step.title;
      answers.push({ step: 'rename', result: 'done' });
      return;
    case 'add':
      try {
        const state = await account.addMember(ref, step.userId, call);
        members.set(step.userId, { admin: false, state });
        answers.push({ step: 'add', userId: step.userId, result: state === 'in' ? 'done' : 'waiting' });
      } catch (error) {
        if (!isRefusal(error)) throw error;
        noteRefused(progress, step.userId, error.reason ?? 'other');
      }
      return;
    case 'grant':
    case 'revoke': {
      const admin = step.step === 'grant';
      const end = await account.setAdmin(ref, step.userId, admin, call);
      // The person is not in the chat. The read that follows shows it, and the next round acts on that.
      if (end === 'not-in') {
        work.isSomebodyOut = true;
        return;
      }
      members.set(step.userId, { admin, state: 'in' });
      answers.push({ step: step.step, userId: step.userId, result: 'done' });
      return;
    }
    case 'reset-link':
      progress.inviteLink = await account.inviteLink(ref, true, call);
      progress.linkDue = false;
      answers.push({ step: 'reset-link', result: 'done' });
      return;
    case 'remove':
      await account.removeMember(ref, step.userId, call);
      members.delete(step.userId);
      answers.push({ step: 'remove', userId: step.userId, result: 'done' });
  }
}

/** Notes that a person cannot be added for now. The chat goes on without this person (J8). */
export function noteRefused(progress: Brought, userId: number, reason: string): void {
  progress.members.set(userId, { admin: false, state: 'refused', reason });
  progress.answers.push({ step: 'add', userId, result: 'refused', reason });
}

const isRefusal = (error: unknown): error is SferumError =>
  error instanceof SferumError && error.kind === 'refused';
