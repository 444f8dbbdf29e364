import type { Context } from '../context.ts';
import { lacksAdmin } from '../plan/handover.ts';
import { type SferumTarget, sferumSteps } from '../plan/steps.ts';
import type { CallOptions, SferumAccount, SferumChatMember } from '../sferum/gateway.ts';
import type { Brought } from './brought.ts';
import type { ChatState } from './chat-state.ts';
import { ensureCreated } from './creation.ts';
import { attempt, type Failure, StepsFailed } from './perform-steps.ts';
import { takeRounds } from './rounds.ts';
import { doubt } from './settle.ts';

/**
 * Brings one live chat to its target. `progress` is filled as the work goes, so that what was done before an
 * error is recorded too. Throws StepsFailed once everything else is done, SferumError where nothing could be, or
 * Later where only waiting helps.
 */
export async function bring(
  ctx: Context,
  account: SferumAccount,
  chat: ChatState,
  call: CallOptions,
  progress: Brought,
): Promise<void> {
  const hold = new Set(chat.hold);
  const target = { title: chat.title, members: chat.target, hold, ignore: account.ownerId };
  const ref = chat.ref ?? (await create(ctx, account, chat, { target, call, progress }));
  const failures: Failure[] = [];
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
  if (!progress.seenAt) {
    await attempt(failures, { step: 'read' }, async () => observe(await account.readMembers(ref, call)));
    if (isHopeless(failures)) throw failures[0]!.error;
  }
  await takeRounds(account, target, {
    ...{
      ref,
      call,
      progress,
      failures,
      handoverSince: chat.handoverSince,
      now: () => ctx.clock.now(),
      observe,
    },
    // A chat made just now stays in doubt until its outcome is recorded.
    beforeWriting: async () => (progress.created ? undefined : doubt(ctx, chat)),
  });
  // Inviting: people enter by the link on their own list of chats (A8).
  if (account.mode === 'inviting' && chat.inviteLink === null && progress.inviteLink === undefined) {
    await attempt(failures, { step: 'invite-link' }, async () => {
      progress.inviteLink = await account.inviteLink(ref, false, call);
    });
  }
  progress.lacksAdmin = lacksAdmin(target, progress.members);
  if (failures.length > 0) throw new StepsFailed(failures);
}

async function create(
  ctx: Context,
  account: SferumAccount,
  chat: ChatState,
  { target, call, progress }: { target: SferumTarget; call: CallOptions; progress: Brought },
) {
  const [first] = sferumSteps(target, null, account.mode);
  const members = first?.step === 'create' ? first.members : [];
  const created = await ensureCreated(ctx, account, chat, members, call);
  progress.title = created.title;
  progress.created = true;
  progress.seenAt = created.members && new Date(ctx.clock.now());
  for (const userId of created.members ?? []) progress.members.set(userId, { admin: false, state: 'in' });
  return created.ref;
}

/** The account or the chat itself is refused to us: no step can be made. */
const isHopeless = (failures: readonly Failure[]): boolean =>
  failures.some(({ error: { kind } }) => kind === 'token' || kind === 'account' || kind === 'chat-lost');

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
