/** The demonstration works in a database of its own (contract, «Screens and board»). */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { makeSchool } from '../../src/demo/school/make-school.ts';
import { startProgram } from '../support/child-process.ts';
import { createEmptyDatabase, createTestDatabase } from '../support/database.ts';
import { TODAY } from '../support/small-world.ts';

test.each([
  ['of this version', createTestDatabase, "insert into school (id, name) values ('real-school', 'Школа')"],
  // Tables that an older version or another program may have left.
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

test('another demonstration in the same folder takes the place of the one before; the same goes on with its own', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'sferum-sync-demo-'));
  const roster = await mkdtemp(join(tmpdir(), 'sferum-sync-demo-roster-'));
  try {
    const run = async (...args: string[]) => {
      await using program = startProgram('demo', { DATA_DIR: dataDir }, ['--exit', ...args]);
      expect([args, await program.ended, program.lines.at(-1)]).toEqual([
        args,
        0,
        'Учебный Сферум содержит ровно то, что должно быть.',
      ]);
      return program.lines.some((line) => line.includes('Здесь была другая демонстрация'));
    };
    // Another school with the same ids. Nothing of the one before makes it look complete.
    const { files } = makeSchool({ seed: 11, size: 'small', today: TODAY });
    for (const [name, text] of Object.entries(files)) await writeFile(join(roster, name), text);
    expect(await run('--small')).toBe(false);
    expect(await run('--small')).toBe(false);
    expect(await run('--roster', roster)).toBe(true);
    expect(await run('--small')).toBe(true);
  } finally {
    await rm(dataDir, { recursive: true, force: true });
    await rm(roster, { recursive: true, force: true });
  }
}, 180_000);
