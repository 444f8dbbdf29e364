import { sql } from 'kysely';
import type { Author } from '../author.ts';
import type { Context } from '../context.ts';
import { Refusal } from '../refusal.ts';
import { hasten } from '../rows/chat-outbox.ts';
import { difference, noteLine } from '../rows/journal.ts';
import { dropReplacement, endOperation, openOperation } from '../rows/operation.ts';
import { makeKnown } from '../rows/school.ts';
import { connect, noteCallsRefused, REPLACEMENT_UNCONFIRMED } from '../rows/sferum-account.ts';
import { type AccountInfo, SferumError } from '../sferum/gateway.ts';
import { DEFAULT_REQUESTS_PER_SECOND } from '../sferum/request-limits.ts';
import type { Sql } from '../store/database.ts';
import { SEALED_COLUMNS } from '../store/sealed-columns.ts';

interface SferumConnection {
  schoolId: string;
  communityId: number;
  accessToken: string;
  tokenKind: 'user' | 'community';
  callsToken: string | null;
  /** Null means VK's published pace for this kind of token (sferum/request-limits.ts). */
  requestsPerSecond: number | null;
  replaceAccount: boolean;
  /** The person or service that connects, for the journal. */
  by: Author;
}

/**
 * Connects a school to Sferum, or gives it a new token. Sferum is asked about the token first, and the token is stored
 * sealed. Throws Refusal(422) `sferum-token-refused`, and Refusal(409) `sferum-other-account` where the token belongs
 * to another account than the one that owns the chats. With `replaceAccount` such a token is taken, and the chats are
 * created anew only after a person has confirmed that.
 */
export async function connectSferum(ctx: Context, connection: SferumConnection): Promise<void> {
  const requestsPerSecond = connection.requestsPerSecond ?? DEFAULT_REQUESTS_PER_SECOND[connection.tokenKind];
  const { ownerId: owner, mayCall } = await whoseToken(ctx, connection, requestsPerSecond);
  await ctx.db.transactionOf(connection.schoolId, async ({ sql: tx }) => {
    await makeKnown(tx, connection.schoolId);
    const replaced = await ownsNot(tx, connection.schoolId, owner);
    if (replaced && !connection.replaceAccount) {
      throw new Refusal(
        409,
        'sferum-other-account',
        'Это токен другой учётной записи, а чаты школы принадлежат прежней',
      );
    }
    const before = await connectionOf(tx, connection.schoolId);
    const { schoolId, communityId, tokenKind } = connection;
    const to = { communityId, ownerId: owner, tokenKind, requestsPerSecond, isReplacement: replaced };
    const at = new Date(ctx.clock.now());
    await connect(tx, schoolId, { ...to, ...sealedTokens(ctx, connection) }, at);
    // The school learns of it now, and not only when the first lesson needs a call (I8).
    if (!mayCall) await noteCallsRefused(tx, schoolId, { usedSince: at, at });
    await noteConnection(ctx, tx, connection, { before, replaced });
    await dropReplacement(tx, connection.schoolId, new Date(ctx.clock.now()));
    if (replaced) await holdReplacement(ctx, tx, connection);
    await hasten(tx, connection.schoolId);
  });
  ctx.wake('chats', { schoolId: connection.schoolId });
}

function sealedTokens(ctx: Context, { schoolId, accessToken, callsToken }: SferumConnection) {
  const seal = (token: string, column: string) => ctx.secrets.seal(token, { schoolId, column });
  return {
    accessTokenSealed: seal(accessToken, SEALED_COLUMNS.accessToken),
    callsTokenSealed: callsToken === null ? null : seal(callsToken, SEALED_COLUMNS.callsToken),
  };
}

/** The part of a connection that the journal may hold. Tokens are no part of it (V5). */
async function connectionOf(tx: Sql, schoolId: string): Promise<Record<string, unknown>> {
  const connection = await tx
    .selectFrom('sferum_account')
    .select((eb) => [
      'community_id as communityId',
      'owner_id as ownerId',
      'token_kind as tokenKind',
      eb('calls_token_sealed', 'is not', null).as('hasCallsToken'),
      'requests_per_second as requestsPerSecond',
    ])
    .where('school_id', '=', schoolId)
    .executeTakeFirst();
  return connection ?? {};
}

/** Writes the change into the journal. A new token is a change even where nothing else differs. */
async function noteConnection(
  ctx: Context,
  tx: Sql,
  { schoolId, by }: SferumConnection,
  { before, replaced }: { before: Record<string, unknown>; replaced: boolean },
): Promise<void> {
  const changed = difference(before, await connectionOf(tx, schoolId)) ?? { before: {}, after: {} };
  await noteLine(tx, {
    ...{
      schoolId,
      at: new Date(ctx.clock.now()),
      what: 'connected',
      cause: `connection:${ctx.newId()}`,
      author: by,
    },
    details: { ...changed, replaced },
  });
}

/** True where another account owns a chat of the school, or may own one whose creation is in doubt. */
async function ownsNot(tx: Sql, schoolId: string, owner: number): Promise<boolean> {
  const { rows } = await sql`
    select 1 from sferum_account a join chat c on c.school_id = a.school_id and c.creation <> 'none'
    where a.school_id = ${schoolId} and coalesce(c.owner_id, a.owner_id) <> ${owner} limit 1`.execute(tx);
  return rows.length > 0;
}

/**
 * Asks people whether to replace the account. The new account cannot use the chats of the former one, so they must all
 * be created anew, and a person must confirm that first.
 */
async function holdReplacement(ctx: Context, tx: Sql, { schoolId, by }: SferumConnection): Promise<void> {
  const id = ctx.newId();
  await openOperation(tx, {
    id,
    schoolId,
    kind: 'account-replacement',
    params: {},
    by,
    at: new Date(ctx.clock.now()),
  });
  const message =
    'Чаты школы принадлежат прежней учётной записи Сферума. Подтвердите, и они будут созданы заново от имени новой.';
  await endOperation(tx, id, {
    at: new Date(ctx.clock.now()),
    state: 'held',
    problems: [{ code: REPLACEMENT_UNCONFIRMED, message }],
  });
}

async function whoseToken(
  ctx: Context,
  connection: SferumConnection,
  requestsPerSecond: number,
): Promise<AccountInfo> {
  const account = ctx.gateway.account({ ...connection, ownerId: 0, requestsPerSecond });
  try {
    const info = await account.describe({ priority: 'person' });
    if (info.tokenKind !== connection.tokenKind) {
      throw new Refusal(422, 'sferum-token-refused', 'Вид токена указан неверно (user или community)');
    }
    return info;
  } catch (error) {
    if (!(error instanceof SferumError)) throw error;
    if (error.kind === 'token' || error.kind === 'not-possible') {
      throw new Refusal(422, 'sferum-token-refused', 'Сферум не принимает этот токен');
    }
    throw new Refusal(503, 'sferum-unavailable', 'Сферум не отвечает: повторите позже');
  }
}
