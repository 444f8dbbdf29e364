/** Everything at once, with a seed: what was lost, unexpected, duplicated and recovered in the end. */
import { sql } from 'kysely';
import { expect, test, vi } from 'vitest';
import { moveGenerations } from '../../src/rows/chat-outbox.ts';
import { type Program, startProgram } from '../support/child-process.ts';
import { asOwner, everywhere } from '../support/everywhere.ts';
import { type Halves, startHalves } from '../support/halves.ts';
import { seeded, seedFrom } from '../support/random.ts';

const KILLS = 3;
/** A fault comes after this many writes at most: in the middle of the work, however slow the machine is. */
const MOST_WRITES = 15;
const QUICK = {
  LIMIT_SFERUM_TIMEOUT_MS: '2000',
  LIMIT_CREATION_DEADLINE_MS: '3000',
  LIMIT_JOB_LOCK_MS: '3000',
  LIMIT_DRIFT_INTERVAL_MS: '3000',
};

test('V1–V3: two workers, one killed again and again, lost replies, a wiped queue, cut connections, late listings', async () => {
  const random = seeded(seedFrom('CHAOS_SEED'));
  await using halves = await startHalves({ env: QUICK, overrides: { sandbox: { random } } });
  const school = await halves.importSchool();
  const { faults } = halves.sandbox.world;
  faults.rates = { lostReply: 0.1, http502: 0.05, error10: 0.05 };
  faults.listingLagMs = 400;
  faults.add({ method: 'messages.createChat', fault: 'applyThenReset', times: 2 });
  const workers: Program[] = [startProgram('worker', halves.env), startProgram('worker', halves.env)];
  try {
    await Promise.all(workers.map((worker) => worker.ready()));
    await halves.initialize(school, ['staff', 'class', 'parents', 'subject']);
    for (let kill = 0; kill < KILLS; kill++) {
      await worked(halves, 1 + Math.floor(random() * MOST_WRITES));
      const victim = workers.shift()!;
      victim.signal('SIGKILL');
      workers.push(startProgram('worker', halves.env));
      await [wipeQueue, cutConnections, renameAll][kill % 3]!(halves);
    }
    await worked(halves, MOST_WRITES);
    faults.clear();
    await sql`update chat set not_before = null`.execute(everywhere(halves.ctx));
    await halves.settled(50_000);
    // The drift sweep's time has passed.
    await sql`update chat set seen_at = null`.execute(everywhere(halves.ctx));
    await expect
      .poll(() => counts(halves), { timeout: 50_000, interval: 300 })
      .toMatchObject({ lost: 0, unexpected: 0, duplicated: 0 });
    const { recovered } = await counts(halves);
    console.log(`chaos run: lost 0, unexpected 0, duplicated 0, recovered ${recovered}`);
    expect(recovered).toBeGreaterThan(0);
  } finally {
    for (const worker of workers) await worker[Symbol.asyncDispose]();
  }
}, 150_000);

/** Resolves once Sferum has done this many more writes. */
async function worked({ sandbox }: Halves, writes: number): Promise<void> {
  const begun = sandbox.api.stats.writes;
  await vi.waitFor(() => expect(sandbox.api.stats.writes - begun).toBeGreaterThanOrEqual(writes), {
    ...{ timeout: 30_000, interval: 5 },
  });
}

async function counts(halves: Halves) {
  const differences = await halves.differences();
  const unexpected = differences.filter((text) => text.endsWith('should not be in Sferum')).length;
  const { rows } = await sql<{ recovered: number }>`
    select count(*)::int as recovered from journal where what in ('sferum-adopt', 'sferum-duplicate')`.execute(
    everywhere(halves.ctx),
  );
  return {
    lost: differences.length - unexpected,
    unexpected,
    duplicated: halves.duplicates().length,
    recovered: rows[0]!.recovered,
  };
}

async function wipeQueue({ app }: Halves): Promise<void> {
  for (const queue of app.queues.all) await queue.obliterate({ force: true });
}

/** Cuts connections of workers in the middle of their statements. */
async function cutConnections({ ctx }: Halves): Promise<void> {
  await asOwner(
    ctx,
    `select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`,
  );
}

async function renameAll({ ctx, chatIds }: Halves): Promise<void> {
  const ids = await chatIds();
  await ctx.db.transactionAcross('figures', async ({ sql: tx }) => {
    await sql`update chat set title = title || ' (новое имя)'`.execute(tx);
    await moveGenerations(tx, ids, { cause: 'test', priority: 'bulk', at: new Date() });
  });
}
