import { sql } from 'kysely';
import type { Context } from '../context.ts';

/** An own chat at Sferum that no row of ours knew when it was looked for after a restore (adopt.ts). */
export interface Stray {
  peerId: number;
  title: string;
}

/**
 * The strays of this title that still no row of ours holds: a chat of that title is not made before they were looked
 * at, and they are nobody's twins.
 */
export async function strayPeers(
  ctx: Context,
  ownerId: number,
  { schoolId, title }: { schoolId: string; title: string },
): Promise<Set<number>> {
  const { rows } = await sql<{ peer: string }>`
    select stray->>'peerId' as peer
    from operation o cross join jsonb_array_elements(o.result->'strays') stray
    where o.school_id = ${schoolId} and o.kind = 'adoption' and stray->>'title' = ${title}
      and not exists (select from chat where owner_id = ${ownerId} and peer_id = (stray->>'peerId')::bigint)`.execute(
    ctx.db.across('accounts'),
  );
  return new Set(rows.map((r) => Number(r.peer)));
}
