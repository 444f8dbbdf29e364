/** J6: an addition by hand that breaks an invariant is done, and the person who makes it is told. */
import type { ChatType } from '../desired/model.ts';
import { isOnlyPupil, isStaffMember } from '../desired/roles.ts';
import type { KnownPerson } from './rights.ts';

export interface Warning {
  code: 'pupil-in-parents-chat' | 'parent-without-child';
  message: string;
  personIds: string[];
}

const MESSAGES: Record<Warning['code'], string> = {
  'pupil-in-parents-chat': 'В чат родителей добавлены учащиеся: им видна переписка родителей.',
  'parent-without-child': 'В чат родителей добавлены люди, чьих детей в этом классе нет.',
};

/** `added`: people whom the rules do not give the chat. */
export function additionWarnings(type: ChatType, added: readonly KnownPerson[]): Warning[] {
  if (type !== 'parents') return [];
  const found: [Warning['code'], KnownPerson[]][] = [
    ['pupil-in-parents-chat', added.filter(isOnlyPupil)],
    ['parent-without-child', added.filter((p) => !isOnlyPupil(p) && !isStaffMember(p))],
  ];
  return found
    .filter(([, people]) => people.length > 0)
    .map(([code, people]) => ({ code, message: MESSAGES[code], personIds: people.map((p) => p.id) }));
}
