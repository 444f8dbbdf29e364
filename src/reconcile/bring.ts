import type { Context } from '../context.ts';
import { type SferumStep, sferumSteps } from '../plan/steps.ts';
import type { CallOptions, SferumAccount, SferumChatMember } from '../sferum/gateway.ts';
import type { ChatState, MemberState } from './chat-state.ts';
import { ensureCreated } from './creation.ts';
import { Later } from './later.ts';
import { KINDS, perform, performAtOnce } from './perform-steps.ts';
import { doubt } from './settle.ts';
import { repairTwins } from './twins.ts';

/** Steps, then what they left to do: grants are confirmed by reading, and one not confirmed is tried again. */
const ROUNDS = 3;
const UNCONFIRMED_PAUSE_MS = 30_000;

/** One answer of Sferum about one member, for the journal (J1). */
export interface Answer {
  step: SferumStep['step'];
  userId?: number;
  result: 'done' | 'waiting' | 'refused';
  reason?: string;
}

/** What is known of the live chat after the work, and what was done to it. */
export interface Brought {
  title: string;
  members: Map<number, { admin: boolean; state: MemberState; reason?: string }>;
  created: boolean;
  /** The chat's new invite link, where it was made anew. */
  inviteLink?: string;
  /** When Sferum's side of it was last known for sure; null: it must be read first. */
  seenAt: Date | null;
  /** Strangers were seen that no plan has judged yet. */
  unguarded?: true;
  answers: Answer[];
}

/**
 * Brings one live chat to its target. `progress` is filled as the work goes, so that what was done before an
 * error is recorded too. Throws SferumError, or Later where only waiting helps.
 */
export async function bring(
  ctx: Context,
  account: SferumAccount,
  chat: ChatState,
  call: CallOptions,
  progress: Brought,
): Promise<void> {
  let { ref } = chat;
  const hold = new Set(chat.hold);
  const target = { title: chat.title, members: chat.target, hold, ignore: account.ownerId };
  if (!ref) {
    const [first] = sferumSteps(target, null, account.mode);
    const members = first?.step === 'create' ? first.members : [];
    const created = await ensureCreated(ctx, account, chat, members, call);
    ref = created.ref;
    progress.title = created.title;
    progress.created = true;
    progress.seenAt = created.members && new Date(ctx.clock.now());
    for (const userId of created.members ?? []) progress.members.set(userId, { admin: false, state: 'in' });
  }
  const observe = (read: readonly SferumChatMember[]) => {
    mergeObserved(progress, read);
    progress.seenAt = new Date(ctx.clock.now());
    // Strangers seen only now have passed no guard (F4): the next sweep plans their removal.
    for (const userId of progress.members.keys()) {
      if (chat.actual.has(userId) || chat.target.has(userId) || hold.has(userId)) continue;
      hold.add(userId);
      progress.unguarded = true;
    }
  };
  if (chat.creation.twinTitle !== null) {
    await repairTwins(ctx, account, { ...chat, title: chat.creation.twinTitle }, call);
  }
  const read = async () => observe(await account.readMembers(ref, call));
  if (!progress.seenAt) await read();
  // Inviting: people enter by the link on their own list of chats (A8).
  if (account.mode === 'inviting' && chat.inviteLink === null) {
    progress.inviteLink = await account.inviteLink(ref, false, call);
  }
  for (let round = 1; ; round++) {
    const steps = sferumSteps(target, progress, account.mode);
    if (steps.length === 0) return;
    if (round > ROUNDS) throw new Later(UNCONFIRMED_PAUSE_MS);
    // A chat made just now stays in doubt until its outcome is recorded.
    if (round === 1 && !progress.created) await doubt(ctx, chat);
    const work = { ref, steps, call, progress };
    if (round === 1 && call.priority !== 'bulk' && steps.some((s) => s.step === 'grant')) {
      observe(await performAtOnce(account, work));
      continue;
    }
    for (const kind of KINDS) await perform(account, work, kind);
    if (!steps.some((s) => s.step === 'grant' || s.step === 'revoke')) return;
    await read();
  }
}

/** What was read replaces what was believed; those who never were in keep their reason. */
function mergeObserved(
  progress: Brought,
  read: readonly { userId: number; admin: boolean; waiting: boolean }[],
): void {
  const { members } = progress;
  for (const [userId, member] of members) {
    if (member.state === 'in' || member.state === 'waiting') members.delete(userId);
  }
  for (const { userId, admin, waiting } of read)
    members.set(userId, { admin, state: waiting ? 'waiting' : 'in' });
}
