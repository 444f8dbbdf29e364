import type { Context } from '../context.ts';
import { lacksAdmin } from '../plan/handover.ts';
import { type SferumTarget, sferumSteps } from '../plan/steps.ts';
import type { CallOptions, SferumAccount, SferumChatMember } from '../sferum/gateway.ts';
import { sure } from '../sure.ts';
import type { Brought } from './brought.ts';
import type { ChatState } from './chat-state.ts';
import { ensureCreated } from './creation.ts';
import { attempt, type Failure, StepsFailed } from './perform-steps.ts';
import { takeRounds } from './rounds.ts';
import { doubt } from './settle.ts';

/**
 * Brings one chat at Sferum to its target, and creates it where there is none. `progress` is filled step by step, so
 * that the steps before an error are recorded too. Throws StepsFailed where some steps failed and the others are done,
 * SferumError where no step could be made, and Later where only waiting helps.
 */
export async function bring(
  ctx: Context,
  account: SferumAccount,
  chat: ChatState,
  call: CallOptions,
  progress: Brought,
): Promise<void> {
  const target = { title: chat.title, members: chat.target, hold: chat.hold, ignore: account.ownerId };
  const ref = chat.ref ?? (await create(ctx, account, chat, { target, call, progress }));
  const failures: Failure[] = [];
  const observe = (read: readonly SferumChatMember[]) => {
    mergeObserved(progress, read);
    progress.seenAt = new Date(ctx.clock.now());
    // The guard (F4) has not judged strangers that are first seen here, so they stay until the next sweep plans for
    // them. They are not recorded either: a recorded stranger would count as judged in later work.
    for (const userId of progress.members.keys()) {
      if (chat.actual.has(userId) || chat.target.has(userId)) continue;
      progress.members.delete(userId);
      progress.unguarded = true;
    }
  };
  if (!progress.seenAt) {
    await attempt(failures, { step: 'read' }, async () => observe(await account.readMembers(ref, call)));
    if (isHopeless(failures)) throw sure(failures[0]).error;
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
    // A new chat is already in doubt until its outcome is recorded, so it need not be marked.
    beforeWriting: async () => (progress.created ? undefined : doubt(ctx, chat)),
  });
  // A community's token cannot add people. They enter by the link in their own list of chats (A8).
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
  const recorded = (created.members ?? []).map((id) => [id, { admin: false, state: 'in' }] as const);
  progress.recorded = { title: created.title, members: new Map(recorded) };
  return created.ref;
}

/** True where Sferum refuses us the account or the whole chat, so that no step can succeed. */
const isHopeless = (failures: readonly Failure[]): boolean =>
  failures.some(({ error: { kind } }) => kind === 'token' || kind === 'account' || kind === 'chat-lost');

/** The members that were read replace the believed ones. People who were never in keep the reason that is known. */
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
