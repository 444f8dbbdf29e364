import { sql } from 'kysely';
import type { Context } from '../context.ts';
import type { Sql } from '../store/database.ts';
import { digestOfId, erasureKeyOf, findErasureKey } from './erasure-key.ts';

/** Keeps what stays of erased people: a keyed hash of the id and when the person departed. Gives the hashes. */
export async function keepDigests(
  ctx: Context,
  tx: Sql,
  schoolId: string,
  erasedAt: Date,
  people: readonly { id: string; at: Date }[],
): Promise<string[]> {
  const key = await erasureKeyOf(ctx, tx, schoolId);
  const kept = people.map(({ id, at }) => ({
    ...{ digest: digestOfId(key, schoolId, id), erasedAt, departedAt: at },
  }));
  await writeErased(tx, schoolId, kept);
  return kept.map(({ digest }) => digest);
}

/** Stores hashes with departures. Where one id has two departures, the later counts. */
export async function writeErased(
  tx: Sql,
  schoolId: string,
  erased: readonly { digest: string; erasedAt: Date; departedAt: Date }[],
): Promise<void> {
  await sql`insert into erased as e (school_id, digest, erased_at, departed_at)
    select ${schoolId}, digest, "erasedAt", "departedAt"
    from jsonb_to_recordset(${JSON.stringify(erased)}::jsonb)
      as r(digest text, "erasedAt" timestamptz, "departedAt" timestamptz)
    on conflict (school_id, digest) do update set erased_at = greatest(e.erased_at, excluded.erased_at),
      departed_at = greatest(e.departed_at, excluded.departed_at)`.execute(tx);
}

/**
 * Whether somebody of this id was erased. Ask only about an id that the roster does not know, because a person whom
 * it names again is another person.
 */
export async function wasErased(ctx: Context, schoolId: string, personId: string): Promise<boolean> {
  const db = ctx.db.of(schoolId);
  const key = await findErasureKey(ctx, db, schoolId);
  if (key === null) return false;
  const { rows } = await sql`select from erased
    where school_id = ${schoolId} and digest = ${digestOfId(key, schoolId, personId)}`.execute(db);
  return rows.length > 0;
}

/** Whether the person is erased and a statement of that instant is from before the departure. */
type IsOfErased = (personId: string, at: string) => boolean;

/**
 * Judges statements made since `since` (ISO 8601). A statement that is older than the departure does not count any
 * more, whenever it arrives. A newer one is about a new person. Null where all statements are newer.
 */
export async function statementsOfErased(
  ctx: Context,
  tx: Sql,
  schoolId: string,
  since: string,
): Promise<IsOfErased | null> {
  const { rows } = await sql<{ digest: string; at: string }>`
    select digest, departed_at as at from erased
    where school_id = ${schoolId} and departed_at >= ${since}::timestamptz`.execute(tx);
  const key = rows.length === 0 ? null : await findErasureKey(ctx, tx, schoolId);
  if (key === null) return null;
  const departed = new Map(rows.map(({ digest, at }) => [digest, new Date(at).getTime()]));
  return (personId, at) => {
    const departedMs = departed.get(digestOfId(key, schoolId, personId));
    return departedMs !== undefined && Date.parse(at) <= departedMs;
  };
}
