import { sql } from 'kysely';
import type { Author } from '../author.ts';
import type { Context } from '../context.ts';
import { notFound, Refusal } from '../refusal.ts';
import { noteLine } from '../rows/journal.ts';
import { dropApproval, isDue, keepApproval } from '../rows/operation-approval.ts';
import type { Sql } from '../store/database.ts';
import type { Awaiting, OperationOf } from '../store/operation-params.ts';
import { decideHeld } from './decide-held.ts';
import { heldIn, isDecidable, notHeld } from './decision.ts';

/** A wake comes so much later than the moment itself, so that the moment has passed on every clock that reads it. */
const MARGIN_MS = 50;

export interface OfOperation {
  schoolId: string;
  operationId: string;
}

interface Approve {
  /** Null for everything that the operation holds. */
  chatIds: readonly string[] | null;
  by: Author;
  /** One approval of many operations has one id (decide-many.ts). */
  approvalId?: string;
}

/**
 * Keeps a person's approval of what an operation holds (F4, J2). It acts after `approvalWaitMs`, by the operation's
 * job, and until then it can be taken back. The chats are those that hold removals now. A chat that holds other people by
 * then waits for a decision of its own. Returns the approval's id: the one that is given, or a new one.
 *
 * Throws Refusal(409) `operation-not-held` where nothing waits for a decision any more.
 */
export async function approveLater(
  ctx: Context,
  { schoolId, operationId, chatIds, by, approvalId }: OfOperation & Approve,
): Promise<string> {
  const waitMs = ctx.config.limits.approvalWaitMs;
  const atMs = ctx.clock.now();
  const id = approvalId ?? ctx.newId();
  await ctx.db.transactionOf(schoolId, async ({ sql: tx }) => {
    const operation = await lock(tx, schoolId, operationId);
    if (!isDecidable(operation.state, operation.params.decided)) throw notHeld(operation.params.decided);
    await keepApproval(
      tx,
      { schoolId, id: operationId },
      {
        ...{ id, by, at: new Date(atMs).toISOString(), actsAt: new Date(atMs + waitMs).toISOString() },
        ...(await undecided(tx, schoolId, operationId, operation, chatIds)),
      },
    );
  });
  ctx.wake('operations', { schoolId, inMs: waitMs + MARGIN_MS });
  return id;
}

/**
 * Takes an approval back, so that all of it waits for a decision again. The journal keeps who did so, and whose approval
 * it was (K8). Throws Refusal(409) `approval-acts` where its
 * time is over.
 */
export async function takeBackApproval(
  ctx: Context,
  { schoolId, operationId, approvalId, by }: OfOperation & { approvalId: string; by: Author },
): Promise<void> {
  await ctx.db.transactionOf(schoolId, async ({ sql: tx }) => {
    const { kind, params } = await lock(tx, schoolId, operationId);
    const approval = (params.awaiting ?? []).find(({ id }) => id === approvalId);
    if (!approval || isDue(approval, ctx.clock.now())) {
      throw approvalActs();
    }
    await dropApproval(tx, { schoolId, id: operationId }, approvalId);
    await noteLine(tx, {
      ...{ schoolId, at: new Date(ctx.clock.now()), cause: `take-back:${operationId}`, author: by },
      what: 'approval-taken-back',
      details: { kind, approvedBy: approval.by.id, decidedAt: approval.at },
    });
  });
}

/** The refusal where an approval cannot be taken back any more. */
export function approvalActs(): Refusal {
  return new Refusal(409, 'approval-acts', 'Отменить уже нельзя: исключение началось');
}

/** Carries out the approvals of an operation whose time has come. It may run twice, late or after a restart. */
export async function carryOutDue(ctx: Context, { id, schoolId, params }: OperationOf): Promise<void> {
  for (const approval of params.awaiting ?? []) {
    if (!schoolId || !isDue(approval, ctx.clock.now())) continue;
    const { chatIds, by } = approval;
    try {
      await decideHeld(ctx, {
        schoolId,
        operationId: id,
        decision: 'approve',
        chatIds,
        by,
        awaited: approval,
      });
    } catch (error) {
      if (!(error instanceof Refusal && error.status === 409)) throw error;
      // Somebody has decided otherwise meanwhile, or there is nobody left to be taken out.
      await dropApproval(ctx.db.of(schoolId), { schoolId, id }, approval.id);
    }
  }
}

type Locked = Pick<OperationOf, 'kind' | 'state' | 'params'>;

async function lock(tx: Sql, schoolId: string, id: string): Promise<Locked> {
  const { rows } = await sql<Locked>`
    select kind, state, params from operation where id = ${id} and school_id = ${schoolId} for update`.execute(
    tx,
  );
  if (!rows[0]) throw notFound();
  return rows[0];
}

/**
 * The chats with held removals, of those asked for, about which nobody has decided, and whom each holds. Null: it
 * is decided as a whole.
 */
async function undecided(
  tx: Sql,
  schoolId: string,
  operationId: string,
  { params }: Locked,
  asked: readonly string[] | null,
): Promise<Pick<Awaiting, 'chatIds' | 'held'>> {
  const awaiting = params.awaiting ?? [];
  const held = await heldIn(tx, schoolId, operationId);
  const decided = new Set(awaiting.flatMap(({ chatIds }) => chatIds ?? []));
  const open = [...held].filter(([id]) => !decided.has(id) && (!asked || asked.includes(id)));
  const isWhole = held.size === 0 && asked === null && awaiting.length === 0 && !params.decided;
  if (open.length === 0 && !isWhole) throw notHeld(awaiting[0] && { ...awaiting[0], decision: 'approve' });
  return isWhole ? { chatIds: null } : { chatIds: open.map(([id]) => id), held: Object.fromEntries(open) };
}
