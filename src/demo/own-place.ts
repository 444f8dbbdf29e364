import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Config } from '../config.ts';
import type { Sql } from '../store/database.ts';
import { singleClient } from '../store/single-client.ts';
import { sure } from '../sure.ts';
import type { DemoOptions } from './demo-options.ts';

/**
 * The key under which a database stores which demonstration it holds. The schools of both sizes have the same ids,
 * and one must not be taken for a change of the other.
 */
const MARK = 'demo';

const kindOf = ({ rosterDir, size }: DemoOptions): string => (rosterDir === null ? size : 'roster');

/**
 * Removes the data of another demonstration that worked here before, so that the embedded database and the sandbox
 * begin anew.
 * @throws where the database is not the embedded one; the text says what to do
 */
export async function takePlace(ownerUrl: string, config: Config, options: DemoOptions): Promise<boolean> {
  const client = singleClient({ connectionString: ownerUrl });
  await client.connect();
  try {
    const { rows: known } = await client.query<{ there: boolean }>(
      `select to_regclass('public.setting') is not null as there`,
    );
    if (!sure(known[0]).there) return false;
    const { rows } = await client.query<{ kind: string }>(
      `select value #>> '{}' as kind from setting where key = $1`,
      [MARK],
    );
    const before = rows[0]?.kind;
    // What is wrong with the schools of a region was done to them: it cannot be done twice.
    if (before === undefined || (before === kindOf(options) && before !== 'region')) return false;
    if (config.database.url !== null) {
      throw new Error(
        `this database holds another demonstration (${before}): name an empty one in DATABASE_URL, or unset it`,
      );
    }
    await client.query(
      'drop schema if exists bullmq cascade; drop schema public cascade; create schema public; grant usage on schema public to public',
    );
    await rm(join(config.dataDir, 'sandbox.json'), { force: true });
    return true;
  } finally {
    await client.end();
  }
}

/** Notes which demonstration the database holds. */
export async function markPlace(db: Sql, options: DemoOptions): Promise<void> {
  await sql`insert into setting (key, value) values (${MARK}, to_jsonb(${kindOf(options)}::text))
    on conflict (key) do update set value = excluded.value`.execute(db);
}
