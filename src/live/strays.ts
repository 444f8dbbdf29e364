import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { gathering } from '../store/gather.ts';
import { tableOf } from '../store/rows.ts';

/** A chat of our account at Sferum that no row of ours knew when it was seen after a restore (operations/adopt.ts). */
export interface Stray {
  peerId: number;
  title: string;
}

/**
 * Returns the peer ids of the strays of this title that no row of ours holds yet. A chat of that title is created only
 * after they were looked at. They are never abandoned as second chats, because a person may have made them.
 */
export async function strayPeers(
  ctx: Context,
  ownerId: number,
  { schoolId, title, isBulk = false }: { schoolId: string; title: string; isBulk?: boolean },
): Promise<Set<number>> {
  const strays = await finding(ctx, { schoolId, isBulk }, { ownerId, title });
  return new Set(strays);
}

const finding = gathering(
  async (ctx: Context, schoolId: string, asked: readonly { ownerId: number; title: string }[]) => {
    const { rows } = await sql<{ title: string; peer: string; ownerId: string }>`
    select a.title, a."ownerId", stray->>'peerId' as peer
    from operation o cross join jsonb_array_elements(o.result->'strays') stray
      join ${tableOf('a', { ownerId: 'bigint', title: 'text' }, asked)} on a.title = stray->>'title'
    where o.school_id = ${schoolId} and o.kind = 'adoption'
      and not exists (select from chat where owner_id = a."ownerId" and peer_id = (stray->>'peerId')::bigint)`.execute(
      ctx.db.across('accounts'),
    );
    return asked.map(({ ownerId, title }) =>
      rows.filter((r) => r.title === title && Number(r.ownerId) === ownerId).map((r) => Number(r.peer)),
    );
  },
);
