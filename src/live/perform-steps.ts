import type { SferumStep } from '../plan/steps.ts';
import { type CallOptions, type SferumAccount, SferumError } from '../sferum/gateway.ts';
import type { Brought } from './brought.ts';
import type { ChatState } from './chat-state.ts';

/** What failed of the work on a live chat; it concerns its person, title or link alone (D14). */
export interface Failure {
  step: SferumStep['step'] | 'read' | 'invite-link';
  userId?: number;
  error: SferumError;
}

/** Some steps failed; everything that does not need them is done. */
export class StepsFailed extends Error {
  readonly failures: readonly Failure[];

  constructor(failures: readonly Failure[]) {
    super(failures.map(({ step, error }) => `${step}: ${error.message}`).join('; '));
    this.name = 'StepsFailed';
    this.failures = failures;
  }
}

/** The steps of one round on one live chat, and where their outcome is noted as it comes. */
export interface Performance {
  ref: NonNullable<ChatState['ref']>;
  steps: readonly SferumStep[];
  call: CallOptions;
  progress: Brought;
}

/** The order in which steps are queued, and so usually made: additions and admins before removals (rule 8). */
const KINDS = ['rename', 'add', 'grant', 'revoke', 'reset-link', 'remove'] as const;

/**
 * Queues all steps at once, in their order, and waits for every one of them: none that fails or is slow keeps
 * another (D14). Only who is made an admin of a chat that he enters just now needs to be in: bulk work waits for
 * that. Where somebody waits it does not: additions, grants and `andThen` usually travel as one request, and a
 * grant that came too early shows in what is read next. Resolves with what failed.
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

/** Notes what Sferum does not do; anything else that goes wrong stops the work. */
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
        refuse(progress, step.userId, error.reason ?? 'other');
      }
      return;
    case 'grant':
    case 'revoke': {
      const admin = step.step === 'grant';
      const end = await account.setAdmin(ref, step.userId, admin, call);
      // He is out: the read that follows shows it, and the next round goes by that.
      if (end === 'not-in') return;
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

/** He cannot be added, for now: his chat goes on without him (J8). */
export function refuse(progress: Brought, userId: number, reason: string): void {
  progress.members.set(userId, { admin: false, state: 'refused', reason });
  progress.answers.push({ step: 'add', userId, result: 'refused', reason });
}

const isRefusal = (error: unknown): error is SferumError =>
  error instanceof SferumError && error.kind === 'refused';
