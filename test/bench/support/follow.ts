import { sql } from 'kysely';
import type { App } from '../../../src/app.ts';
import { commandsOf } from '../../../src/commands.ts';
import { everywhere } from '../../support/everywhere.ts';
import type { ChangeEvent } from './changes.ts';
import { timed } from './measure.ts';

const LOOK_EVERY_MS = 3;

export interface Took {
  type: string;
  /** The time until the event is durable: the answer 202. */
  durableMs: number;
  ms: number;
  chats: number;
  /** Requests to Sferum meanwhile, those of bulk work included. */
  requests: number;
}

/**
 * Measures from the event's arrival until the last of its chats is settled. That is a little after Sferum has the
 * change.
 */
export async function follow({ ctx }: App, schoolId: string, change: ChangeEvent): Promise<Took> {
  const time = new Date(ctx.clock.now()).toISOString();
  const event = { specversion: '1.0', source: 'bench', time, ...change };
  let durableMs = 0;
  const sentBefore = ctx.gateway.stats().requests;
  const { ms, value: chats } = await timed(async () => {
    const received = await timed(() =>
      commandsOf(ctx).receiveEvents({ by: { id: 'sgo', kind: 'service' }, schoolId, events: [event] }),
    );
    durableMs = received.ms;
    if (received.value.accepted !== 1) throw new Error(`the event ${change.type} was not accepted`);
    const touched = await sql<{ id: string }>`
      select id from chat where cause = ${`event:${change.id}`}`.execute(everywhere(ctx));
    const ids = touched.rows.map((chat) => chat.id);
    for (;;) {
      const { rows } = await sql`select 1 from chat
        where id = any(${ids}::uuid[]) and generation > settled_generation limit 1`.execute(everywhere(ctx));
      if (rows.length === 0) return ids.length;
      await ctx.clock.sleep(LOOK_EVERY_MS);
    }
  });
  if (chats === 0) throw new Error('the event touched no chat');
  const requests = ctx.gateway.stats().requests - sentBefore;
  return { type: change.type, durableMs, ms, chats, requests };
}
