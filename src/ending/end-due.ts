import { sql } from 'kysely';
import { DAY_MS } from '../clock.ts';
import type { Context } from '../context.ts';
import { countDelays } from '../rows/chat-delay.ts';
import { dropMonths } from '../rows/months.ts';
import type { Sql, Transaction } from '../store/database.ts';
import { BY_MONTH, BY_ROWS, type Rows } from './ends.ts';
import { eraseDeparted } from './erase.ts';

/**
 * Deletes all rows whose term is over (K6), of all schools and of none. False where a part failed. Safe to repeat.
 */
export async function endDue(ctx: Context, signal?: AbortSignal): Promise<boolean> {
  const part = async (what: string, work: () => Promise<unknown>) => {
    try {
      if (!signal?.aborted) await work();
      return true;
    } catch (error) {
      ctx.log.error(
        { err: error, what },
        'rows past their term could not be deleted; they will be tried again',
      );
      return false;
    }
  };
  let whole = true;
  const schools = await part('schools', async () => {
    const rows = await ctx.db.across('ending').selectFrom('school').select('id').orderBy('id').execute();
    for (const { id } of rows) whole = (await part(id, () => endOfSchool(ctx, id, signal))) && whole;
  });
  whole &&= schools;
  for (const [table, end] of BY_ROWS.filter(([, { by }]) => by === 'all')) {
    const batch = () => deleteBatch(ctx, ctx.db.across('ending'), table, end, null);
    whole = (await part(table, () => untilDone(ctx, batch, signal))) && whole;
  }
  for (const [table, { keep }] of BY_MONTH) {
    const before = dayOf(cutoff(ctx, keep).getTime());
    // A busy table is not waited for. The next sweep tries again.
    whole = (await part(table, () => dropMonths(ctx.db.across('ending'), table, before))) && whole;
  }
  return whole;
}

async function endOfSchool(ctx: Context, schoolId: string, signal?: AbortSignal): Promise<void> {
  await eraseDeparted(ctx, schoolId, signal);
  const today = new Date(dayOf(ctx.clock.now()));
  await ctx.db.transactionOf(schoolId, ({ sql: tx }) => countDelays(tx, schoolId, today));
  for (const [table, end] of BY_ROWS) {
    if (end.by !== 'school') continue;
    const one = ({ sql: tx }: Transaction) => deleteBatch(ctx, tx, table, end, schoolId);
    const batch = () =>
      end.holdsSchool ? ctx.db.holdingSchool(schoolId, one) : ctx.db.transactionOf(schoolId, one);
    await untilDone(ctx, batch, signal);
  }
}

async function untilDone(ctx: Context, batch: () => Promise<number>, signal?: AbortSignal): Promise<void> {
  while (!signal?.aborted && (await batch()) >= ctx.config.limits.endingBatchRows);
}

/** Deletes one batch and returns how many rows it had. */
async function deleteBatch(
  ctx: Context,
  db: Sql,
  table: string,
  end: Rows,
  schoolId: string | null,
): Promise<number> {
  const before = end.keep ? cutoff(ctx, end.keep) : new Date(ctx.clock.now());
  const own = schoolId === null ? sql`true` : sql`t.school_id = ${schoolId}`;
  const result = await sql`delete from ${sql.table(table)} where ctid = any(array(
    select t.ctid from ${sql.table(table)} t where ${own} and ${end.due(before)}
    limit ${ctx.config.limits.endingBatchRows} for update of t skip locked))`.execute(db);
  return Number(result.numAffectedRows ?? 0);
}

function cutoff({ clock, config }: Context, keep: NonNullable<Rows['keep']>): Date {
  return new Date(clock.now() - config.limits[keep] * DAY_MS);
}

function dayOf(nowMs: number): string {
  return new Date(nowMs).toISOString().slice(0, 10);
}
