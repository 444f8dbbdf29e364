import { readFile } from 'node:fs/promises';
import { sql } from 'kysely';
import { z } from 'zod';
import { DAY_MS } from '../clock.ts';
import type { Context } from '../context.ts';
import { writeErased } from '../roster/erased.ts';
import {
  adoptErasureKey,
  digestOfId,
  type ErasureKey,
  erasureKeyId,
  findErasureKey,
  openErasureKey,
} from '../roster/erasure-key.ts';
import { leaveAllLists } from '../rows/membership.ts';
import { SealError } from '../secrets.ts';
import type { Sql } from '../store/database.ts';
import { fileActs } from './acts.ts';
import { erase, retentionDays } from './erase.ts';

const actLine = z.object({
  schoolId: z.string(),
  at: z.iso.datetime().transform((at) => new Date(at)),
  retentionDays: z.int().min(0),
  ground: z.string(),
  hashes: z.array(z.string()),
});
const keyLine = z.object({ schoolId: z.string(), keyId: z.string(), keySealed: z.string() });

type ActLine = z.infer<typeof actLine>;
type KeyLine = z.infer<typeof keyLine>;

interface OfSchool {
  acts: ActLine[];
  keys: KeyLine[];
}

/**
 * Erases again, after a restore, the people whom the file of acts names (K6). It also keeps their hashes, so that old
 * statements of СГО do not bring them back. A person who was stated after the erasure counts as a new person and stays.
 * Returns the number of erased people by school. Throws where a line is no act, or where the key of its hashes is
 * missing.
 */
export async function eraseAgain(ctx: Context, file: string): Promise<Record<string, number>> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter((text) => text.trim() !== '');
  const schools = new Map<string, OfSchool>();
  const ofSchool = (id: string) => {
    const known = schools.get(id) ?? { acts: [], keys: [] };
    schools.set(id, known);
    return known;
  };
  for (const line of lines.map((text) => z.union([keyLine, actLine]).parse(JSON.parse(text)))) {
    if ('keyId' in line) ofSchool(line.schoolId).keys.push(line);
    else ofSchool(line.schoolId).acts.push(line);
  }
  const done: Record<string, number> = {};
  for (const [schoolId, { acts, keys }] of schools) {
    if (acts.length > 0) done[schoolId] = await eraseNamed(ctx, schoolId, acts, keys);
  }
  return done;
}

async function eraseNamed(
  ctx: Context,
  schoolId: string,
  acts: readonly ActLine[],
  keys: readonly KeyLine[],
): Promise<number> {
  const named = namedBy(acts);
  const count = await ctx.db.holdingSchool(schoolId, async ({ sql: tx }) => {
    const school = await tx.selectFrom('school').select('id').where('id', '=', schoolId).executeTakeFirst();
    if (!school) return 0;
    const key = await keyOfActs(ctx, tx, schoolId, keys);
    await writeErased(
      tx,
      schoolId,
      [...named].map(([digest, when]) => ({ digest, ...when })),
    );
    const people = (await everybody(tx, schoolId)).flatMap(({ id, statedAt }) => {
      const when = named.get(digestOfId(key, schoolId, id));
      return when && (statedAt === null || statedAt <= when.erasedAt) ? [{ id, at: when.departedAt }] : [];
    });
    if (people.length === 0) return 0;
    const days = await retentionDays(ctx, tx, schoolId);
    // A person who stands in a list of members is taken out at Sferum by the next plan, as a stranger.
    const ids = people.map(({ id }) => id);
    await leaveAllLists(tx, schoolId, ids);
    await erase(ctx, tx, { schoolId, people, ground: 'restored', retentionDays: days });
    return people.length;
  });
  await fileActs(ctx, schoolId);
  return count;
}

interface When {
  erasedAt: Date;
  /** The latest time at which the person can have departed. */
  departedAt: Date;
}

/**
 * Returns by hash when the person was last erased and had departed at the latest. The act of an earlier restore only
 * repeats an erasure, so it does not change the time of the departure.
 */
function namedBy(acts: readonly ActLine[]): Map<string, When> {
  const named = new Map<string, When>();
  for (const { at, ground, retentionDays: days, hashes } of acts) {
    const departedAt = new Date(at.getTime() - days * DAY_MS);
    for (const hash of hashes) {
      const known = named.get(hash);
      const departed = known && (ground === 'restored' || known.departedAt > departedAt) ? known : null;
      const erased = known && known.erasedAt > at ? known : null;
      named.set(hash, {
        erasedAt: erased?.erasedAt ?? at,
        departedAt: departed?.departedAt ?? departedAt,
      });
    }
  }
  return named;
}

/**
 * Returns the key of the acts' hashes. A backup from before the first erasure has none, and then the key of the file is
 * stored. Throws where the database has another key, or where no key can be opened.
 */
async function keyOfActs(
  ctx: Context,
  tx: Sql,
  schoolId: string,
  lines: readonly KeyLine[],
): Promise<ErasureKey> {
  const stored = await findErasureKey(ctx, tx, schoolId);
  const last = lines.at(-1);
  if (stored !== null) {
    if (lines.every(({ keyId }) => keyId === erasureKeyId(stored))) return stored;
    throw new Error(`${schoolId}: the acts' hashes were made with another key than the database has`);
  }
  if (last === undefined)
    throw new Error(`${schoolId}: neither the database nor the acts have the hashes' key`);
  for (const { keySealed } of lines.toReversed()) {
    try {
      openErasureKey(ctx, schoolId, keySealed);
      return await adoptErasureKey(ctx, tx, schoolId, keySealed);
    } catch (error) {
      if (!(error instanceof SealError)) throw error;
    }
  }
  throw new Error(
    `${schoolId}: no key of SECRETS_KEY opens the acts: add the one that was in use when they were written`,
  );
}

async function everybody(tx: Sql, schoolId: string): Promise<{ id: string; statedAt: Date | null }[]> {
  const { rows } = await sql<{ id: string; stated: string | null }>`
    select ids.id, p.stated_at as stated from (
      select id from person where school_id = ${schoolId}
      union select person_id from profile_link where school_id = ${schoolId}
      union select person_id from profile_claim where school_id = ${schoolId}
      union select student_id from enrollment where school_id = ${schoolId}
      union select guardian_id from guardian where school_id = ${schoolId}
      union select unnest(student_ids) from roster_order where school_id = ${schoolId}) ids
    left join person p on p.school_id = ${schoolId} and p.id = ids.id`.execute(tx);
  return rows.map(({ id, stated }) => ({ id, statedAt: stated === null ? null : new Date(stated) }));
}
