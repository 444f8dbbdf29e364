/** What the rules alone would give a chat (E1): its name, its members, its default admins marked. */

import { desiredChats } from '../desired/desired-chats.ts';
import {
  type ChatFact,
  type ChatType,
  chatKey,
  type Day,
  type DesiredMember,
  type RosterFacts,
} from '../desired/model.ts';
import { automaticTitle } from '../desired/names.ts';
import { schoolOn } from '../desired/school.ts';
import { sure } from '../sure.ts';

export interface RuleChat {
  key: string;
  classId: string | null;
  title: string;
  /** Its class or group is over, so that it would be archived at once (D9). */
  over: boolean;
  members: ReadonlyMap<string, DesiredMember>;
}

/**
 * Gives what the rules say. Null where type, class and group name no automatic chat, or the roster does not have the
 * class or group.
 */
export function ruleChat(
  facts: RosterFacts,
  day: Day,
  { type, classId, groupId }: { type: ChatType; classId: string | null; groupId: string | null },
): RuleChat | null {
  const unitId = type === 'subject' ? groupId : classId;
  const unit = type === 'subject' ? facts.groups.get(unitId ?? '') : facts.classes.get(unitId ?? '');
  if (type !== 'staff' && !unit) return null;
  const key = chatKey(type, unitId ?? undefined);
  // The chat is taken as if it were there, so that a group without pupils and next year's class have an
  // answer too.
  const stub: ChatFact = {
    ...{ id: key, key, type, classId, groupId, title: '', titleByHand: false },
    ...{ exceptions: [], members: new Map() },
  };
  const [chat] = desiredChats(schoolOn(facts, day), [stub], {
    types: new Set([type]),
    strict: true,
    only: new Set([key]),
  });
  return {
    key,
    classId: sure(chat).classId,
    title: automaticTitle(type, unit?.title ?? ''),
    over: sure(chat).archived,
    members: withoutStandIns(sure(chat).members),
  };
}

/** Whether a person only stands in for a missing admin (C6), whom the rules do not give. */
export function withoutStandIns(
  members: ReadonlyMap<string, DesiredMember>,
): ReadonlyMap<string, DesiredMember> {
  return new Map([...members].filter(([, member]) => !onlyStandsIn(member)));
}

/** Whether the member is there only as an admin who stands in (C6). */
export function onlyStandsIn({ grounds }: Pick<DesiredMember, 'grounds'>): boolean {
  return grounds.length > 0 && grounds.every(({ kind }) => kind === 'no-other-admin');
}
