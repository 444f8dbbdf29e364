import type { SferumStep } from '../plan/steps.ts';
import {
  type CallOptions,
  type SferumAccount,
  type SferumChatMember,
  SferumError,
} from '../sferum/gateway.ts';
import type { Brought } from './bring.ts';
import type { ChatState } from './chat-state.ts';

/** The steps of one round on one live chat, and where their outcome is noted as it comes. */
export interface Performance {
  ref: NonNullable<ChatState['ref']>;
  steps: readonly SferumStep[];
  call: CallOptions;
  progress: Brought;
}

/** Like steps together (they share requests), kinds in their order: additions and admins before removals (rule 8). */
export const KINDS = ['rename', 'add', 'grant', 'revoke', 'reset-link', 'remove'] as const;
/**
 * These take nothing from anybody: whatever becomes of one of them, the chat has its people and its admins still.
 * Their order is kept by one request, and by the next round where it was not one.
 */
const KINDS_AT_ONCE: readonly SferumStep['step'][] = ['rename', 'add', 'grant'];

export async function perform(
  account: SferumAccount,
  work: Performance,
  kind: SferumStep['step'],
): Promise<void> {
  const steps = work.steps.filter((step) => step.step === kind);
  throwFirst(await Promise.allSettled(steps.map((step) => take(account, work, step))));
}

/**
 * Somebody waits: instead of a slot for each kind, everything that takes nothing away and the read that confirms it
 * are queued as one, and usually travel as one request, in this order. What came in another order (a grant before
 * its person was in, a read before a grant) shows in what is read, and the next round does it in turn.
 * Resolves with who is in.
 */
export async function performAtOnce(account: SferumAccount, work: Performance): Promise<SferumChatMember[]> {
  const added = new Set(work.steps.flatMap((s) => (s.step === 'add' ? [s.userId] : [])));
  const isEarly = (step: SferumStep, error: unknown) =>
    step.step === 'grant' && added.has(step.userId) && isRefusal(error);
  const taking = KINDS_AT_ONCE.flatMap((kind) => work.steps.filter((s) => s.step === kind)).map((step) =>
    take(account, work, step).catch((error) => {
      if (!isEarly(step, error)) throw error;
    }),
  );
  const reading = account.readMembers(work.ref, work.call);
  const [taken] = await Promise.all([Promise.allSettled(taking), Promise.allSettled([reading])]);
  throwFirst(taken);
  return reading;
}

function throwFirst(settled: readonly PromiseSettledResult<void>[]): void {
  const failed = settled.find((s) => s.status === 'rejected');
  if (failed) throw failed.reason;
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
        const reason = error.reason ?? 'other';
        members.set(step.userId, { admin: false, state: 'refused', reason });
        answers.push({ step: 'add', userId: step.userId, result: 'refused', reason });
      }
      return;
    case 'grant':
    case 'revoke': {
      const admin = step.step === 'grant';
      const state = members.get(step.userId)?.state;
      // He could not be added just now, or has to accept first: his chat goes on without him.
      if (admin && (state === 'refused' || state === 'waiting')) return;
      await account.setAdmin(ref, step.userId, admin, call);
      members.set(step.userId, { admin, state: 'in' });
      answers.push({ step: step.step, userId: step.userId, result: 'done' });
      return;
    }
    case 'reset-link':
      progress.inviteLink = await account.inviteLink(ref, true, call);
      answers.push({ step: 'reset-link', result: 'done' });
      return;
    case 'remove':
      await account.removeMember(ref, step.userId, call);
      members.delete(step.userId);
      answers.push({ step: 'remove', userId: step.userId, result: 'done' });
  }
}

const isRefusal = (error: unknown): error is SferumError =>
  error instanceof SferumError && error.kind === 'refused';
