import { sql } from 'kysely';
import type { Context } from '../context.ts';
import type { ChatType } from '../desired/model.ts';
import { proposeClasses } from '../matching/propose-classes.ts';
import { type Application, applyPlan } from '../planning/apply-plan.ts';
import { holdingOperation } from '../planning/holding.ts';
import { planSchool, type SchoolPlan } from '../planning/plan-school.ts';
import { settleLists } from '../roster/events/settle-lists.ts';
import { settleDays } from '../roster/settle-days.ts';
import { noteCaused } from '../rows/chat-delay.ts';
import { moveRevision, noteComputed } from '../rows/school.ts';
import type { Sql } from '../store/database.ts';
import { momentOf, timeOf } from '../store/school-day.ts';

interface Following extends Application {
  /**
   * The chats that can have changed, by id or key, each with the event that is the cause; null where any can have.
   */
  affected?: ReadonlyMap<string, string> | null;
  /** When the change came into force or, if later, arrived (J9); null where it is no news. */
  causedAt?: Date | null;
}

export interface Followed {
  plan: SchoolPlan;
  /**
   * The operation that was given, or a new one of kind `events` with what the guard held; null where nothing is held.
   */
  operationId: string | null;
}

/**
 * Makes the chats of a school follow its changed facts, through the guard, in the transaction that holds the school.
 * That concerns the chat types that are switched on (D0), and manual chats of every type.
 * The caller wakes the chats after the commit and finishes the operation.
 * @returns null where there is no such school
 */
export async function followFacts(
  ctx: Context,
  tx: Sql,
  schoolId: string,
  how: Following,
): Promise<Followed | null> {
  const types = await moveRevision(tx, schoolId);
  const affected = how.affected ?? null;
  if (affected === null) await settleAll(ctx, tx, schoolId);
  if (types === null) return null;
  if (concernsClasses(affected))
    await proposeClasses(ctx, tx, schoolId, await timeOf(tx, schoolId, momentOf(ctx)), {
      by: how.author,
      at: how.at,
    });
  const only = affected?.keys() ?? ((await hasChats(tx, schoolId, types)) ? null : []);
  const plan = await planSchool(ctx, tx, {
    ...{ schoolId, types, allManual: true, strict: false, day: null, recreate: false },
    ...(only ? { only: new Set(only) } : {}),
  });
  const about = { kind: 'events', by: how.author, cause: how.cause, at: how.at } as const;
  const operationId = how.operationId ?? (await holdingOperation(ctx, tx, plan, about));
  const causes = new Set<string>();
  for (const [cause, part] of byCause(plan, affected, how.cause)) {
    causes.add(cause);
    await applyPlan(ctx, tx, part, { ...how, cause, operationId });
  }
  if (how.causedAt) {
    const chatIds = plan.plan.chats.map(({ chatId }) => chatId);
    await noteCaused(tx, chatIds, { causes, causedAt: how.causedAt });
  }
  if (affected === null) await noteComputed(tx, schoolId, plan.day);
  return { plan, operationId };
}

/** Whether a plan of the whole school can name a chat. Otherwise its facts need not be read. */
async function hasChats(tx: Sql, schoolId: string, types: readonly ChatType[]): Promise<boolean> {
  if (types.length > 0) return true;
  const { rows } = await sql`select from chat where school_id = ${schoolId} limit 1`.execute(tx);
  return rows.length > 0;
}

/** Settles what no single statement says: what whole lists have ended, and what begins or ends with the day. */
async function settleAll(ctx: Context, tx: Sql, schoolId: string): Promise<void> {
  await settleLists(tx, schoolId, null);
  const { today } = await timeOf(tx, schoolId, momentOf(ctx));
  await settleDays(tx, schoolId, today);
}

/** Whether a class may have come or gone. */
function concernsClasses(affected: Following['affected']): boolean {
  return !affected || [...affected.keys()].some((key) => key.startsWith('class:'));
}

/** Divides the plan into parts, one for each event that is the cause of some of its chats. */
function byCause(
  plan: SchoolPlan,
  affected: ReadonlyMap<string, string> | null,
  cause: string,
): Iterable<[string, SchoolPlan]> {
  if (affected === null || !cause.startsWith('event:')) return [[cause, plan]];
  const causeOf = ({ key, id }: { key: string | null; id: string | null }) =>
    `event:${affected.get(key ?? '') ?? affected.get(id ?? '')}`;
  const desired = Map.groupBy(plan.desired, causeOf);
  const chats = Map.groupBy(plan.plan.chats, ({ key, chatId }) => causeOf({ key, id: chatId }));
  return [...desired].map(([own, part]) => {
    const names = new Set(part.flatMap(({ key, id }) => [key ?? '', id ?? '']));
    const breaches = plan.breaches.filter((breach) => names.has(breach.chat));
    return [own, { ...plan, desired: part, breaches, plan: { ...plan.plan, chats: chats.get(own) ?? [] } }];
  });
}
