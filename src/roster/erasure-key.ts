import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { Context } from '../context.ts';
import type { Sql } from '../store/database.ts';
import { SEALED_COLUMNS } from '../store/sealed-columns.ts';

const KEY_BYTES = 32;

/**
 * A school's own key for the hashes of erased ids. The key never changes, because the ids of erased people are known
 * to nobody and could not be hashed anew. It is stored sealed, so a new SECRETS_KEY seals it anew and leaves the
 * hashes as they are.
 */
export interface ErasureKey {
  bytes: Buffer;
  /** The form that the database stores. */
  sealed: string;
}

type Secrets = Pick<Context, 'secrets'>;

/** Gives the school's key; null where nobody of the school was ever erased. */
export async function findErasureKey(ctx: Secrets, db: Sql, schoolId: string): Promise<ErasureKey | null> {
  const key = await db
    .selectFrom('erasure_key')
    .select('key_sealed')
    .where('school_id', '=', schoolId)
    .executeTakeFirst();
  return key ? openErasureKey(ctx, schoolId, key.key_sealed) : null;
}

/** Gives the key and makes it at the school's first erasure. The transaction holds the school. */
export async function erasureKeyOf(ctx: Secrets, tx: Sql, schoolId: string): Promise<ErasureKey> {
  const known = await findErasureKey(ctx, tx, schoolId);
  if (known) return known;
  const sealed = ctx.secrets.seal(randomBytes(KEY_BYTES).toString('base64'), placeOf(schoolId));
  return adoptErasureKey(ctx, tx, schoolId, sealed);
}

/** Keeps a key that the database lacks: a new one, or the key of erasures that are newer than a restored backup. */
export async function adoptErasureKey(
  ctx: Secrets,
  tx: Sql,
  schoolId: string,
  sealed: string,
): Promise<ErasureKey> {
  await tx.insertInto('erasure_key').values({ school_id: schoolId, key_sealed: sealed }).execute();
  return openErasureKey(ctx, schoolId, sealed);
}

/**
 * Opens a sealed key.
 * @throws SealError where no key of SECRETS_KEY sealed it
 */
export function openErasureKey({ secrets }: Secrets, schoolId: string, sealed: string): ErasureKey {
  return { bytes: Buffer.from(secrets.open(sealed, placeOf(schoolId)), 'base64'), sealed };
}

/** Tells keys apart without opening them. It is written beside the record of each erasure. */
export function erasureKeyId({ bytes }: ErasureKey): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}

/** What stays of an id: without the key nobody can say whose it is. */
export function digestOfId({ bytes }: ErasureKey, schoolId: string, personId: string): string {
  return createHmac('sha256', bytes)
    .update(JSON.stringify([schoolId, personId]))
    .digest('base64url');
}

function placeOf(schoolId: string) {
  return { schoolId, column: SEALED_COLUMNS.erasureKey };
}
