/** Drift (D8) does not touch a chat whose own work is still to come. */
import { sql } from 'kysely';
import { expect, test, vi } from 'vitest';
import { mend } from '../../src/live/mend.ts';
import { everywhere } from '../support/everywhere.ts';
import { hearingWorld } from '../support/hearing-world.ts';

const school = hearingWorld();

test('an addition that waits for its turn is not planned and told once more', async () => {
  const { ctx, chatId, settled, app } = school.world;
  const chats = app.queues.all.filter(({ name }) => name.startsWith('chats'));
  for (const queue of chats) await queue.pause();
  await school.post([school.moved('o1', [{ studentId: 'p1', classId: 'c5a', toClassId: 'c5b' }])]);
  const id = await chatId('5Б класс');
  const told = async () => {
    const { rows } = await sql<{ cause: string }>`select cause from journal
      where chat_id = ${id} and what = 'add' and person_id = 'p1'`.execute(everywhere(ctx));
    return rows;
  };
  await vi.waitFor(async () => expect(await told()).toHaveLength(1));
  await mend(ctx, 's1', [id]);
  expect(await told()).toEqual([{ cause: 'event:e1' }]);
  for (const queue of chats) await queue.resume();
  await settled();
});
