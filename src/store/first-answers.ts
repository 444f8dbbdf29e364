/**
 * The only writer of `first_answer`: requests that carry a key, and what the first of each key was answered. A row
 * names nobody: `digest` stands for the school, the caller and the key, `fingerprint` for the request.
 *
 *   none       ──claim────► under way   until the lease is over
 *   under way  ──keep─────► answered    until it expires
 *   under way  ──release──► none        the request may be made again
 *   under way  ──claim────► under way   its process is gone: the lease is over
 */
import { sql } from 'kysely';
import type { Sql } from './database.ts';

export interface FirstRequest {
  digest: string;
  fingerprint: string;
}

/** What stands in the way of a request with a key: the first one is under way, was another request, or was answered. */
type Earlier = 'under-way' | 'another' | { answerSealed: string };

/** Lets the request be the first of its key. Otherwise tells what the first one is. */
export async function claim(
  db: Sql,
  { digest, fingerprint }: FirstRequest,
  { at, leaseMs, keepMs }: { at: Date; leaseMs: number; keepMs: number },
): Promise<'first' | Earlier> {
  const expiresAt = new Date(at.getTime() + keepMs);
  const lost = new Date(at.getTime() - leaseMs);
  const { rows: mine } = await sql`
    insert into first_answer as f (digest, fingerprint, began_at, expires_at)
    values (${digest}, ${fingerprint}, ${at}, ${expiresAt})
    on conflict (digest) do update set fingerprint = excluded.fingerprint, began_at = excluded.began_at,
      expires_at = excluded.expires_at, answer_sealed = null
    where f.expires_at <= ${at}
      or f.answer_sealed is null and f.began_at <= ${lost} and f.fingerprint = excluded.fingerprint
    returning digest`.execute(db);
  if (mine.length > 0) return 'first';
  const { rows } = await sql<{ fingerprint: string; answerSealed: string | null }>`
    select fingerprint, answer_sealed as "answerSealed" from first_answer where digest = ${digest}`.execute(
    db,
  );
  const first = rows[0];
  // It was released at this very moment.
  if (!first) return 'under-way';
  if (first.fingerprint !== fingerprint) return 'another';
  return first.answerSealed === null ? 'under-way' : { answerSealed: first.answerSealed };
}

/** Keeps the answer for the requests that come after. */
export async function keep(db: Sql, { digest }: FirstRequest, answerSealed: string): Promise<void> {
  await db
    .updateTable('first_answer')
    .set({ answer_sealed: answerSealed })
    .where('digest', '=', digest)
    .execute();
}

/** Forgets the request, because nothing was made. */
export async function release(db: Sql, { digest }: FirstRequest): Promise<void> {
  await db
    .deleteFrom('first_answer')
    .where('digest', '=', digest)
    .where('answer_sealed', 'is', null)
    .execute();
}
