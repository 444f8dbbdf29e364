import { sql } from 'kysely';
import type { Author } from '../author.ts';
import type { Context } from '../context.ts';
import { afterFollowing } from '../follow/follow-events.ts';
import { type Followed, followFacts } from '../follow/follow-facts.ts';
import { renamePeople } from '../matching/rename-people.ts';
import { followRelinked, wakeRelinked } from '../profile/follow-profiles.ts';
import { profilesOf } from '../profile/profile-links.ts';
import { holdAllProfiles, type Relinked, settleProfiles } from '../profile/settle-profiles.ts';
import { notFound, Refusal } from '../refusal.ts';
import { noteLines } from '../rows/journal.ts';
import { judgeImportAgain } from '../rows/operation-import.ts';
import { decidePairs } from '../rows/person-match.ts';
import type { Sql } from '../store/database.ts';
import type { Renaming } from '../store/renaming.ts';
import { momentOf } from '../store/school-day.ts';

/** A person's word on people whom a list names under new ids (K4). */
interface PeopleDecision {
  schoolId: string;
  /** The pairs; null for all that wait and are in no doubt. */
  pairs: readonly Renaming[] | null;
  /** Whether each pair is one person. */
  same: boolean;
  by: Author;
}

/**
 * Decides pairs. Everything of the old id belongs to the new one in the same transaction. Right after it the list that
 * named the people is judged again: with them it says what is known. A decision that was made before is made again
 * without effect. It is final: the next list would name the new id again, and rows of both people would be mixed.
 * Returns the number of pairs that this call decided.
 * @throws Refusal(404) where nobody has proposed one of the pairs; Refusal(409) where one was decided otherwise, names a
 *   person for the second time, or where the two have different VK profiles. Nothing is decided then.
 */
export async function decidePeople(ctx: Context, decision: PeopleDecision): Promise<number> {
  const { schoolId } = decision;
  const done = await ctx.db.holdingSchool(schoolId, ({ sql: tx }) => decideWithin(ctx, tx, decision));
  await afterPeople(ctx, schoolId, done);
  ctx.wake('operations', { schoolId });
  return done.decided;
}

interface Done {
  decided: number;
  relinked: readonly Relinked[];
  followed: Followed | null;
}
export const NOTHING_DONE: Done = { decided: 0, relinked: [], followed: null };

async function decideWithin(
  ctx: Context,
  tx: Sql,
  { schoolId, pairs, same, by }: PeopleDecision,
): Promise<Done> {
  const state = same ? 'same' : 'other';
  const known = await knownPairs(tx, schoolId);
  const asked = pairs?.map((pair) => findIn(known, pair)) ?? known.filter(isCertain);
  const open = asked.filter((pair) => pair.state !== state);
  refuseWrong(open, asked, same);
  const done = await settlePairs(ctx, tx, open, { schoolId, state, by });
  for (const id of new Set(open.map((pair) => pair.operationId)))
    await judgeImportAgain(tx, { schoolId, id });
  return done;
}

/**
 * Approves, together with a list as a whole, what it says of people under new ids: each is the person of the old id,
 * and nobody leaves a chat. Those in doubt stay as they are. `tx` holds the school.
 */
export async function takeForTheSame(
  ctx: Context,
  tx: Sql,
  { schoolId, id }: { schoolId: string; id: string },
  by: Author,
): Promise<Done> {
  const open = (await knownPairs(tx, schoolId)).filter((pair) => pair.operationId === id && isCertain(pair));
  return settlePairs(ctx, tx, open, { schoolId, state: 'same', by });
}

/** Lets chats, profiles and jobs follow once the transaction has ended. */
export async function afterPeople(ctx: Context, schoolId: string, done: Done): Promise<void> {
  wakeRelinked(ctx, done.relinked);
  await afterFollowing(ctx, schoolId, done.followed);
}

async function settlePairs(
  ctx: Context,
  tx: Sql,
  open: readonly KnownPair[],
  { schoolId, state, by }: { schoolId: string; state: 'same' | 'other'; by: Author },
): Promise<Done> {
  if (open.length === 0) return NOTHING_DONE;
  const same = state === 'same';
  const at = new Date(ctx.clock.now());
  await holdAllProfiles(tx);
  await decidePairs(tx, schoolId, open, { state, at });
  const cause = `people:${ctx.newId()}`;
  const met = same ? await knownAmong(tx, schoolId, open) : [];
  if (same) await renamePeople(tx, schoolId, open);
  await noteLines(
    tx,
    { schoolId, at, cause, author: by },
    open.map(({ oldId, newId }) => ({ what: 'person-match', personId: newId, details: { oldId, same } })),
  );
  return { decided: open.length, ...(await followMet(ctx, tx, schoolId, met, { cause, by, at })) };
}

/** Gives the new ids of which something was known before. There two people become one, and not only an id changes. */
async function knownAmong(tx: Sql, schoolId: string, pairs: readonly Renaming[]): Promise<string[]> {
  const ids = sql`any(${pairs.map(({ newId }) => newId)}::text[])`;
  const { rows } = await sql<{ id: string }>`
    select id from person where school_id = ${schoolId} and id = ${ids}
    union select person_id from profile_link where school_id = ${schoolId} and person_id = ${ids}
    union select person_id from membership where school_id = ${schoolId} and person_id = ${ids}`.execute(tx);
  return rows.map(({ id }) => id);
}

/** Lets profiles and chats follow where two people became one. Where only ids changed there is nothing to follow. */
async function followMet(
  ctx: Context,
  tx: Sql,
  schoolId: string,
  met: readonly string[],
  { cause, by, at }: { cause: string; by: Author; at: Date },
): Promise<Omit<Done, 'decided'>> {
  if (met.length === 0) return { relinked: [], followed: null };
  const settled = await settleProfiles(tx, await profilesOf(tx, schoolId, met), momentOf(ctx));
  const relinked = [...settled, ...met.map((personId) => ({ schoolId, personId }))];
  await followRelinked(tx, relinked, { cause, priority: 'person', at });
  const how = { cause, author: by, priority: 'person', operationId: null, at } as const;
  return { relinked, followed: await followFacts(ctx, tx, schoolId, how) };
}

interface KnownPair extends Renaming {
  state: 'open' | 'same' | 'other';
  doubt: string | null;
  operationId: string;
}

async function knownPairs(tx: Sql, schoolId: string): Promise<KnownPair[]> {
  const { rows } = await sql<KnownPair>`
    select old_id as "oldId", new_id as "newId", state, doubt, operation_id as "operationId" from person_match
    where school_id = ${schoolId}`.execute(tx);
  return rows;
}

const isCertain = ({ state, doubt }: KnownPair) => state === 'open' && doubt === null;

function findIn(known: readonly KnownPair[], { oldId, newId }: Renaming): KnownPair {
  const found = known.find((pair) => pair.oldId === oldId && pair.newId === newId);
  if (!found) throw notFound();
  return found;
}

/** `open`: the asked pairs that still wait for this decision. */
function refuseWrong(open: readonly KnownPair[], asked: readonly KnownPair[], same: boolean): void {
  if (open.some(({ state }) => state !== 'open')) throw new Refusal(409, 'person-decided', DECIDED);
  if (!same) return;
  if (open.some(({ doubt }) => doubt === 'profile')) throw new Refusal(409, 'profiles-differ', DIFFER);
  for (const side of ['oldId', 'newId'] as const) {
    if (new Set(asked.map((pair) => pair[side])).size < asked.length) {
      throw new Refusal(409, 'person-twice', TWICE);
    }
  }
}

const DECIDED = 'Об этих людях уже решено иначе';
const DIFFER = 'У прежнего и нового человека разные профили VK: исправьте это в СГО или отмените привязку';
const TWICE = 'Один человек назван дважды';
