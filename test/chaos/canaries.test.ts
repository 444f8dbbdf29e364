/** V5: a canary name and a canary token appear in our own tables alone; odd texts end nothing. */
import { sql } from 'kysely';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLog } from '../../src/log.ts';
import { moveGenerations } from '../../src/rows/chat-outbox.ts';
import { ERROR_TEXTS } from '../../src/sferum/sandbox/errors.ts';
import { cleanText } from '../../src/text/clean-text.ts';
import { startProgram } from '../support/child-process.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { asOwner, everywhere } from '../support/everywhere.ts';
import { type Halves, startHalves } from '../support/halves.ts';

const CANARY = 'Канарейкина';
let database: TestDatabase;
let halves: Halves;
let logged: string[];

beforeEach(async () => {
  database = await createTestDatabase();
  logged = [];
  const log = createLog('trace', { write: (line) => void logged.push(line) });
  halves = await startHalves({ databaseUrl: database.url, overrides: { log } });
});
afterEach(async () => {
  await halves[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

/** Gives every row of every table of the queue, as text. */
async function queueRows(): Promise<string> {
  const client = new Client({ connectionString: database.ownerUrl });
  await client.connect();
  const { rows: tables } = await client.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'bullmq' and table_type = 'BASE TABLE'`,
  );
  expect(tables.length).toBeGreaterThan(3);
  let text = '';
  for (const { name } of tables) {
    const { rows } = await client.query<{ row: string }>(`select t::text as row from bullmq."${name}" t`);
    text += rows.map(({ row }) => row).join('\n');
  }
  await client.end();
  return text;
}

test('reliability 28, 29: neither is in logs, job rows, failure reasons or figures, whatever goes wrong', async () => {
  const texts = ERROR_TEXTS as Record<number, string>;
  const published = { ...texts };
  for (const code of Object.keys(texts)) texts[Number(code)] = `${CANARY} \u0000 \ud83d`;
  const school = await halves.importSchool();
  await sql`update person set family_name = ${CANARY}`.execute(everywhere(halves.ctx));
  const tokens = [...halves.sandbox.world.accounts.tokens.keys()];
  await halves.initialize(school, ['staff', 'class']);
  const [stumbles] = await halves.chatIds();
  // A failure nobody expected, whose text quotes a name, as a broken rule of the database does.
  await asOwner(
    halves.ctx,
    `create function stumble() returns trigger language plpgsql as $$ begin raise exception 'row of ${CANARY}'; end $$;
     create trigger stumble before insert on sferum_member for each row
     when (new.chat_id = '${stumbles}') execute function stumble()`,
  );
  for (const fault of ['applyThenReset', 'http502', 'error10', 'error1'] as const) {
    halves.sandbox.world.faults.add({ fault, times: 2 });
  }
  halves.sandbox.world.faults.add({ method: 'messages.setMemberRole', fault: 100, times: 1 });
  const env = {
    ...halves.env,
    LOG_LEVEL: 'trace',
    LIMIT_SFERUM_TIMEOUT_MS: '1000',
    LIMIT_CREATION_DEADLINE_MS: '1000',
  };
  const worker = startProgram('worker', env);
  const queue = halves.app.queues.all.find((q) => q.name === 'chats')!;
  try {
    await vi.waitFor(() => expect(worker.lines.join()).toContain('cannot be worked on'), {
      timeout: 30_000,
      interval: 50,
    });
    await asOwner(halves.ctx, 'drop function stumble() cascade');
    await halves.settled();
    await queue.add('reconcile-chat', { schoolId: school });
    await vi.waitFor(async () => expect(await queue.getFailed()).not.toEqual([]), {
      timeout: 10_000,
      interval: 50,
    });
  } finally {
    await worker[Symbol.asyncDispose]();
    Object.assign(texts, published);
  }
  const metrics = await (await halves.app.http.request('/metrics')).text();
  const everything = { logs: [...logged, ...worker.lines].join('\n'), queue: await queueRows(), metrics };
  expect(everything.logs).toContain('a request was lost');
  for (const [where, text] of Object.entries(everything)) {
    for (const secret of [CANARY, ...tokens])
      expect({ where, found: text.includes(secret) }).toEqual({ where, found: false });
  }
});

test.each([
  ['NUL and control characters', 'a\u0000b\u0001c'],
  ['a lone surrogate', 'x\ud83d'],
  ['emoji and right-to-left', '🏫 \u202eשלום\u202c'],
  ['markup', '<script>alert(1)</script>'],
  ['SQL', "'; drop table chat; --"],
])(
  'reliability 16: %s in titles ends in Sferum as what our rows hold, and the job ends once',
  async (_, title) => {
    const school = await halves.importSchool();
    await halves.initialize(school, ['staff']);
    const [chatId] = await halves.chatIds();
    await halves.workAll();
    const clean = cleanText(title);
    await halves.ctx.db.transactionAcross('figures', async ({ sql: tx }) => {
      await sql`update chat set title = ${clean} where id = ${chatId}`.execute(tx);
      await moveGenerations(tx, [chatId!], { cause: 'test', priority: 'event', at: new Date() });
    });
    await halves.workAll();
    expect(await halves.differences()).toEqual([]);
    expect(halves.sandbox.world.ledger.of('rename')).toHaveLength(1);
  },
);
