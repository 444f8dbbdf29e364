/**
 * The sweep finds what a crash, a wiped queue or a lost wake has left behind (rule 3). All processes share one sweep:
 * the row «clock» of `setting` holds when the last one began, by the database's clock, and the process that moves it has
 * the turn. In the same statement it learns which rounds have something to do. So a fleet at rest costs one statement a
 * process and interval. A process that dies with the turn loses nothing: the next turn comes after one interval.
 */

import { type RawBuilder, sql } from 'kysely';
import type { Context } from '../context.ts';
import { oneRow } from '../store/rows.ts';
import { ROUNDS, type What } from './rounds.ts';

/** A turn may come earlier by this share of the interval, because timers are not exact. */
const EARLY_SHARE = 0.1;

interface Turn {
  /** The rounds that have something to do. Null where another process has the turn. */
  due: What[] | null;
  /** After this time the next turn may be taken. */
  nextInMs: number;
  /**
   * How far the last turn lies ahead of the database's clock, in ms. It does so where the clock has stepped back.
   * Otherwise 0 or less.
   */
  steppedBackMs: number;
}

/** Asks for the turn. `isFirst`: a process that starts looks at once, whatever the interval. */
export async function takeTurn(ctx: Context, { isFirst }: { isFirst: boolean }): Promise<Turn> {
  const { sweepIntervalMs } = ctx.config.limits;
  const leastMs = isFirst ? 0 : sweepIntervalMs * (1 - EARLY_SHARE);
  const questions = Object.entries(ROUNDS).flatMap(([what, { isDue }]): RawBuilder<unknown>[] =>
    isDue === null ? [] : [sql`case when t.mine and ${isDue(ctx)} then ${what} end`],
  );
  const { rows } = await sql<{ mine: boolean; sinceMs: number | null; due: What[] }>`
    with last as (select value, (extract(epoch from clock_timestamp() - (value #>> '{}')::timestamptz) * 1000)::float8 as ms
      from setting where key = 'clock'),
    taken as (insert into setting (key, value) select 'clock', to_jsonb(clock_timestamp())
        where coalesce((select ms from last), ${leastMs}) >= ${leastMs}
      on conflict (key) do update set value = excluded.value where setting.value = (select value from last)
      returning 1)
    select t.mine, (select ms from last) as "sinceMs", array_remove(array[${sql.join(questions)}], null) as due
    from (select exists (select from taken) as mine) t`.execute(ctx.db.recurring('relay'));
  const { mine, sinceMs, due } = oneRow(rows);
  return {
    due: mine ? due : null,
    nextInMs: mine ? sweepIntervalMs : Math.max(0, sweepIntervalMs * (1 + EARLY_SHARE) - (sinceMs ?? 0)),
    steppedBackMs: -(sinceMs ?? 0),
  };
}
