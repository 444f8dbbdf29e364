import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { ensureDataDir } from '../data-dir.ts';
import { erasureKeyId, findErasureKey } from '../roster/erasure-key.ts';
import { instant, type Sql } from '../store/database.ts';
import type { RowOf } from '../store/entities.ts';
import { oneRow } from '../store/rows.ts';

/** The record of an erasure. It has no names and no ids, because it outlives the people it is about (K6). */
interface Act {
  id: string;
  schoolId: string;
  at: string;
  ground: string;
  retentionDays: number;
  people: number;
  /** The number of rows that were erased or changed, by table. */
  rows: Record<string, number>;
  /** Keyed hashes of the erased people's ids. */
  hashes: string[];
}

const ACTS_FILE = 'erasures.jsonl';
const OWNER_ONLY = 0o600;

/** Returns the acts of a school, the newest first. */
export async function listActs(
  db: Sql,
  schoolId: string,
  { page, perPage }: { page: number; perPage: number },
): Promise<{ items: Act[]; total: number }> {
  const rows = await actsOf(db, schoolId)
    .orderBy('at', 'desc')
    .orderBy('id')
    .limit(perPage)
    .offset((page - 1) * perPage)
    .execute();
  const counted = await sql<{ n: number }>`
    select count(*)::int as n from erasure where school_id = ${schoolId}`.execute(db);
  return { items: rows.map(actOf), total: oneRow(counted.rows).n };
}

/**
 * Adds the school's new acts to the file of acts in DATA_DIR, which outlives a restore of the database. The file also
 * gets the sealed key of their hashes, because a backup from before the first erasure does not have it. The acts are
 * marked as filed only afterwards. After a crash an act may be added twice, which does no harm.
 */
export async function fileActs(ctx: Context, schoolId: string): Promise<void> {
  const db = ctx.db.of(schoolId);
  const rows = await actsOf(db, schoolId).where('filed', '=', false).orderBy('at').orderBy('id').execute();
  if (rows.length === 0) return;
  const key = await findErasureKey(ctx, db, schoolId);
  ensureDataDir(ctx.config.dataDir);
  const keyLine = key === null ? [] : [{ schoolId, keyId: erasureKeyId(key), keySealed: key.sealed }];
  const lines = [...keyLine, ...rows.map(actOf)].map((line) => `${JSON.stringify(line)}\n`).join('');
  await appendFile(join(ctx.config.dataDir, ACTS_FILE), lines, { mode: OWNER_ONLY, flush: true });
  await sql`update erasure set filed = true where school_id = ${schoolId}
    and id = any(${rows.map((row) => row.id)}::uuid[])`.execute(db);
}

function actsOf(db: Sql, schoolId: string) {
  return db.selectFrom('erasure').selectAll().where('school_id', '=', schoolId);
}

function actOf({ id, school_id, at, ground, retention_days, rows, digests }: RowOf<'erasure'>): Act {
  return {
    ...{ id, schoolId: school_id, at: instant(at), ground, retentionDays: retention_days },
    ...{ people: digests.length, rows, hashes: digests },
  };
}
