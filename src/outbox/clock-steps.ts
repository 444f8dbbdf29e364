/**
 * Moves stored times back when the database's clock has stepped back (reliability 20). Work waits for such times, so
 * without this it would stand still for the length of the step. The database's clock is valid for all processes,
 * because a process whose clock differs from it does not work (store/clocks.ts).
 */

import { sql } from 'kysely';
import type { Queues } from '../../jobs/queues.ts';
import type { Context } from '../context.ts';
import { moveTimesBack } from '../rows/chat.ts';
import { moveMeetingsBack } from '../rows/meeting.ts';
import { moveLooksBack } from '../rows/sferum-account.ts';
import { moveDeliveriesBack } from '../rows/told-delivery.ts';
import type { Sql } from '../store/database.ts';
import { oneRow } from '../store/rows.ts';

/** Smaller steps are usual with NTP and delay nothing, so they are ignored. */
export const STEP_MS = 2_000;

/**
 * Looks whether the clock has stepped back since the last look of any process, which a sweep notes (sweep.ts). One
 * process then moves what waits.
 */
export async function followClock(ctx: Context, queues: Pick<Queues, 'hasten'>): Promise<void> {
  const stepMs = await ctx.db.transactionAcross('relay', async ({ sql: tx }) => {
    const stepMs = await stepSinceLastLook(tx);
    if (stepMs > STEP_MS) {
      await moveTimesBack(tx, stepMs);
      await moveMeetingsBack(tx, stepMs);
      await moveLooksBack(tx, stepMs);
      await moveDeliveriesBack(tx, stepMs);
    }
    return stepMs;
  });
  if (stepMs <= STEP_MS) return;
  ctx.log.warn({ stepMs }, 'the clock has stepped back: what waits moves with it');
  await queues.hasten();
}

/** Returns the step in ms. The row stays locked until the transaction ends, so that a step is moved only once. */
async function stepSinceLastLook(tx: Sql): Promise<number> {
  await sql`insert into setting (key, value) values ('clock', to_jsonb(clock_timestamp())) on conflict do nothing`.execute(
    tx,
  );
  const { rows } = await sql<{ step: number }>`
    with before as (select (value #>> '{}')::timestamptz as at from setting where key = 'clock' for update),
    now as (update setting set value = to_jsonb(clock_timestamp()) where key = 'clock')
    select (extract(epoch from at - clock_timestamp()) * 1000)::float8 as step from before`.execute(tx);
  return oneRow(rows).step;
}
