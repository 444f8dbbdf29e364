import type { Day } from '../desired/model.ts';
import { keysOf } from '../keys-of.ts';
import { count } from '../text/numbers.ts';
import type { RosterSize, SizedKind } from './roster-size.ts';

/** A school of whose roster suspiciously much is missing. */
export interface IncompleteSchool {
  schoolId: string;
  /** Kinds of rows of which too many are missing. */
  lost: { kind: SizedKind; before: number; after: number }[];
  /** Classes that had pupils or teachers, and that the file states without any. */
  emptiedClassIds: string[];
  /**
   * Classes and groups that run today and have ended by the file, where they are too many at once and it is not the
   * turn of the year.
   */
  endingIds: string[];
  /** People who stand in the file under other ids, where they are too many to be chance (K4). */
  renumbered?: number;
}

/**
 * A kind of rows is suspicious when it shrinks by more than this share and by at least the number below (J2). A kind
 * of which nothing is left is always suspicious.
 */
const LOST_SHARE = 0.1;
const LOST_COUNT: Readonly<Record<SizedKind, number>> = {
  users: 20,
  pupils: 20,
  teachers: 5,
  guardians: 20,
  classes: 20,
  groups: 20,
};
/** Units that end at once are suspicious from this share and this number on (D11). */
const ENDING_SHARE = 0.1;
const ENDING_COUNT = 5;
/** The turn of the year, month and day, when many classes may end at once (D11). */
const TURN = { from: '05-15', to: '09-15' };

/**
 * Gives the schools whose roster looks cut (J2) or ends many classes at once (D11). Both sides are by school id. A
 * school that had no roster before, or of which the file says nothing, is never among them. A class that the file
 * does not name any more was closed, not emptied.
 */
export function looksIncomplete(
  before: ReadonlyMap<string, RosterSize>,
  after: ReadonlyMap<string, RosterSize>,
  day: Day,
): IncompleteSchool[] {
  const found: IncompleteSchool[] = [];
  for (const [schoolId, now] of after) {
    const then = before.get(schoolId);
    if (then === undefined || then.counts.users === 0) continue;
    const lost = keysOf(LOST_COUNT)
      .map((kind) => ({ kind, before: then.counts[kind], after: now.counts[kind] }))
      .filter(isCut);
    const emptiedClassIds = emptiedClasses(then, now);
    const endingIds = isTurnOfYear(day) ? [] : ending(then, now);
    if (lost.length + emptiedClassIds.length + endingIds.length > 0) {
      found.push({ schoolId, lost, emptiedClassIds, endingIds });
    }
  }
  return found;
}

/**
 * Adds to the judgement the people who have come under other ids. Applied as it stands, such a file would take them out
 * of their chats and their profiles away from them. `users`: the people who were known before.
 */
export function withRenumbered(
  found: IncompleteSchool | undefined,
  { schoolId, renumbered, users }: { schoolId: string; renumbered: number; users: number },
): IncompleteSchool | undefined {
  if (renumbered < LOST_COUNT.users || renumbered <= users * LOST_SHARE) return found;
  return { ...(found ?? { schoolId, lost: [], emptiedClassIds: [], endingIds: [] }), renumbered };
}

function isCut({ kind, before, after }: { kind: SizedKind; before: number; after: number }): boolean {
  const lost = before - after;
  return (before > 0 && after === 0) || (lost >= LOST_COUNT[kind] && lost > before * LOST_SHARE);
}

function emptiedClasses(then: RosterSize, now: RosterSize): string[] {
  const emptied = (['pupils', 'teachers'] as const).flatMap((of) =>
    [...then.rolls]
      .filter(([id, roll]) => roll[of] > 0 && now.rolls.get(id)?.[of] === 0 && now.running.classes.has(id))
      .map(([id]) => id),
  );
  return [...new Set(emptied)].sort();
}

function ending(then: RosterSize, now: RosterSize): string[] {
  return (['classes', 'groups'] as const).flatMap((of) => {
    const ended = [...then.running[of]].filter((id) => !now.running[of].has(id)).sort();
    return ended.length >= ENDING_COUNT && ended.length >= then.running[of].size * ENDING_SHARE ? ended : [];
  });
}

function isTurnOfYear(day: Day): boolean {
  const date = day.slice(5);
  return date >= TURN.from && date <= TURN.to;
}

const KINDS: Readonly<Record<SizedKind, string>> = {
  users: 'людей',
  pupils: 'зачислений',
  teachers: 'назначений учителей',
  guardians: 'связей с родителями',
  classes: 'классов',
  groups: 'предметных групп',
};

/** Describes the loss in Russian, with the numbers. It names no person. */
export function describeIncomplete({
  lost,
  emptiedClassIds,
  endingIds,
  renumbered,
}: IncompleteSchool): string {
  const parts = lost.map(
    ({ kind, before, after }) => `${KINDS[kind]} было ${count(before)}, стало ${count(after)}`,
  );
  if (emptiedClassIds.length > 0)
    parts.push(`классов без учеников или учителей: ${count(emptiedClassIds.length)}`);
  if (endingIds.length > 0) parts.push(`классов и групп кончается сразу: ${count(endingIds.length)}`);
  const looks = parts.length === 0 ? '' : `Выгрузка похожа на неполную: ${parts.join('; ')}. `;
  return renumbered === undefined
    ? `${looks}Никто не исключён; примите её, если она верна`
    : `Людей под новыми номерами: ${count(renumbered)}. ${looks}Ничего не изменено: решите, прежние ли это люди`;
}
