import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { ensureDataDir } from '../data-dir.ts';
import { erasureKeyId, findErasureKey } from '../roster/erasure-key.ts';
import { instant, type Sql } from '../store/database.ts';

/** What an erasure did: no name and no id stands in it. */
export interface Act {
  id: string;
  schoolId: string;
  at: string;
  ground: string;
  retentionDays: number;
  people: number;
  /** Rows erased or changed, by table. */
  rows: Record<string, number>;
  /** Keyed hashes of the ids. */
  hashes: string[];
}

const ACTS_FILE = 'erasures.jsonl';
const OWNER_ONLY = 0o600;

/** Acts of a school, the newest first. */
export async function listActs(
  db: Sql,
  schoolId: string,
  { page, perPage }: { page: number; perPage: number },
): Promise<{ items: Act[]; total: number }> {
  const { rows } = await actRows(
    db,
    sql`school_id = ${schoolId} order by at desc, id limit ${perPage} offset ${(page - 1) * perPage}`,
  );
  const counted = await sql<{ n: number }>`
    select count(*)::int as n from erasure where school_id = ${schoolId}`.execute(db);
  return { items: rows.map(actOf), total: counted.rows[0]!.n };
}

/**
 * Adds the school's acts to the file of acts in DATA_DIR, which outlives a restore of the database; before them stands
 * the sealed key of their hashes, which a backup from before the first erasure does not have. Only then are they
 * marked: one that a crash cut off is added again, which does no harm.
 */
export async function fileActs(ctx: Context, schoolId: string): Promise<void> {
  const db = ctx.db.of(schoolId);
  const { rows } = await actRows(db, sql`school_id = ${schoolId} and not filed order by at, id`);
  if (rows.length === 0) return;
  const key = await findErasureKey(ctx, db, schoolId);
  ensureDataDir(ctx.config.dataDir);
  const keyLine = key === null ? [] : [{ schoolId, keyId: erasureKeyId(key), keySealed: key.sealed }];
  const lines = [...keyLine, ...rows.map(actOf)].map((line) => `${JSON.stringify(line)}\n`).join('');
  await appendFile(join(ctx.config.dataDir, ACTS_FILE), lines, { mode: OWNER_ONLY, flush: true });
  await sql`update erasure set filed = true where school_id = ${schoolId}
    and id = any(${rows.map((row) => row.id)}::uuid[])`.execute(db);
}

interface Row extends Omit<Act, 'people'> {
  at: string;
}

function actRows(db: Sql, which: ReturnType<typeof sql>) {
  return sql<Row>`select id, school_id as "schoolId", at, ground, retention_days as "retentionDays", rows,
    digests as hashes from erasure where ${which}`.execute(db);
}

function actOf({ id, schoolId, at, ground, retentionDays, rows, hashes }: Row): Act {
  return { id, schoolId, at: instant(at), ground, retentionDays, people: hashes.length, rows, hashes };
}
