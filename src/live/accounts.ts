import type { Context } from '../context.ts';
import type { NotConnectedCode } from '../rows/chat-condition.ts';
import { accountState, breakAccount } from '../rows/sferum-account.ts';
import type { SferumAccount } from '../sferum/gateway.ts';
import { gathering, type Place } from '../store/gather.ts';
import { SEALED_COLUMNS } from '../store/sealed-columns.ts';

/** Says why a school's work cannot reach Sferum. People see it as a chat's condition or an operation's problem. */
export class NotConnected extends Error {
  readonly code: NotConnectedCode;

  constructor(code: NotConnectedCode) {
    super(code);
    this.name = 'NotConnected';
    this.code = code;
  }
}

/** The sentence that tells people what to do about it. */
export const NOT_CONNECTED_WORDS: Readonly<Record<NotConnectedCode, string>> = {
  'sferum-not-connected': 'Школа не подключена к Сферуму: обратитесь к администратору сервера.',
  'sferum-account-broken':
    'Учётная запись школы в Сферуме не действует: администратор сервера должен её заменить.',
  'sferum-unconfirmed':
    'Учётная запись школы заменена или база восстановлена из копии: сначала это нужно подтвердить, см. «Ждут вас».',
};

/**
 * Gives the school's account, ready for calls. Throws NotConnected where there is none or a person must act first.
 * `afterRestore` also lets an unconfirmed account through. It is for looks that write nothing (reliability 34).
 * `forCalls` also lets a broken account through if it has a token for calls, because lessons go on without the chats.
 */
export async function accountOf(
  ctx: Context,
  schoolId: string,
  { afterRestore = false, forCalls = false } = {},
): Promise<SferumAccount> {
  const row = await ctx.db
    .of(schoolId)
    .selectFrom('sferum_account')
    .selectAll()
    .where('school_id', '=', schoolId)
    .executeTakeFirst();
  if (!row) throw new NotConnected('sferum-not-connected');
  const state = accountState({ status: row.status, reason: row.status_reason });
  const isLetThrough =
    state === 'connected' ||
    (afterRestore && state === 'restore-unconfirmed') ||
    (forCalls && state === 'broken' && row.calls_token_sealed !== null);
  if (!isLetThrough) {
    throw new NotConnected(state === 'broken' ? 'sferum-account-broken' : 'sferum-unconfirmed');
  }
  return ctx.gateway.account({
    schoolId,
    communityId: Number(row.community_id),
    ownerId: Number(row.owner_id),
    accessToken: ctx.secrets.open(row.access_token_sealed, { schoolId, column: SEALED_COLUMNS.accessToken }),
    tokenKind: row.token_kind,
    callsToken:
      row.calls_token_sealed === null
        ? null
        : ctx.secrets.open(row.calls_token_sealed, { schoolId, column: SEALED_COLUMNS.callsToken }),
    requestsPerSecond: row.requests_per_second,
  });
}

/** Does the same for the work on chats. Chats that ask at the same time share one look at the account. */
export function accountForChats(ctx: Context, place: Place): Promise<SferumAccount> {
  return sharing(ctx, place, null);
}

const sharing = gathering(async (ctx: Context, schoolId: string, asks: readonly null[]) => {
  const account = await accountOf(ctx, schoolId);
  return asks.map(() => account);
});

/**
 * Marks the account as broken, so that nothing of this school goes to Sferum until a person gives a new token
 * (reliability 24). `usedSinceMs` is when the refused token was read, in epoch ms. A connection that was renewed after
 * that has another token, so it is not marked.
 */
export async function markAccountBroken(
  ctx: Context,
  schoolId: string,
  reason: string,
  usedSinceMs: number,
): Promise<void> {
  const how = { reason, usedSince: new Date(usedSinceMs), at: new Date(ctx.clock.now()) };
  if (!(await breakAccount(ctx.db.of(schoolId), schoolId, how))) return;
  ctx.log.error({ schoolId, reason }, 'the Sferum account of a school needs a person');
}
