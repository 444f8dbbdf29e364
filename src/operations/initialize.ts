import { starterOf } from '../author.ts';
import type { Context } from '../context.ts';
import { accountOf, NOT_CONNECTED_WORDS, NotConnected } from '../live/accounts.ts';
import { observeChats } from '../live/observe.ts';
import { applyPlan } from '../planning/apply-plan.ts';
import { finishOperations } from '../planning/end-operations.ts';
import { digestOf } from '../planning/plan-digest.ts';
import { planSchool } from '../planning/plan-school.ts';
import { endOperation, notePlanned, tellOfDeletions } from '../rows/operation.ts';
import { addPlanned } from '../rows/operation-chat.ts';
import { switchOn } from '../rows/school.ts';
import type { Sql } from '../store/database.ts';
import type { InitializationParams, SchoolsOperation } from '../store/operation-params.ts';
import { reportProgress } from './progress.ts';

/**
 * Runs an initialisation (F1–F4). It reads the live chats, makes the plan, and keeps the plan (a dry run) or applies
 * it. The chats' jobs then carry it out. It is safe to repeat after a crash.
 */
export async function runInitialization(
  ctx: Context,
  operation: SchoolsOperation<'initialization'>,
  signal?: AbortSignal,
): Promise<void> {
  const { params, schoolId } = operation;
  if (params.following) return finishOperations(ctx, schoolId, [operation.id]);
  let planningCalls = 0;
  try {
    const account = await accountOf(ctx, schoolId);
    if (params.plan === null && params.asOf === null) {
      const observation = await observeChats(
        ctx,
        account,
        { schoolId, types: params.types, priority: 'bulk', ...(signal ? { signal } : {}) },
        reportProgress(ctx, schoolId, operation.id),
      );
      planningCalls = observation.apiCalls;
    }
  } catch (error) {
    if (!(error instanceof NotConnected)) throw error;
    return endOperation(ctx.db.of(schoolId), operation.id, {
      at: new Date(ctx.clock.now()),
      state: 'failed',
      problems: [{ code: error.code, message: NOT_CONNECTED_WORDS[error.code] }],
    });
  }
  const followed = await ctx.db.holdingSchool(schoolId, ({ sql: tx }) =>
    planAndApply(ctx, tx, operation, { ...params, planningCalls }),
  );
  if (followed) {
    ctx.wake('chats', { schoolId });
    await finishOperations(ctx, schoolId, [operation.id]);
  }
}

/** Plans and applies in one transaction, which holds the school. True where chats now have something to follow. */
async function planAndApply(
  ctx: Context,
  tx: Sql,
  operation: SchoolsOperation<'initialization'>,
  params: InitializationParams & { planningCalls: number },
): Promise<boolean> {
  const { schoolId } = operation;
  const school = await planSchool(ctx, tx, {
    schoolId,
    types: params.types,
    strict: params.strict,
    day: params.asOf,
    recreate: true,
    refusedAgain: true,
    // A person sees this plan and starts it, so no pause holds it (K3).
    asked: 'everything',
  });
  const at = new Date(ctx.clock.now());
  const planDigest = digestOf(school.plan);
  if (params.plan !== null && planDigest !== params.planDigest) {
    await endOperation(tx, operation.id, { at, state: 'failed', problems: [PLAN_STALE] });
    return false;
  }
  const { counts, estimate } = school.plan;
  const { planningCalls } = params;
  await notePlanned(tx, operation.id, {
    ...{ revision: school.revision, day: school.day },
    chats: school.plan.chats.filter((c) => c.actions.length > 0).length,
    result: { ...counts, apiCalls: planningCalls, estimate },
    params: { planningCalls, planDigest, planned: counts, ...(params.dryRun ? {} : { following: true }) },
  });
  if (params.dryRun) {
    await addPlanned(tx, { schoolId, id: operation.id }, school.plan.chats, new Set());
    await endOperation(tx, operation.id, { at, state: 'succeeded' });
    return false;
  }
  // Sferum still holds these chats, so this initialisation cannot bring them back. People are told.
  const about = { types: params.types, message: STILL_DELETING };
  await tellOfDeletions(tx, { schoolId, id: operation.id }, about);
  await applyPlan(ctx, tx, school, {
    cause: `initialization:${operation.id}`,
    author: starterOf(operation),
    priority: 'bulk',
    operationId: operation.id,
    shown: params.plan,
    at,
    dropsExceptions: params.strict,
  });
  await switchOn(tx, schoolId, { types: params.types, day: school.day });
  return true;
}

const PLAN_STALE = {
  code: 'plan-stale',
  message: 'План устарел: с тех пор списки изменились. Составьте его заново.',
};
const STILL_DELETING = 'Чат ещё удаляется в Сферуме: когда он будет удалён, инициализируйте список ещё раз.';
