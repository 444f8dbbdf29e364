/** A chat whose class is over says so, and what still happens to it (D9). */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ConsoleWorld, createConsoleWorld, plainText, rowsOf } from '../support/console-world.ts';
import { everywhere } from '../support/everywhere.ts';
import { addChat } from '../support/seeds.ts';

let world: ConsoleWorld;
beforeAll(async () => {
  world = await createConsoleWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

test('an archived chat explains itself in its editor, and the filter «Состояние» finds it', async () => {
  const id = await addChat(world.db, 's1', { type: 'class', title: '11А класс' });
  await addChat(world.db, 's1', { type: 'class', title: '10А класс' });
  await sql`update chat set condition = 'archived' where id = ${id}`.execute(everywhere(world.db));
  const editor = plainText(await world.page(`/manage/chats/${id}`));
  expect(editor).toContain('Чат в архиве Его класс или группа закончили работу.');
  expect(editor).toContain('Если чат больше не нужен, его можно удалить.');
  const rows = rowsOf(await world.page('/manage?condition=archived'));
  expect(rows.map((row) => [row[1], row.at(-1)])).toEqual([['11А класс', 'в архиве']]);
});
