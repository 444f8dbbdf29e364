/** Backup and restore by the scripts that operators are given, with PostgreSQL's own tools; then `npm run adopt`. */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { CHAT_TYPES } from '../../src/desired/model.ts';
import { migrate } from '../../src/store/migrate.ts';
import { startProgram } from '../support/child-process.ts';
import { everywhere } from '../support/everywhere.ts';
import { type Halves, startHalves } from '../support/halves.ts';
import { POSTGRES_IS_INSTALLED, startOwnPostgres } from '../support/own-postgres.ts';

const SCRIPTS = join(import.meta.dirname, '../../ops/backup');

/** Gives the number of rows in tables that decide something, and the number of walls between schools. */
async function contents({ ctx }: Halves): Promise<unknown> {
  const { rows } =
    await sql`select (select count(*) from person) as people, (select count(*) from enrollment) as places,
    (select count(*) from chat) as chats, (select count(*) from membership) as members,
    (select count(*) from journal) as journal, (select max(access_token_sealed) from sferum_account) as sealed,
    (select count(*) from pg_policies where schemaname = 'public') as walls`.execute(everywhere(ctx));
  return rows;
}

describe.runIf(POSTGRES_IS_INSTALLED)('a backup', () => {
  test('is restored by the scripts into another database, is adopted, and nothing is made twice', async () => {
    await using server = await startOwnPostgres();
    await server.psql('postgres', 'create role sferum_owner login createrole');
    await server.psql('postgres', 'create role sferum_backup login bypassrls');
    await server.psql('postgres', 'grant pg_read_all_data to sferum_backup');
    await server.psql('postgres', 'create database first owner sferum_owner');
    await migrate(server.url('first', 'sferum_owner'));
    await using lost = await startHalves({ databaseUrl: server.url('first', 'sferum_owner') });
    const school = await lost.importSchool();
    await lost.initialize(school, [...CHAT_TYPES]);
    await lost.workAll();
    const before = await contents(lost);

    const dir = await mkdtemp(join(tmpdir(), 'sferum-sync-backup-'));
    try {
      const file = join(dir, 'sferum.dump');
      await server.script(join(SCRIPTS, 'backup.sh'), server.url('first', 'sferum_backup'), file);
      expect((await stat(file)).mode & 0o077).toBe(0);

      await server.psql('postgres', 'create database second owner sferum_owner');
      const url = server.url('second', 'sferum_owner');
      await server.script(join(SCRIPTS, 'restore.sh'), url, file);
      await migrate(url);
      await using restored = await startHalves({ databaseUrl: url, beside: lost });
      expect(await contents(restored)).toEqual(before);

      const { chats } = lost.sandbox.world;
      const inSferum = chats.size;
      for (const args of [[], ['--confirm']]) {
        await using adopt = startProgram('adopt', restored.env, args);
        expect([args, await adopt.ended, adopt.lines]).toEqual([args, 0, expect.any(Array)]);
      }
      await restored.workAll();
      expect(await restored.differences()).toEqual([]);
      expect(restored.duplicates()).toEqual([]);
      expect(chats.size).toBe(inSferum);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });

  test('that is no backup leaves the database empty', async () => {
    await using server = await startOwnPostgres();
    await server.psql('postgres', 'create role sferum_owner login createrole');
    await server.psql('postgres', 'create database empty owner sferum_owner');
    const url = server.url('empty', 'sferum_owner');
    await expect(server.script(join(SCRIPTS, 'restore.sh'), url, import.meta.filename)).rejects.toThrow();
    await expect(server.psql('empty', 'select from school')).rejects.toThrow('school');
  });
});
