import { readFile } from 'node:fs/promises';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { fileActs } from './acts.ts';
import { digestsOf, erase, retentionDays } from './erase.ts';

const line = z.object({
  schoolId: z.string(),
  at: z.iso.datetime().transform((at) => new Date(at)),
  hashes: z.array(z.string()),
});

/**
 * After a restore: erases again whom the file of acts names (K6). Who was stated again after his erasure is another
 * person and stays. Returns how many were erased, by school. Throws where a line is no act, before anything is done.
 */
export async function eraseAgain(ctx: Context, file: string): Promise<Record<string, number>> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter((text) => text.trim() !== '');
  const schools = new Map<string, Map<string, Date>>();
  for (const { schoolId, at, hashes } of lines.map((text) => line.parse(JSON.parse(text)))) {
    const erasedAt = schools.get(schoolId) ?? new Map<string, Date>();
    for (const hash of hashes) erasedAt.set(hash, at);
    schools.set(schoolId, erasedAt);
  }
  const done: Record<string, number> = {};
  for (const [schoolId, erasedAt] of schools) done[schoolId] = await eraseNamed(ctx, schoolId, erasedAt);
  return done;
}

async function eraseNamed(
  ctx: Context,
  schoolId: string,
  erasedAt: ReadonlyMap<string, Date>,
): Promise<number> {
  const count = await ctx.db.holdingSchool(schoolId, async ({ sql: tx }) => {
    const { rows } = await sql<{ id: string; stated: string | null }>`
      select ids.id, p.stated_at as stated from (
        select id from person where school_id = ${schoolId}
        union select person_id from profile_link where school_id = ${schoolId}
        union select student_id from enrollment where school_id = ${schoolId}
        union select guardian_id from guardian where school_id = ${schoolId}
        union select unnest(student_ids) from roster_order where school_id = ${schoolId}) ids
      left join person p on p.school_id = ${schoolId} and p.id = ids.id`.execute(tx);
    const ids = rows.flatMap(({ id, stated }) => {
      const at = digestsOf(ctx, schoolId, id).flatMap((digest) => erasedAt.get(digest) ?? [])[0];
      return at !== undefined && (stated === null || new Date(stated) <= at) ? [id] : [];
    });
    if (ids.length > 0) {
      const days = await retentionDays(ctx, tx, schoolId);
      // Where he stands in a list of members, the plan that follows takes him out at Sferum as somebody unknown.
      await sql`delete from membership where school_id = ${schoolId} and person_id = any(${ids})`.execute(tx);
      await erase(ctx, tx, { schoolId, ids, ground: 'restored', retentionDays: days });
    }
    return ids.length;
  });
  await fileActs(ctx, schoolId);
  return count;
}
