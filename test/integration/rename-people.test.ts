/**
 * K4: a person whose id changes keeps everything. No table names the old id any more, except those that keep the ids of
 * their day.
 */
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keysOf } from '../../src/keys-of.ts';
import { renamePeople } from '../../src/matching/rename-people.ts';
import { HELD } from '../../src/person-export/tables.ts';
import { type ChatWorld, linkedRoster } from '../support/chat-world.ts';
import { everywhere } from '../support/everywhere.ts';
import { startHeldWorld } from '../support/held-world.ts';
import { newIdOf, peopleOf } from '../support/new-ids.ts';

const PEOPLE = peopleOf(linkedRoster());
/**
 * These keep old ids: the journal and the access records may not be changed, a list says what СГО said, a pair names
 * both.
 */
const OF_THEIR_DAY = ['journal', 'access_record', 'staged_roster', 'person_match'];
let world: ChatWorld;
beforeEach(async () => {
  world = await startHeldWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

/** Counts how often each table names one of these ids. Tables that name none are left out. */
async function naming(ids: readonly string[]): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const table of keysOf(HELD).filter((name) => !OF_THEIR_DAY.includes(name))) {
    const { rows } = await sql<{ n: number }>`
      select count(*)::int as n from (select to_jsonb(t) as row from ${sql.table(table)} t) r,
        jsonb_path_query(r.row, 'strict $.**') v
      where v #>> '{}' = any(${[...ids]}) and jsonb_typeof(v) = 'string'
        and coalesce(r.row->>'role', '') <> 'operator'`.execute(everywhere(world.ctx));
    if (rows[0]!.n > 0) found[table] = rows[0]!.n;
  }
  return found;
}

test('every table of the export moves to the new ids, as often as it named the old ones', async () => {
  const before = await naming(PEOPLE);
  // A table that the world does not fill would prove nothing.
  const filled = keysOf(HELD).filter((name) => !OF_THEIR_DAY.includes(name) && name !== 'sferum_member');
  expect(filled.filter((name) => name !== 'sferum_account' && before[name] === undefined)).toEqual([]);
  const pairs = PEOPLE.map((oldId) => ({ oldId, newId: newIdOf(oldId) }));
  await world.ctx.db.holdingSchool('s1', ({ sql: tx }) => renamePeople(tx, 's1', pairs));
  expect(await naming(PEOPLE)).toEqual({});
  expect(await naming(PEOPLE.map(newIdOf))).toEqual(before);
  await world.settled();
  expect(await world.differences(['s1'])).toEqual([]);
});
