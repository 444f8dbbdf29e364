/** What an import says of a school's list, in Russian: what must be decided, and what was left out. It names no person. */

import { type PersonMatch, peopleIn } from '../matching/match-people.ts';
import { describeIncomplete } from '../roster/looks-incomplete.ts';
import type { Problem } from '../store/entities.ts';
import { count } from '../text/numbers.ts';
import type { JudgedRoster } from './judge-roster.ts';

/** Gives the problems of a list. `isAccepted`: a person has taken it as a whole. */
export function problemsOf({
  schoolId,
  incomplete,
  matches,
  newer,
  unclearUnitIds,
  isAccepted,
}: Omit<JudgedRoster, 'reading'> & {
  schoolId: string;
  isAccepted: boolean;
  /** New classes and groups whose days cannot be read (D11). */
  unclearUnitIds: readonly string[];
}): Problem[] {
  return [
    ...(incomplete
      ? [{ code: 'roster-incomplete', message: describeIncomplete(incomplete), ...incomplete }]
      : []),
    ...(matches.length > 0 && !incomplete?.renumbered
      ? [peopleToMatch(matches, { onlyAdds: incomplete !== undefined, isAccepted })]
      : []),
    ...(unclearUnitIds.length > 0 ? [unclearUnits(unclearUnitIds)] : []),
    ...(newer ? [{ code: 'roster-outdated', message: OUTDATED, schoolId, newerTakenAt: newer }] : []),
  ];
}

/** `accepted`: the list was taken as a whole, so that each of these people is all there is to decide. */
function peopleToMatch(
  matches: readonly PersonMatch[],
  { onlyAdds, isAccepted }: { onlyAdds: boolean; isAccepted: boolean },
): Problem {
  const people = peopleIn(matches);
  return {
    code: 'people-to-match',
    message: `Людей под новыми номерами: ${count(people)}. Пока вы не решите, прежние ли это люди, никто из них не исключён и не добавлен${onlyAdds ? '' : '. Остальное в выгрузке уже применено'}`,
    people,
    ...(isAccepted ? { accepted: true } : {}),
  };
}

/** A problem names at most so many ids and counts the others. */
const NAMED_UNITS = 100;

function unclearUnits(ids: readonly string[]): Problem {
  return {
    code: 'unit-days-unclear',
    message: `Новых классов и групп с неясным сроком: ${count(ids.length)}. Чатов у них не будет, пока срок не станет ясен`,
    unitIds: ids.slice(0, NAMED_UNITS),
  };
}

const OUTDATED = 'Выгрузка старше той, что уже принята: по этой школе ничего не изменено';
