import type { Context } from '../context.ts';
import { markAccountBroken } from '../live/accounts.ts';
import { finishOperations } from '../planning/end-operations.ts';
import { endEmptyHolds } from '../planning/holding.ts';
import { countFailure, endOperation, startOperation } from '../rows/operation.ts';
import { SferumError } from '../sferum/gateway.ts';
import type { Problem } from '../store/entities.ts';
import { isPassing } from '../store/errors.ts';
import { isOfSchool, type OperationOf } from '../store/operation-params.ts';
import { findOperationRow, operationsOf } from '../store/operation-row.ts';
import { carryOutDue } from './approve-later.ts';
import { runCheck } from './check.ts';
import { runRosterImport } from './import-roster.ts';
import { runInitialization } from './initialize.ts';
import { isItsTurn } from './is-its-turn.ts';
import { runValidation } from './validate-roster.ts';

/** An operation ends as failed after so many unexpected failures, so that it does not run for ever. */
const FAILURES_UNTIL_FAILED = 5;

/**
 * Carries one open operation as far as it can go now. Operations of one school and kind run one after another, in the
 * order in which they were asked for. An operation whose turn has not come stays queued, and the end of the other wakes
 * it. Throws where the queue should try again.
 */
export async function runOperation(
  ctx: Context,
  { schoolId, operationId: id }: { schoolId: string | null; operationId: string },
  signal?: AbortSignal,
): Promise<void> {
  const operation = await findOperationRow(ctx, schoolId, id);
  if (!operation) return;
  await carryOutDue(ctx, operation);
  if (operation.state === 'held') return schoolId === null ? undefined : endEmptyHolds(ctx, schoolId);
  if (!(await isItsTurn(ctx, operation))) return;
  if (!(await startOperation(operationsOf(ctx, schoolId), id, new Date(ctx.clock.now())))) return;
  // Its own work is done. A crash right after the last chat's commit may have lost the end of the operation, so it is
  // ended here.
  if (operation.params.following && schoolId !== null) return finishOperations(ctx, schoolId, [id]);
  const startedAtMs = ctx.clock.now();
  try {
    await run(ctx, operation, signal);
  } catch (error) {
    if (!signal?.aborted) await noteFailure(ctx, operation, error, startedAtMs);
    throw error;
  }
  ctx.wake('statistics');
}

/** Does the work of the kinds that have work of their own. The others only follow chats or wait for a decision. */
async function run(ctx: Context, operation: OperationOf, signal?: AbortSignal): Promise<void> {
  if (operation.kind === 'roster-import') await runRosterImport(ctx, operation);
  if (operation.kind === 'roster-validation') await runValidation(ctx, operation);
  if (operation.kind === 'initialization' && isOfSchool(operation))
    await runInitialization(ctx, operation, signal);
  if (operation.kind === 'check' && isOfSchool(operation)) await runCheck(ctx, operation, signal);
}

/**
 * Decides whether a failed operation is tried again. A passing error is retried without end, an unexpected one a few
 * times, and an error that needs a person not at all.
 */
async function noteFailure(
  ctx: Context,
  operation: OperationOf,
  error: unknown,
  startedAtMs: number,
): Promise<void> {
  if (error instanceof SferumError) {
    const { kind } = error;
    if (kind !== 'token' && kind !== 'account' && kind !== 'not-possible' && kind !== 'defect') return;
    if (operation.schoolId && (kind === 'token' || kind === 'account')) {
      await markAccountBroken(ctx, operation.schoolId, kind, startedAtMs);
    }
    return fail(ctx, operation, { code: `sferum-${kind}`, message: FAILURES.sferum });
  }
  if (isPassing(error)) return;
  const failures = await countFailure(operationsOf(ctx, operation.schoolId), operation.id);
  if (failures < FAILURES_UNTIL_FAILED) return;
  await fail(ctx, operation, { code: 'internal', message: FAILURES.internal });
}

const fail = (ctx: Context, { id, schoolId }: OperationOf, problem: Problem) =>
  endOperation(operationsOf(ctx, schoolId), id, {
    at: new Date(ctx.clock.now()),
    state: 'failed',
    problems: [problem],
  });

const FAILURES = {
  sferum: 'Сферум не принимает ключ школы: администратор сервера должен его заменить.',
  internal: 'Внутренняя ошибка: сообщите администратору сервера.',
};
