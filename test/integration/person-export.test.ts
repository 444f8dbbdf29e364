/** K6: what is held of one person is given out whole. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { OF_PERSON } from '../../src/store/queries/person-export.ts';
import { ADMIN, HOMEROOM_5A, startChatWorld } from '../support/chat-world.ts';
import { everywhere } from '../support/everywhere.ts';

test('an export holds every table with a person in a column, and to whom his data went; nobody else’s ids', async () => {
  await using world = await startChatWorld();
  const { rows } = await sql<{
    name: string;
  }>`select distinct table_name::text as name from information_schema.columns c
    join pg_class k on k.relname = c.table_name and k.relnamespace = 'public'::regnamespace and not k.relispartition
    where table_schema = 'public' and column_name ~ '^(person|student|guardian|teacher|homeroom_teacher|author)_ids?$'`.execute(
    everywhere(world.ctx),
  );
  // A linking lasts minutes and holds a secret.
  const expected = rows.map(({ name }) => name).filter((name) => name !== 'profile_linking');
  expect(Object.keys(OF_PERSON).sort()).toEqual([...expected, 'person'].sort());
  interface Export {
    held: Record<string, Record<string, unknown>[]>;
    passedTo: object[];
  }
  const path = '/v1/people/p1/export';
  const { held, passedTo } = await world.done<Export>(200, 'GET', path, ADMIN);
  expect(held.person).toMatchObject([{ id: 'p1' }]);
  expect(held.enrollment!.length).toBeGreaterThan(0);
  expect(held.membership!.length).toBeGreaterThan(0);
  expect(passedTo).toContainEqual(
    expect.objectContaining({ recipient: 'VK', chatTitle: '5А класс', state: 'in' }),
  );
  await world.done(403, 'GET', path, HOMEROOM_5A);
  await world.done(404, 'GET', '/v1/people/nobody/export', ADMIN);
});
