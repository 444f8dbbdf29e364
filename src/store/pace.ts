import { sql } from 'kysely';
import type { Pace } from '../sferum/gateway.ts';
import type { Sql } from './database.ts';

/**
 * A token's pace, kept by the database's own clock: one row a token, one statement a slot, evenly spaced.
 * Any number of processes share it and nobody's clock matters but the database's (rule 6, scenario 20).
 * A window counter, as rate-limiting libraries keep one, would let a burst through at each window's edge.
 */
export function postgresPace(db: Sql): Pace {
  return {
    async reserve(key, intervalMs) {
      const { rows } = await sql<{ wait_ms: number; paused_ms: number }>`
        insert into sferum_pace as p (key, next_slot_at)
        values (${key}, clock_timestamp() + ${intervalMs} * interval '1 millisecond')
        on conflict (key) do update set next_slot_at = case
          when p.paused_until > clock_timestamp() then p.next_slot_at
          else greatest(p.next_slot_at, clock_timestamp()) + ${intervalMs} * interval '1 millisecond' end
        returning
          (extract(epoch from next_slot_at - clock_timestamp()) * 1000 - ${intervalMs}::float8)::float8 as wait_ms,
          coalesce(extract(epoch from paused_until - clock_timestamp()) * 1000, 0)::float8 as paused_ms
      `.execute(db);
      const row = rows[0]!;
      return {
        waitMs: Math.max(0, Math.ceil(row.wait_ms)),
        pausedForMs: Math.max(0, Math.ceil(row.paused_ms)),
      };
    },
    async pause(key, forMs, reason) {
      await sql`
        insert into sferum_pace as p (key, next_slot_at, paused_until, pause_reason)
        values (${key}, clock_timestamp(), clock_timestamp() + ${forMs} * interval '1 millisecond', ${reason})
        on conflict (key) do update set
          paused_until = greatest(p.paused_until, excluded.paused_until), pause_reason = excluded.pause_reason
      `.execute(db);
    },
  };
}
