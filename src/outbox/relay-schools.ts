/** What schools have to do by themselves, as jobs. */
import { beginDay } from '../../jobs/begin-day.ts';
import type { Queues } from '../../jobs/queues.ts';
import { sweepDrift } from '../../jobs/sweep-drift.ts';
import { tidyUp } from '../../jobs/tidy-up.ts';
import type { Context } from '../context.ts';
import { schoolsToBegin } from '../follow/begin-day.ts';
import { schoolsToSweep } from '../live/drift.ts';

/**
 * Makes a job for each school whose live chats are due for a look (D8). A school with a new day begins it first. A look
 * before that would find that Sferum differs from the new lists, without the reason for it.
 */
export async function relayDrift(ctx: Context, queues: Queues): Promise<void> {
  const schools = await schoolsToSweep(ctx);
  if (schools.length === 0) return;
  const beginning = new Set(await schoolsToBegin(ctx));
  await addOf(
    queues,
    sweepDrift,
    schools.filter((id) => !beginning.has(id)),
  );
}

/** Makes a job for each school that has a new day (D6). */
export async function relayDays(ctx: Context, queues: Queues): Promise<void> {
  await addOf(queues, beginDay, await schoolsToBegin(ctx));
}

/** Makes the job of the day that no school has to itself (K6). */
export async function relayTidying(_ctx: Context, queues: Queues): Promise<void> {
  await queues.addAll(tidyUp, [{ payload: {} }]);
}

async function addOf(
  queues: Queues,
  contract: typeof sweepDrift | typeof beginDay,
  schoolIds: readonly string[],
): Promise<void> {
  await queues.addAll(
    contract,
    schoolIds.map((schoolId) => ({ payload: { schoolId } })),
  );
}
