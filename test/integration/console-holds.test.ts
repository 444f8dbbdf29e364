/** Work whose only effect is that removals wait says so in every list, and says what became of them. */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ConsoleWorld, createConsoleWorld, plainText, rowsOf } from '../support/console-world.ts';
import { addChat, addOperation } from '../support/seeds.ts';

const NOTHING_ELSE = {
  chats: { created: 0, renamed: 0, unchanged: 3 },
  members: { added: 0, removed: 0 },
  admins: { granted: 0, revoked: 0 },
  pending: { notLinked: 0, invited: 0, refused: 0 },
};
const HELD = 40;

let world: ConsoleWorld;
let waiting: string;

beforeAll(async () => {
  world = await createConsoleWorld();
  await sql`update school set switched_on = '{class}' where id = 's1'`.execute(world.db.of('s1'));
  const planned = { ...NOTHING_ELSE, held: HELD };
  const add = (minute: number, row: Record<string, unknown>) => {
    const at = new Date(world.ctx.clock.now() - minute * 60_000).toISOString();
    const times = { created_at: at, started_at: at, finished_at: at };
    const { params, ...others } = row;
    return addOperation(world.db, {
      ...{ school_id: 's1', kind: 'events', created_by: 'sgo', created_by_kind: 'service', ...times },
      ...{ params: { following: true, planned, ...(params as object) }, ...others },
    });
  };
  const result = (held: number) => ({ ...NOTHING_ELSE, held, apiCalls: 1 });
  const decided = { by: { id: 'admin', kind: 'person' }, at: new Date(world.ctx.clock.now()).toISOString() };
  waiting = await add(1, { state: 'held', result: result(HELD) });
  await add(2, {
    ...{ state: 'succeeded', result: result(0) },
    params: { decided: { decision: 'reject', ...decided } },
  });
  await add(3, { state: 'succeeded', result: result(0) });
  const chats = [
    await addChat(world.db, 's1', { type: 'class', title: '5А класс', members: {} }),
    await addChat(world.db, 's1', { type: 'class', title: '5Б класс', members: {} }),
  ];
  for (const [what, cause] of [
    ['hold-remove', 'event:e1'],
    ['removal-rejected', `rejection:${waiting}`],
  ]) {
    await sql`insert into journal (school_id, at, what, chat_id, person_id, cause, author_id, author_kind)
      select 's1', now(), ${what}, c, 'p' || n, ${cause}, 'sgo', 'service'
      from unnest(${chats}::uuid[]) c, generate_series(1, 20) n`.execute(world.db.of('s1'));
  }
});
afterAll(() => world[Symbol.asyncDispose]());

test('«Работы» say what waits, what was kept and what nobody had to decide', async () => {
  const rows = rowsOf(await world.page('/operations'));
  expect(rows.map(([, what]) => what)).toEqual([
    `Изменения из СГО ${HELD} исключений остановлено`,
    `Изменения из СГО ${HELD} остановленных исключений: все оставлены`,
    `Изменения из СГО ${HELD} остановленных исключений: решать не пришлось`,
  ]);
});

test('its page shows no zeros, and «Обзор» names what waits', async () => {
  const page = plainText(await world.page(`/manage/operations/${waiting}`));
  expect(page).toContain(`${HELD} остановлено до решения, больше ничего не менялось`);
  expect(page).not.toContain('добавлено в чаты');
  expect(plainText(await world.page('/overview'))).toContain(`${HELD} исключений остановлено`);
});

test('the journal counts them with their chats', async () => {
  const page = plainText(await world.page('/changes'));
  expect(page).toContain(`в 2 чатах; ${HELD} исключений остановлено`);
  expect(page).toContain(`в 2 чатах; оставлены в чатах: ${HELD}`);
});
