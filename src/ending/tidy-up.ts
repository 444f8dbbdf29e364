import { sql } from 'kysely';
import { dayIn } from '../clock.ts';
import type { Context } from '../context.ts';
import { settleWaiting } from '../profile/follow-profiles.ts';
import { makeMonths } from '../rows/months.ts';
import { oneRow } from '../store/rows.ts';
import { endDue } from './end-due.ts';

const KEY = 'tidied-on';

const todayOf = ({ clock }: Context) => dayIn('UTC', clock.now());

/** True in SQL where this day (UTC) has not been tidied up. */
export const isUntidy = (ctx: Context) => sql<boolean>`not exists (
  select from setting where key = ${KEY} and value = to_jsonb(${todayOf(ctx)}::text))`;

/**
 * Makes the next months of the tables by month and deletes all rows whose term is over (K6). It notes the day only
 * where every part is done, and several processes may do it at once: rows that another is deleting are skipped.
 */
export async function tidyUp(ctx: Context, signal?: AbortSignal): Promise<void> {
  const today = todayOf(ctx);
  if (!(await isDue(ctx))) return;
  await makeMonths(ctx.db.ofNone, today);
  if (!(await endDue(ctx, signal)) || signal?.aborted) return;
  // People who were erased have left their VK IDs to those who wait for them (A7).
  await settleWaiting(ctx);
  await sql`insert into setting (key, value) values (${KEY}, to_jsonb(${today}::text))
    on conflict (key) do update set value = excluded.value`.execute(ctx.db.ofNone);
}

async function isDue(ctx: Context): Promise<boolean> {
  const { rows } = await sql<{ isDue: boolean }>`select ${isUntidy(ctx)} as "isDue"`.execute(ctx.db.ofNone);
  return oneRow(rows).isDue;
}
