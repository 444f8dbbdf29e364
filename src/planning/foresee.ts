/** K4: how ready a school is for a day, by the plan as of that day. It only reads. */
import type { Context } from '../context.ts';
import { CHAT_TYPES, type Day } from '../desired/model.ts';
import { schoolOn } from '../desired/school.ts';
import { loadFacts } from '../facts/load-facts.ts';
import { type ReadinessGaps, readinessOf, readinessState } from '../plan/readiness.ts';
import type { Readiness, ReadinessState } from '../plan/readiness-model.ts';
import { momentOf, timeOf } from '../store/school-day.ts';
import { sure } from '../sure.ts';
import { planSchool } from './plan-school.ts';

/** The figures, and the school's revision from which they were made. */
export interface Foreseen {
  readiness: Readiness;
  state: ReadinessState;
  revision: number;
  gaps: ReadinessGaps;
}

/**
 * Plans all of a school's chats for the day. It costs what a dry run costs, and the reading of today's facts besides.
 */
export async function foresee(ctx: Context, schoolId: string, day: Day): Promise<Foreseen> {
  return ctx.db.transactionOf(schoolId, async ({ sql: tx }) => {
    const { dayOf, today } = await timeOf(tx, schoolId, momentOf(ctx));
    const made = await planSchool(ctx, tx, {
      ...{ schoolId, types: CHAT_TYPES, strict: false, day, recreate: true },
    });
    const now = schoolOn({ ...(await loadFacts(tx, schoolId, { day: today })), dayOf }, today);
    const isArchived = ({ id }: { id: string | null }) => made.chats.get(sure(id))?.archived ?? false;
    const { plan, desired, school: then, revision } = made;
    const found = readinessOf({ now, then, plan, desired, isArchived });
    return { ...found, state: readinessState(found.readiness), revision };
  });
}
