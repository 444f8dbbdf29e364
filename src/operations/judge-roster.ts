/** Judges a list before anything of it is applied: whether a later one was there, and what a person must decide. */
import type { Context } from '../context.ts';
import { stampOf } from '../facts/stamp.ts';
import { type PersonMatch, peopleIn } from '../matching/match-people.ts';
import { matchesInList } from '../matching/people-in-list.ts';
import { readingUnderCurrentIds } from '../roster/current-ids.ts';
import { statementsOfErased } from '../roster/erased.ts';
import { type IncompleteSchool, looksIncomplete, withRenumbered } from '../roster/looks-incomplete.ts';
import { type MergedReading, outdatedSchools } from '../roster/merge-roster.ts';
import { sizeOf, storedSize } from '../roster/roster-size.ts';
import { loadStaged, type StagedReading } from '../roster/staged.ts';
import { readingWithoutErased } from '../roster/without-erased.ts';
import type { Sql } from '../store/database.ts';
import type { OperationOf } from '../store/operation-params.ts';
import { momentOf, timeOf } from '../store/school-day.ts';
import { sure } from '../sure.ts';

export interface JudgedRoster {
  /** What the list says of the school, as it is read now (`asOfNow`). */
  reading: MergedReading;
  /** When a later roster, which was merged whole, was taken. This one changes nothing then. */
  newer: string | undefined;
  /** What makes the list look incomplete (J2), unless a person has accepted it. */
  incomplete: IncompleteSchool | undefined;
  /** Pairs of people about whom a person is asked (K4). */
  matches: readonly PersonMatch[];
}

/** The judgement of a list that nobody needs to look at. */
export const NO_QUESTION = { newer: undefined, incomplete: undefined, matches: [] } as const;

/** Judges what a roster says of one school: `sent`, or what is staged. It changes nothing. */
export async function judgeRoster(
  ctx: Context,
  tx: Sql,
  operation: OperationOf<'roster-import'>,
  { schoolId, sent }: { schoolId: string; sent: StagedReading | null },
): Promise<JudgedRoster> {
  const { accepted, takenAt } = operation.params;
  const said = sent ?? (await loadStaged(tx, schoolId, operation.id));
  if (!said) throw new Error('what this import says is gone');
  const reading = await asOfNow(ctx, tx, { schoolId, takenAt }, said);
  const newer = await newerThan(tx, schoolId, takenAt);
  if (newer) return { ...NO_QUESTION, reading, newer };
  const matches = await matchesInList(tx, schoolId, sure(reading.schools[0]));
  const incomplete = accepted ? undefined : await whatIsMissing(ctx, tx, schoolId, { reading, matches });
  return { reading, newer, incomplete, matches };
}

/** Gives when a later roster than `takenAt` (ISO 8601), which was merged whole, was taken; undefined where none was. */
export async function newerThan(tx: Sql, schoolId: string, takenAt: string): Promise<string | undefined> {
  return (await outdatedSchools(tx, [schoolId], stampOf(takenAt, '').at)).get(schoolId);
}

/**
 * The reading under the ids that people have now (K4), and without what a roster of that time still says of people who
 * were erased.
 */
export async function asOfNow<Reading extends MergedReading>(
  ctx: Context,
  db: Sql,
  { schoolId, takenAt }: { schoolId: string; takenAt: string },
  reading: Reading,
): Promise<Reading> {
  const current = await readingUnderCurrentIds(db, schoolId, reading);
  const isErased = await statementsOfErased(ctx, db, schoolId, takenAt);
  return isErased ? readingWithoutErased(current, (personId) => isErased(personId, takenAt)) : current;
}

/**
 * Says what makes the school's part of the file look incomplete on the school's own day (J2, D11), if anything does.
 */
async function whatIsMissing(
  ctx: Context,
  tx: Sql,
  schoolId: string,
  { reading: { schools, unclear }, matches }: { reading: StagedReading; matches: readonly PersonMatch[] },
): Promise<IncompleteSchool | undefined> {
  const { today: day } = await timeOf(tx, schoolId, momentOf(ctx));
  const before = await storedSize(tx, schoolId, day);
  if (before === null) return undefined;
  const after = sizeOf(sure(schools[0]), unclear, day);
  const [found] = looksIncomplete(new Map([[schoolId, before]]), new Map([[schoolId, after]]), day);
  const renumbered = peopleIn(matches);
  return withRenumbered(found, { schoolId, renumbered, users: before.counts.users });
}
