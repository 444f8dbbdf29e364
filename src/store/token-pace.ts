import { sql } from 'kysely';
import type { Pace } from '../sferum/gateway.ts';
import { committedLater } from './committed-later.ts';
import type { Sql } from './database.ts';
import { oneRow } from './rows.ts';

/**
 * How far the database's clock has stepped back since the token was last asked for. The token's instants move back
 * with the clock.
 */
const STEPPED_BACK = sql`coalesce(greatest(p.asked_at - clock_timestamp(), interval '0'), interval '0')`;

/**
 * Keeps a token's pace by the database's own clock: one row a token, one statement a slot, evenly spaced. Any number
 * of processes share it, and no clock but the database's matters (rule 6, reliability 20).
 * A slot that a crash of the server loses costs a request that VK refuses for its pace, so nobody waits for the disk.
 * A window counter, as rate-limiting libraries keep one, would let a burst through at the edge of each window.
 */
export function postgresPace(db: Sql): Pace {
  return {
    async reserve(key, intervalMs) {
      const { rows } = await sql<{ wait_ms: number; paused_ms: number }>`
        insert into sferum_pace as p (key, next_slot_at, asked_at)
        select ${key}, clock_timestamp() + ${intervalMs} * interval '1 millisecond', clock_timestamp()
        where ${committedLater}
        on conflict (key) do update set
          next_slot_at = case
            when p.paused_until - ${STEPPED_BACK} > clock_timestamp() then p.next_slot_at - ${STEPPED_BACK}
            else greatest(p.next_slot_at - ${STEPPED_BACK}, clock_timestamp()) + ${intervalMs} * interval '1 millisecond' end,
          paused_until = p.paused_until - ${STEPPED_BACK},
          asked_at = clock_timestamp()
        returning
          (extract(epoch from next_slot_at - clock_timestamp()) * 1000 - ${intervalMs}::float8)::float8 as wait_ms,
          coalesce(extract(epoch from paused_until - clock_timestamp()) * 1000, 0)::float8 as paused_ms
      `.execute(db);
      const row = oneRow(rows);
      return {
        waitMs: Math.max(0, Math.ceil(row.wait_ms)),
        pausedForMs: Math.max(0, Math.ceil(row.paused_ms)),
      };
    },
    async pause(key, forMs, reason) {
      await sql`
        insert into sferum_pace as p (key, next_slot_at, paused_until, pause_reason, asked_at)
        values (${key}, clock_timestamp(), clock_timestamp() + ${forMs} * interval '1 millisecond', ${reason}, clock_timestamp())
        on conflict (key) do update set
          next_slot_at = p.next_slot_at - ${STEPPED_BACK},
          paused_until = greatest(p.paused_until - ${STEPPED_BACK}, excluded.paused_until),
          pause_reason = excluded.pause_reason, asked_at = clock_timestamp()
      `.execute(db);
    },
  };
}
