import type { Day } from '../desired/model.ts';
import type { RosterSize, SizedKind } from './roster-size.ts';

/** A school of which suspiciously much is missing. */
export interface IncompleteSchool {
  schoolId: string;
  /** Kinds of rows that are fewer than they may be. */
  lost: { kind: SizedKind; before: number; after: number }[];
  /** Classes that had pupils, or teachers, and are stated without any. */
  emptiedClassIds: string[];
  /** Classes and groups that run today and by the file do not, too many at once outside the turn of the year. */
  endingIds: string[];
}

/** J2: fewer by more than this share, and by at least this many. A kind of which nothing is left is always too few. */
const LOST_SHARE = 0.1;
const LOST_COUNT: Readonly<Record<SizedKind, number>> = {
  users: 20,
  pupils: 20,
  teachers: 5,
  guardians: 20,
  classes: 20,
  groups: 20,
};
/** D11: ending at once, by at least this share and number. */
const ENDING_SHARE = 0.1;
const ENDING_COUNT = 5;
/** D11: the turn of the year, month and day. */
const TURN = { from: '05-15', to: '09-15' };

/**
 * The schools whose roster looks cut (J2), or ends many classes at once (D11). Both sides by school id; a school without
 * a roster before, or of which the file says nothing, is never among them. A class that is not in the file any more was
 * closed, not emptied.
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
    const lost = (Object.keys(LOST_COUNT) as SizedKind[])
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

/** In Russian, with the numbers; names no person. */
export function describeIncomplete({ lost, emptiedClassIds, endingIds }: IncompleteSchool): string {
  const parts = lost.map(({ kind, before, after }) => `${KINDS[kind]} было ${before}, стало ${after}`);
  if (emptiedClassIds.length > 0) parts.push(`классов без учеников или учителей: ${emptiedClassIds.length}`);
  if (endingIds.length > 0) parts.push(`классов и групп кончается сразу: ${endingIds.length}`);
  return `Выгрузка похожа на неполную: ${parts.join('; ')}. Никто не исключён; примите её, если она верна`;
}
