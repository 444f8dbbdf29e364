import { sql } from 'kysely';
import type { Author } from '../author.ts';
import type { Context } from '../context.ts';
import { chatKey } from '../desired/model.ts';
import { kinOf } from '../facts/kin.ts';
import { afterFollowing } from '../follow/follow-events.ts';
import { type Followed, followFacts } from '../follow/follow-facts.ts';
import { askAbout } from '../matching/propose-classes.ts';
import { notFound, Refusal } from '../refusal.ts';
import { continueClasses } from '../roster/continue-classes.ts';
import { decideMatches } from '../rows/class-match.ts';
import { noteLines } from '../rows/journal.ts';
import type { Sql } from '../store/database.ts';

/** A person's word on classes that may have come back under new ids (K4). */
interface ClassDecision {
  schoolId: string;
  /** The new classes; null for all that are open. */
  classIds: readonly string[] | null;
  /** Whether the chats of the old classes go on with them. */
  continues: boolean;
  by: Author;
}

/**
 * Decides proposals and lets the chats follow in the same transaction: they go on with the new classes, or these get
 * chats of their own. Returns the number of classes.
 * @throws Refusal(404) where nobody has proposed one of the classes, Refusal(409) where one of them does not wait for a
 *   decision any more. Nothing is decided then.
 */
export async function decideClasses(ctx: Context, decision: ClassDecision): Promise<number> {
  const { schoolId } = decision;
  const { decided, followed } = await ctx.db.holdingSchool(schoolId, ({ sql: tx }) =>
    decideWithin(ctx, tx, decision),
  );
  await afterFollowing(ctx, schoolId, followed);
  return decided;
}

/** The work of `decideClasses` within a transaction that holds the school. The caller wakes the chats. */
export async function decideWithin(
  ctx: Context,
  tx: Sql,
  { schoolId, classIds, continues, by }: ClassDecision,
): Promise<{ decided: number; followed: Followed | null }> {
  const at = new Date(ctx.clock.now());
  const ids = [...new Set(classIds ?? (await openClasses(tx, schoolId)))];
  if (ids.length > (await proposed(tx, schoolId, ids))) throw notFound();
  const keys = ids.map((id) => chatKey('class', id));
  const kin = await kinOf(tx, schoolId, { ids: [], keys, groups: true });
  const pairs = await decideMatches(tx, schoolId, ids, { state: continues ? 'continued' : 'other', at });
  if (pairs.length === 0 || pairs.length < ids.length) throw new Refusal(409, 'class-decided', DECIDED);
  const cause = `classes:${ctx.newId()}`;
  if (continues) await continueClasses(tx, schoolId, pairs, { at, by: cause });
  await noteLines(
    tx,
    { schoolId, at, cause, author: by },
    pairs.map((pair) => ({ what: 'class-match', details: { ...pair, continues } })),
  );
  const followed = await followFacts(ctx, tx, schoolId, {
    ...{ cause, author: by, priority: 'person', operationId: null, at },
    affected: new Map(kin.keys.map((key) => [key, cause])),
  });
  await askAbout(ctx, tx, schoolId, { by, at });
  return { decided: pairs.length, followed };
}

async function openClasses(tx: Sql, schoolId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select new_id as id from class_match where school_id = ${schoolId} and state = 'open'`.execute(tx);
  return rows.map(({ id }) => id);
}

async function proposed(tx: Sql, schoolId: string, ids: readonly string[]): Promise<number> {
  const { rows } = await sql`
    select from class_match where school_id = ${schoolId} and new_id = any(${[...ids]})`.execute(tx);
  return rows.length;
}

const DECIDED = 'Об этих классах уже решено, или решать больше нечего';
