/**
 * Stored instants that work waits for are kept by wall clocks. Where the database's clock has stepped back, they lie
 * ahead by the step, and work would stand still until it is made up for: they are moved back with it. Processes whose
 * own clock is another than the database's do not work (src/store/clocks.ts), so its clock speaks for all.
 */
import { sql } from 'kysely';
import type { Queues } from '../../jobs/queues.ts';
import type { Context } from '../context.ts';
import { moveTimesBack } from '../rows/chat.ts';
import { moveMeetingsBack } from '../rows/meeting.ts';
import type { Sql } from '../store/database.ts';

/** Smaller steps are NTP's daily work and hold nothing up. */
const STEP_MS = 2_000;

/** Looks whether the clock has stepped back since the last look of any process; one of them moves what waits. */
export async function followClock(ctx: Context, queues: Pick<Queues, 'hasten'>): Promise<void> {
  const stepMs = await ctx.db.transactionAcross('relay', async ({ sql: tx }) => {
    const stepMs = await stepSinceLastLook(tx);
    if (stepMs > STEP_MS) {
      await moveTimesBack(tx, stepMs);
      await moveMeetingsBack(tx, stepMs);
    }
    return stepMs;
  });
  if (stepMs <= STEP_MS) return;
  ctx.log.warn({ stepMs }, 'the clock has stepped back: what waits moves with it');
  await queues.hasten();
}

/** The row is locked until the transaction ends: nobody moves the same step a second time. */
async function stepSinceLastLook(tx: Sql): Promise<number> {
  await sql`insert into setting (key, value) values ('clock', to_jsonb(clock_timestamp())) on conflict do nothing`.execute(
    tx,
  );
  const { rows } = await sql<{ step: number }>`
    with before as (select (value #>> '{}')::timestamptz as at from setting where key = 'clock' for update),
    now as (update setting set value = to_jsonb(clock_timestamp()) where key = 'clock')
    select (extract(epoch from at - clock_timestamp()) * 1000)::float8 as step from before`.execute(tx);
  return rows[0]!.step;
}
