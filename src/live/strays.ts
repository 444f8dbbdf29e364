import { sql } from 'kysely';
import type { Context } from '../context.ts';

/** A chat of our account at Sferum that no row of ours knew when it was seen after a restore (operations/adopt.ts). */
export interface Stray {
  peerId: number;
  title: string;
}

/**
 * Returns the peer ids of the strays of this title that no row of ours holds yet. A chat of that title is created only
 * after they were looked at. They are never set aside as second chats, because a person may have made them.
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
