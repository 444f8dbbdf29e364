/** A worker of the queue in PostgreSQL sleeps until it is woken. Here is what it must not sleep through. */
import { expect, test, vi } from 'vitest';
import type { QueueName } from '../../jobs/contract.ts';
import { openQueues } from '../../jobs/queues.ts';
import { tidyUp } from '../../jobs/tidy-up.ts';
import { QueuePool } from '../../src/store/queue-pool.ts';
import { sure } from '../../src/sure.ts';
import { createTestDatabase } from '../support/database.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { use } from '../support/use.ts';

const queuesAt = async (url: string) =>
  use(
    await openQueues(
      { postgres: use(new QueuePool(url, 8)) },
      { onError: () => undefined, onWarning: () => undefined },
    ),
  );

/** Waits until no connection of the queues has asked anything for a second. Then the worker sleeps. */
async function asleep(url: string): Promise<void> {
  await using pool = new QueuePool(url, 1);
  // Only the owner may see what other sessions do.
  await pool.query('reset role');
  await vi.waitFor(async () => {
    const { rows } = await pool.query(`select application_name, state, query from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and application_name <> ''
        and (state <> 'idle' or state_change > clock_timestamp() - interval '1 second')`);
    expect(rows).toEqual([]);
  }, 20_000);
}

test('a worker whose sleeping connection has vanished hears of new jobs once the silence is found', async () => {
  const database = use(await createTestDatabase());
  const proxy = use(await startTcpProxy(database.url));
  const [near, far] = [await queuesAt(proxy.through(database.url)), await queuesAt(database.url)];
  const hands = await near.work('operations', async () => undefined, {
    ...{ concurrency: 1, lockMs: 30_000 },
    onError: () => undefined,
  });
  await far.addAll(tidyUp, [{ payload: {} }]);
  await vi.waitFor(() => expect(hands).toMatchObject({ taken: 1, busy: 0 }), 10_000);
  await asleep(database.url);

  proxy.forget();
  await expect(near.ping()).rejects.toThrow('timeout');
  await far.addAll(tidyUp, [{ payload: {} }]);
  await vi.waitFor(() => expect(hands.taken).toBe(2), 10_000);
}, 60_000);

test('a queue waits whose job is due, at once or after its delay, unless it is paused', async () => {
  const database = use(await createTestDatabase());
  const queues = await queuesAt(database.url);
  const queueOf = (asked: QueueName) => sure(queues.all.find(({ name }) => name === asked));
  await queueOf('operations').add('later', {}, { delay: 3_600_000 });
  expect(await queues.waiting()).toEqual([]);
  await queueOf('operations').add('due', {}, { delay: 1 });
  await vi.waitFor(async () => expect(await queues.waiting()).toEqual(['operations']), 10_000);
  await queueOf('chats').add('now', {}, { priority: 10 });
  await queueOf('lessons').add('now', {});
  expect((await queues.waiting()).toSorted()).toEqual(['chats', 'lessons', 'operations']);
  await queueOf('chats').pause();
  expect((await queues.waiting()).toSorted()).toEqual(['lessons', 'operations']);
});
