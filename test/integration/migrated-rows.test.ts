/** What a migration does to rows that exist. The wall hides them from everybody without their school. */
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { Abandoned } from '../../migrations/0034-abandoned.ts';
import { asOwner, everywhere } from '../support/everywhere.ts';
import { startHalves } from '../support/halves.ts';

/** The statements of a migration. */
function statementsOf(migration: { prototype: object }): string {
  const statements: string[] = [];
  const recorder = Object.create(migration.prototype) as { addSql(one: string): void; up(): void };
  recorder.addSql = (one) => void statements.push(one);
  recorder.up();
  return statements.join(';');
}

test('a chat that was set aside as doubled, and that a row holds all the same, is known as abandoned', async () => {
  await using halves = await startHalves();
  const school = await halves.importSchool();
  await halves.initialize(school, ['staff']);
  await halves.workAll();
  await sql`insert into journal (school_id, at, what, chat_id, cause, details, author_id, author_kind)
    select school_id, now(), 'sferum-duplicate', id, 'test', jsonb_build_object('peerId', peer_id), 'sferum', 'system'
    from chat`.execute(everywhere(halves.ctx));
  await asOwner(halves.ctx, 'alter table chat drop column abandoned');
  await asOwner(halves.ctx, `begin; ${statementsOf(Abandoned)}; commit`);
  const { rows } = await sql<{ known: boolean }>`
    select abandoned = jsonb_build_array(jsonb_build_object('ownerId', owner_id, 'peerId', peer_id, 'done', true)) as known
    from chat`.execute(everywhere(halves.ctx));
  expect(rows).toEqual([{ known: true }]);
});

/** The migration that built the wall. */
const WALL = '0020';
const FOLDER = resolve(import.meta.dirname, '../../migrations');
const later = readdirSync(FOLDER).filter((name) => /^\d{4}-/.test(name) && name.slice(0, WALL.length) > WALL);

test.each(later)('%s changes rows past the wall, or none', async (name) => {
  const migration = Object.values(await import(join(FOLDER, name))).find((one) => typeof one === 'function')!;
  const outside = statementsOf(migration).replace(/\$\$.*?\$\$/gs, '');
  const changes = /(^|;)\s*(--[^\n]*\s*)*(update|delete from|insert into)\b/m.test(outside);
  expect(changes).toBe(outside.includes(' no force row level security'));
});
