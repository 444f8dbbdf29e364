import type { Context } from '../context.ts';
import type { ChatType } from '../desired/model.ts';
import { partFor } from '../facts/fact-part.ts';
import { loadFacts } from '../facts/load-facts.ts';
import type { Sql } from '../store/database.ts';
import type { Viewer } from '../store/queries/viewer.ts';
import { momentOf, timeOf } from '../store/school-day.ts';
import { type RuleChat, ruleChat } from './rule-chat.ts';

/**
 * What the form fills in once type and class (and subject) are picked (E1): the rules' name and members, default
 * admins marked. Null where type, class and group name no automatic chat of the school.
 */
export async function suggestChat(
  ctx: Context,
  db: Sql,
  { schoolId, day }: Viewer,
  unit: { type: ChatType; classId: string | null; groupId: string | null },
): Promise<RuleChat | null> {
  const { dayOf } = await timeOf(db, schoolId, momentOf(ctx));
  const part = await partFor(db, schoolId, {
    day,
    classIds: unit.type === 'class' || unit.type === 'parents' ? [unit.classId ?? ''] : [],
    groupIds: unit.type === 'subject' ? [unit.groupId ?? ''] : [],
    ...{ staff: unit.type === 'staff', peopleIds: [], studentIds: [] },
  });
  const facts = await loadFacts(db, schoolId, { part, day });
  return ruleChat({ ...facts, dayOf }, day, unit);
}
