/**
 * «Сверить сейчас» (K7): a chat, or the chats of a person, are read at Sferum at once, and what differs is mended as
 * drift is: within the pace of the token and through the guard. The operation tells what is, what should be, what was
 * done, and what stands in the way.
 */
import { sql } from 'kysely';
import type { Author } from '../author.ts';
import type { Context } from '../context.ts';
import { accountOf, NOT_CONNECTED_WORDS, NotConnected } from '../live/accounts.ts';
import { mendUnder } from '../live/mend.ts';
import { observeChats } from '../live/observe.ts';
import { openOperation } from '../rows/operation.ts';
import type { CheckObstacle, SchoolsOperation } from '../store/operation-params.ts';

interface CheckRequest {
  schoolId: string;
  /** The chats to read. */
  chatIds: readonly string[];
  /** The person whose places are asked about; null for whole chats. */
  personId: string | null;
  by: Author;
  /** True for those who may read everybody's operations. Others join only their own. */
  joinsAny: boolean;
}

/**
 * Opens a check and returns its operation's id. A second request for the same chats and person joins it, so that
 * impatient clicks cost Sferum nothing.
 */
export async function requestCheck(
  ctx: Context,
  { schoolId, chatIds, personId, by, joinsAny }: CheckRequest,
): Promise<string> {
  const params = { chatIds: [...chatIds].sort(), personId };
  const wanted = JSON.stringify(params);
  const id = await ctx.db.transactionOf(schoolId, async ({ sql: tx }) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`check:${schoolId}:${wanted}`}, 0))`.execute(
      tx,
    );
    const { rows } = await sql<{ id: string }>`
      select id from operation where school_id = ${schoolId} and kind = 'check' and state in ('queued', 'running')
        and params @> ${wanted}::jsonb and params->'chatIds' = ${wanted}::jsonb->'chatIds'
        and (${joinsAny} or (created_by, created_by_kind) = (${by.id}, ${by.kind}))`.execute(tx);
    if (rows[0]) return rows[0].id;
    const newId = ctx.newId();
    await openOperation(tx, {
      ...{ id: newId, schoolId, kind: 'check', params, by, at: new Date(ctx.clock.now()) },
    });
    return newId;
  });
  ctx.wake('operations', { schoolId });
  return id;
}

/** Reads the chats and plans what differs. The operation then follows the chats that have work to do. */
export async function runCheck(
  ctx: Context,
  { id, schoolId, params }: SchoolsOperation<'check'>,
  signal?: AbortSignal,
): Promise<void> {
  const obstacles = await readNow(ctx, schoolId, params.chatIds, signal);
  await mendUnder(ctx, { schoolId, id }, params.chatIds, obstacles);
}

async function readNow(
  ctx: Context,
  schoolId: string,
  ids: readonly string[],
  signal?: AbortSignal,
): Promise<CheckObstacle[]> {
  try {
    const account = await accountOf(ctx, schoolId);
    const how = { schoolId, priority: 'person', leaveUnreadable: true, ids } as const;
    const { unreadable } = await observeChats(ctx, account, signal ? { ...how, signal } : how);
    return unreadable.map((chatId) => ({
      ...{ chatId, reason: 'unreadable' },
      message: 'Сферум сейчас не показал чат: сведения о нём прежние',
    }));
  } catch (error) {
    if (!(error instanceof NotConnected)) throw error;
    return [{ reason: error.code, message: NOT_CONNECTED_WORDS[error.code] }];
  }
}
