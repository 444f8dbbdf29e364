/** What the membership rules say of a person who is not in a chat (J1). */
import type { Context } from '../context.ts';
import type { Ending } from '../desired/model.ts';
import { desireSchool } from '../planning/desire-school.ts';
import type { Sql } from '../store/database.ts';
import type { SchoolTime } from '../store/school-day.ts';
import type { PersonChat } from './person-chats.ts';

export interface RulesOnAbsence {
  /** The rules want the person in the chat, although the list does not have them yet. */
  wanted: boolean;
  /** What ended the person's place. Null: nothing that is recorded. */
  ending: Ending | null;
}

interface Absence {
  schoolId: string;
  time: SchoolTime;
  personId: string;
  chats: readonly PersonChat[];
}

/**
 * Gives what the rules say today, by chat, for those of the chats whose list lacks the person. A chat that is being
 * deleted has no rules any more. It only reads, and the cost grows with these chats alone.
 */
export async function rulesOnAbsence(
  ctx: Context,
  db: Sql,
  { schoolId, time, personId, chats }: Absence,
): Promise<ReadonlyMap<string, RulesOnAbsence>> {
  const out = chats.filter(({ isMember, deleting }) => !isMember && !deleting);
  if (out.length === 0) return new Map();
  const { desired } = await desireSchool(ctx, db, time, {
    schoolId,
    types: [...new Set(out.map(({ type }) => type))],
    ...{ strict: false, day: null, recreate: false },
    only: new Set(out.map((chat) => chat.chatId)),
  });
  return new Map(
    desired.flatMap(({ id, members, endings }) =>
      id === null ? [] : [[id, { wanted: members.has(personId), ending: endings.get(personId) ?? null }]],
    ),
  );
}
