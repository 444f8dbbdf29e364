import type { Context } from '../context.ts';
import type { Sql } from '../store/database.ts';
import type { OperationKind } from '../store/entities.ts';
import { endOperation, openOperation } from './operations.ts';
import type { SchoolPlan } from './plan-school.ts';

/**
 * Any hold is an operation that somebody approves or rejects (F4). Opens one, held, where the plan holds something
 * that no other operation holds already; null otherwise.
 */
export async function holdingOperation(
  ctx: Context,
  tx: Sql,
  school: SchoolPlan,
  about: { kind: OperationKind; by: string; at: Date },
): Promise<string | null> {
  if (!holdsAnew(school)) return null;
  const id = ctx.newId();
  await openOperation(tx, { id, schoolId: school.schoolId, params: {}, ...about });
  await endOperation(ctx, tx, id, { state: 'held', result: { held: school.plan.counts.held } });
  return id;
}

function holdsAnew({ plan, chats }: SchoolPlan): boolean {
  return plan.chats.some((chat) =>
    chat.actions.some(
      (a) => a.held && (a.personId === undefined || !chats.get(chat.chatId)?.members.get(a.personId)?.heldBy),
    ),
  );
}
