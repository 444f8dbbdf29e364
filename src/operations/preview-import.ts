import type { Context } from '../context.ts';
import type { SchoolPlan } from '../planning/plan-school.ts';
import { notFound } from '../refusal.ts';
import { findOperationRow } from '../store/operation-row.ts';
import { applyStaged } from './apply-roster.ts';
import { rehearse } from './rehearse.ts';

/**
 * Says what accepting a held import would do to the chats (J2). It makes the acceptance itself in a transaction that is
 * rolled back, and holds the school as long as the acceptance would. Null where no type of chat is switched on, so that
 * only lists would change. Throws Refusal(404) for an operation that is no import which waits for a decision.
 */
export async function previewImport(
  ctx: Context,
  { schoolId, operationId }: { schoolId: string; operationId: string },
): Promise<SchoolPlan | null> {
  const operation = await findOperationRow(ctx, schoolId, operationId);
  if (operation?.kind !== 'roster-import' || operation.state !== 'held' || !operation.params.incomplete) {
    throw notFound();
  }
  const accepted = { ...operation, params: { ...operation.params, accepted: true as const } };
  return rehearse(ctx, schoolId, async (tx) => {
    const { followed } = await applyStaged(ctx, tx, accepted, schoolId);
    return followed?.plan ?? null;
  });
}
