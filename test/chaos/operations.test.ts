/** An operation never hangs in `running`, a transaction never waits for Sferum, a dead worker is noticed. */
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Hands } from '../../jobs/crew.ts';
import { requestDeletion } from '../../src/operations/delete-chat.ts';
import { finishOperations } from '../../src/planning/end-operations.ts';
import { lockSchool } from '../../src/store/school-turns.ts';
import { watchProcess } from '../../src/watch.ts';
import { asOwner, everywhere } from '../support/everywhere.ts';
import { type Halves, startHalves } from '../support/halves.ts';
import { runNow } from '../support/run-operation.ts';

let halves: Halves;
let school: string;
beforeEach(async () => {
  halves = await startHalves({ env: { LIMIT_LOST_AFTER_MS: '1000', LIMIT_SFERUM_TIMEOUT_MS: '1500' } });
  school = await halves.importSchool();
});
afterEach(() => halves[Symbol.asyncDispose]());

const state = async (id: string) => {
  const { rows } = await sql<{ state: string; codes: string[] }>`
    select state, jsonb_path_query_array(problems, '$[*].code') as codes from operation where id = ${id}`.execute(
    everywhere(halves.ctx),
  );
  return rows[0]!;
};

describe('operations after crashes and failures', () => {
  test.each(['initialization', 'delete-chat'])(
    '%s: killed after its last chat’s commit, it is ended by the sweep',
    async (kind) => {
      let id = await halves.initialize(school, ['staff']);
      if (kind === 'delete-chat') {
        await halves.workAll();
        const [chatId] = await halves.chatIds();
        id = await requestDeletion(halves.ctx, {
          schoolId: school,
          chatIds: [chatId!],
          recreate: true,
          by: { id: 'test', kind: 'operator' },
        });
      }
      // The killed process committed this: every chat is done, and nobody closed the operation.
      await sql`update operation_chat set done_at = now()`.execute(everywhere(halves.ctx));
      await sql`update chat set settled_generation = generation`.execute(everywhere(halves.ctx));
      await sql`update operation set state = 'running', finished_at = null where id = ${id}`.execute(
        everywhere(halves.ctx),
      );
      await runNow(halves.ctx, id);
      expect((await state(id)).state).toBe('succeeded');
    },
  );

  test('one that cannot be closed keeps no chat from its end, and is closed once it can be', async () => {
    const db = everywhere(halves.ctx);
    await asOwner(
      halves.ctx,
      `create function refuse_end() returns trigger language plpgsql as $$ begin raise exception 'no end'; end $$;
       create trigger refuse_end before update on operation for each row
       when (new.kind = 'initialization' and new.state = 'succeeded') execute function refuse_end()`,
    );
    const id = await halves.initialize(school, ['staff', 'class']);
    await halves.workAll();
    const { rows: due } = await sql`select from chat where generation > settled_generation`.execute(db);
    expect(due).toEqual([]);
    const { rows: twice } = await sql`select chat_id, what, details from journal where what like 'sferum-%'
      group by 1, 2, 3 having count(*) > 1`.execute(db);
    expect(twice).toEqual([]);
    await asOwner(halves.ctx, 'drop trigger refuse_end on operation');
    await runNow(halves.ctx, id);
    expect((await state(id)).state).toBe('succeeded');
  });

  test('one that cannot be carried out for a reason nobody expected fails in the end, and says so', async () => {
    const id = await halves.commands.initialize({
      ...{
        schoolId: school,
        types: ['staff'],
        dryRun: false,
        strict: false,
        asOf: null,
        by: { id: 'test', kind: 'operator' },
      },
    });
    const broken = {
      ...halves.ctx,
      gateway: {
        account: () => {
          throw new TypeError('broken');
        },
      },
    };
    for (let i = 0; i < 5; i++) await expect(runNow(broken as never, id)).rejects.toThrow('broken');
    expect(await state(id)).toEqual({ state: 'failed', codes: ['internal'] });
  });

  test('one whose token is refused fails at once, and the account waits for a person', async () => {
    await halves.initialize(school, ['staff']);
    await halves.workAll();
    await finishOperations(halves.ctx, school, []);
    for (const token of halves.sandbox.world.accounts.tokens.values()) token.revoked = true;
    await sql`update operation set state = 'succeeded'`.execute(everywhere(halves.ctx));
    const id = await halves.commands.initialize({
      ...{
        schoolId: school,
        types: ['staff'],
        dryRun: false,
        strict: false,
        asOf: null,
        by: { id: 'test', kind: 'operator' },
      },
    });
    await expect(runNow(halves.ctx, id)).rejects.toThrow();
    expect(await state(id)).toEqual({ state: 'failed', codes: ['sferum-token'] });
    const { rows } = await sql`select status from sferum_account`.execute(everywhere(halves.ctx));
    expect(rows).toEqual([{ status: 'broken' }]);
  });
});

test('reliability 31: while Sferum hangs no transaction is open, and nobody waits for a lock', async () => {
  await halves.initialize(school, ['staff', 'class', 'parents', 'subject']);
  halves.sandbox.world.faults.add({ fault: 'hang' });
  const working = halves.workAll();
  await vi.waitFor(() => expect(halves.ctx.gateway.stats().requests).toBeGreaterThan(2), {
    timeout: 10_000,
    interval: 10,
  });
  const open: unknown[] = [];
  const until = Date.now() + 1_000;
  while (Date.now() < until) {
    const { rows } = await sql`select left(query, 80) as query from pg_stat_activity
      where datname = current_database() and state like 'idle in transaction%'
        and now() - state_change > interval '300 milliseconds'`.execute(everywhere(halves.ctx));
    open.push(...rows);
  }
  expect(open).toEqual([]);
  halves.sandbox.world.faults.clear();
  await working;
});

test('reliability 19: a deadlock is tried again, whole, and nothing is left half done', async () => {
  const { db } = halves.ctx;
  await halves.initialize(school, ['staff', 'class']);
  const [first, second] = await halves.chatIds();
  const bothLocked = Promise.withResolvers<void>();
  let locked = 0;
  const add = (one: string, other: string, warning: string) =>
    db.transactionAcross('figures', async ({ sql: tx }) => {
      await sql`update chat set warning = coalesce(warning, '') || ${warning} where id = ${one}`.execute(tx);
      if (++locked >= 2) bothLocked.resolve();
      await bothLocked.promise;
      await sql`update chat set warning = coalesce(warning, '') || ${warning} where id = ${other}`.execute(
        tx,
      );
    });
  await Promise.all([add(first!, second!, 'a'), add(second!, first!, 'b')]);
  const { rows } = await sql<{ warning: string }>`select warning from chat where warning is not null`.execute(
    everywhere(db),
  );
  // Each retry locks once more.
  expect(locked).toBeGreaterThan(2);
  expect(rows.map((r) => [...r.warning].sort().join(''))).toEqual(['ab', 'ab']);
  await db.transactionAcross('figures', ({ sql: tx }) => lockSchool(tx, school));
});

test('V6, reliability 5: connections that end inside transactions are given back, however many', async () => {
  const { db } = halves.ctx;
  const connections = halves.ctx.config.limits.databaseConnections;
  const cut = Array.from({ length: connections * 2 }, () =>
    db.transactionAcross('figures', async ({ sql: tx }) => {
      await sql`select pg_terminate_backend(pg_backend_pid())`.execute(tx);
    }),
  );
  const outcomes = await Promise.allSettled(cut);
  expect(outcomes.every((outcome) => outcome.status === 'rejected')).toBe(true);
  await Promise.all(Array.from({ length: connections }, () => sql`select 1`.execute(db.ofNone)));
});

describe('V6: a worker that looks alive and takes nothing', () => {
  const hands = (own: Partial<Hands>): Hands => ({
    queue: 'chats',
    concurrency: 10,
    busy: 0,
    taken: 5,
    ...own,
  });
  const watching = (waiting: Hands['queue'][], own: Hands) =>
    watchProcess(halves.ctx, {
      self: { id: halves.ctx.newId(), role: 'worker', connections: 1, figures: () => ({}) },
      queues: { waiting: async () => waiting, ping: async () => undefined },
      workers: [own],
      relay: { busyForMs: () => 0 },
    });

  test('jobs wait, its hands are free, it takes none: not ready, then lost', async () => {
    await using watch = watching(['chats'], hands({}));
    expect((await watch.lost).message).toMatch(/takes no jobs/);
    await expect(watch.check()).rejects.toThrow(/takes no jobs/);
  });

  test.each<[string, Hands['queue'][], Hands]>([
    ['nothing waits', [], hands({})],
    ['its hands are full', ['chats'], hands({ busy: 10 })],
    [
      'it takes some',
      ['chats'],
      {
        ...hands({}),
        get taken() {
          return Math.random();
        },
      },
    ],
  ])('%s: alive', async (_, waiting, own) => {
    await using watch = watching(waiting, own);
    const outcome = await Promise.race([
      watch.lost.then(() => 'lost'),
      halves.ctx.clock.sleep(1_500).then(() => 'alive'),
    ]);
    expect(outcome).toBe('alive');
    await watch.check();
  });
});
