/** The demonstration works in a database of its own (contract, «Screens and board»). */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { startProgram } from '../support/child-process.ts';
import { createEmptyDatabase, createTestDatabase } from '../support/database.ts';

test.each([
  ['of this version', createTestDatabase, "insert into school (id, name) values ('real-school', 'Школа')"],
  // As an older version, or another program, may have left it.
  [
    'that is not migrated',
    createEmptyDatabase,
    "create table school (id text); insert into school values ('real-school')",
  ],
])(
  'a database %s that holds another school is refused before anything is written',
  async (_, create, fill) => {
    await using database = await create();
    const owner = new Client({ connectionString: database.ownerUrl });
    await owner.connect();
    const dataDir = await mkdtemp(join(tmpdir(), 'sferum-sync-demo-'));
    try {
      await owner.query(fill);
      await owner.query(`alter table school owner to ${new URL(database.url).username}`);
      const all = async () => {
        const tables = await owner.query(
          `select schemaname, relname, n_tup_ins from pg_stat_user_tables order by 1, 2`,
        );
        const schools = await owner.query('select id from school');
        return { tables: tables.rows.map(({ relname }) => relname), schools: schools.rows };
      };
      const before = await all();
      await using program = startProgram('demo', { DATABASE_URL: database.url, DATA_DIR: dataDir }, [
        '--exit',
        '--small',
      ]);
      expect(await program.ended).toBe(1);
      expect(program.lines.join('\n')).toContain('this database holds other schools (real-school)');
      expect(await all()).toEqual(before);
    } finally {
      await owner.end();
      await rm(dataDir, { recursive: true, force: true });
    }
  },
);
