/** A plan's actions are counted by kind when they are written, and again when more of them come (F3). */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { addPlanned } from '../../src/rows/operation-chat.ts';
import { everywhere } from '../support/everywhere.ts';
import { startHalves } from '../support/halves.ts';
import { addOperation } from '../support/seeds.ts';

test('what is held or only waits is counted apart, and what is planned later is added', async () => {
  await using halves = await startHalves();
  const { ctx } = halves;
  const schoolId = await halves.importSchool();
  const id = await addOperation(ctx.db, { school_id: schoolId, kind: 'initialization' });
  const chatId = ctx.newId();
  const plan = (actions: object[]) =>
    addPlanned(
      ctx.db.of(schoolId),
      { id, schoolId },
      // The actions are as short as the counts need them.
      [{ chatId, type: 'class', title: '5А класс', actions: actions as never }],
      new Set(),
    );
  const counts = async () => {
    const { rows } = await sql<{ counts: unknown }>`select counts from operation_chat`.execute(
      everywhere(ctx),
    );
    return rows.map((row) => row.counts);
  };
  await plan([
    { action: 'create' },
    { action: 'add' },
    { action: 'add' },
    { action: 'add', pending: 'notLinked' },
    { action: 'remove' },
    { action: 'remove', held: true },
  ]);
  expect(await counts()).toEqual([{ create: 1, add: 2, waiting: 1, remove: 1, held: 1 }]);
  await plan([{ action: 'grant' }, { action: 'add' }]);
  expect(await counts()).toEqual([{ create: 1, add: 3, waiting: 1, remove: 1, held: 1, grant: 1 }]);
});
