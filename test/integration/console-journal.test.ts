/** The journal by work: work with more lines than one page reads still shows its whole figures. */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ConsoleWorld, createConsoleWorld, plainText } from '../support/console-world.ts';
import { addChat, addOperation } from '../support/seeds.ts';

/** More lines than one page reads. */
const LINES = 6_200;

let world: ConsoleWorld;
beforeAll(async () => {
  world = await createConsoleWorld();
  const chat = await addChat(world.db, 's1', { type: 'class', title: '5А класс', members: {} });
  const at = new Date(world.ctx.clock.now() - 60_000).toISOString();
  const note = (cause: string, lines: number) => sql`
    insert into journal (school_id, at, what, chat_id, person_id, cause, author_id, author_kind, details)
    select 's1', now(), 'add', ${chat}, 'p' || n, ${cause}, 'admin', 'person', '{}'
    from generate_series(1, ${sql.lit(lines)}) n`;
  await note('edit:before', 1).execute(world.db.of('s1'));
  const run = await addOperation(world.db, {
    ...{ school_id: 's1', kind: 'initialization', state: 'succeeded', created_at: at, started_at: at },
    ...{ finished_at: at, created_by: 'admin', created_by_kind: 'person', result: {} },
  });
  await note(`initialization:${run}`, LINES).execute(world.db.of('s1'));
});
afterAll(() => world[Symbol.asyncDispose]());

test('an initialisation of many lines is counted whole, and what was before it comes next', async () => {
  const page = await world.page('/changes');
  expect(plainText(page)).toContain('+6 200');
  const next = /href="([^"]*before=[^"]*)"[^>]*>Более ранние/.exec(page)?.[1]?.replaceAll('&amp;', '&');
  const older = plainText(await world.page(next!));
  expect(older).toContain('Правки чатов');
  expect(older).not.toContain('Инициализация ');
});
