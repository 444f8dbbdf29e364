/** What may go wrong in a schedule; each gives a word for the trail. */

import { sql } from 'kysely';
import { DAY_MS } from '../../../src/clock.ts';
import type { FaultName } from '../../../src/sferum/sandbox/faults.ts';
import { asOwner, everywhere } from '../everywhere.ts';
import type { Draw } from '../random.ts';
import type { Story } from './ask.ts';
import { LATE_EFFECT_MS } from './world.ts';

type Trouble = (story: Story, draw: Draw) => Promise<unknown>;

const REPLIES: readonly FaultName[] = [
  ...(['applyThenReset', 'reset', 'partThenReset', 'http502', 'applyThenHttp502', 'applyThenHang'] as const),
  ...(['error10', 'applyThenError10', 'partThenError10', 'partThenError13', 'error1'] as const),
];
/** Of steps on a live chat, by method; 9 is the flood control, which lasts a quarter of an hour. */
const REFUSALS: Readonly<Record<string, readonly number[]>> = {
  'messages.addChatUser': [9, 10, 15, 901, 902, 939, 1],
  'messages.removeChatUser': [10, 15, 935, 1017],
  'messages.setMemberRole': [3, 7, 9, 10, 15, 935],
  'messages.editChat': [10, 15, 100],
  'messages.createChat': [9, 10, 15],
  'messages.getConversationMembers': [10, 917],
};

export const FAULTS: Record<string, Trouble> = {
  'a worker dies': async ({ world }) => world.killWorker(),
  'a worker dies in the middle': async ({ world }, draw) => {
    const effects = draw.upTo(6);
    world.killWorkerAfter(effects);
    return `after ${effects}`;
  },
  'replies are lost': async ({ world }, draw) => {
    const fault = draw.of(REPLIES);
    const times = draw.upTo(2);
    world.halves.sandbox.world.faults.add({ method: 'execute', fault, times });
    return `${fault} × ${times}`;
  },
  'a creation is not answered': async ({ world }, draw) => {
    const fault = draw.of(['applyThenReset', 'applyThenHang', 'lateThenReset', 'lateThenError10'] as const);
    world.halves.sandbox.world.faults.once('messages.createChat', fault);
    return fault;
  },
  'a step fails': async ({ world }, draw) => {
    const method = draw.of(Object.keys(REFUSALS));
    // Flood control ends by the clock: the one of another process cannot be moved.
    const fault = draw.of(REFUSALS[method]!.filter((code) => code !== 9 || world.isHere));
    const times = draw.upTo(4);
    world.halves.sandbox.world.faults.add({ method, fault, times });
    return `${method} ${fault} × ${times}`;
  },
  'effects come late': async ({ world }, draw) => {
    const fault = draw.of(['lateThenReset', 'lateThenError10'] as const);
    world.halves.sandbox.world.faults.once('execute', fault);
    return fault;
  },
  'listings lag': async ({ world }, draw) => {
    world.halves.sandbox.world.faults.listingLagMs = draw.of([0, 200, 400]);
  },
  'listings lie': async ({ world }, draw) => {
    const { faults } = world.halves.sandbox.world;
    faults.memberListing = draw.of(['whole', 'empty', 'nobody', 'cut', 'contradictory', 'default-page']);
    return faults.memberListing;
  },
  'connections are cut': async ({ world }) =>
    asOwner(
      world.halves.ctx,
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid()`,
    ),
  'the queue is wiped': async (story) => {
    // BullMQ wipes a queue that it has paused; a second wipe at the same moment would find it going again.
    story.wiped = story.wiped
      .catch(() => undefined)
      .then(async () => {
        for (const queue of story.world.halves.app.queues.all) await wipe(queue);
      });
    await story.wiped;
  },
  'the clock steps back': async ({ world }) => stepBack(world.halves.ctx),
  'a day passes': async ({ world }) => {
    if (world.isHere) world.pass(DAY_MS);
  },
};

const WIPES_AT_MOST = 5;
/** A wipe that is cut off leaves the queue paused, so it is begun again. */
async function wipe(queue: { obliterate(options: { force: true }): Promise<void> }): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await queue.obliterate({ force: true });
    } catch (error) {
      if (attempt === WIPES_AT_MOST) throw error;
    }
  }
}

/** For rows that were written before, a clock that steps back an hour is the same as rows that lie an hour ahead. */
export async function stepBack(ctx: Story['world']['halves']['ctx']): Promise<void> {
  const hour = sql`interval '1 hour'`;
  await ctx.db.transactionAcross('figures', async ({ sql: tx }) => {
    await sql`update setting set value = to_jsonb((value #>> '{}')::timestamptz + ${hour}) where key = 'clock'`.execute(
      tx,
    );
    await sql`update chat set not_before = not_before + ${hour}, queued_at = queued_at + ${hour},
      seen_at = seen_at + ${hour}, look_again_at = look_again_at + ${hour},
      handover_since = handover_since + ${hour}, creation_at = creation_at + ${hour}`.execute(tx);
    await sql`update sferum_pace set next_slot_at = next_slot_at + ${hour}, asked_at = asked_at + ${hour},
      paused_until = paused_until + ${hour}`.execute(tx);
  });
}

/** What Sferum does late it does within the time in which it may, whenever the schedule is by then. */
export function carryOutLate({ world }: Story, draw: Draw): { done(): Promise<void> } {
  const { faults } = world.halves.sandbox.world;
  const waiting: Promise<void>[] = [];
  faults.keepForLater = (work) => {
    waiting.push(world.clock.sleep((draw() * LATE_EFFECT_MS) / 2).then(work));
  };
  return { done: async () => void (await Promise.all(waiting)) };
}

/** Nothing goes wrong any more, and what waits for its hour or its day has waited. */
export async function heal({ world }: Story): Promise<void> {
  const { ctx, sandbox } = world.halves;
  sandbox.world.faults.clear();
  world.killWorkerAfter(0);
  await world.started();
  const db = everywhere(ctx);
  await sql`update sferum_pace set paused_until = null where paused_until is not null`.execute(db);
  if (world.isHere) return world.pass(DAY_MS + 3600_000);
  await sql`update chat set not_before = null`.execute(db);
  await letRefusalsPass({ world });
}

/** Lets the day pass after which a refused person is asked for again, also where the refusal came with the healing. */
export async function letRefusalsPass({ world }: Pick<Story, 'world'>): Promise<void> {
  await sql`update sferum_member set seen_at = seen_at - interval '25 hours'
    where state = 'refused' and seen_at > clock_timestamp() - interval '24 hours'`.execute(
    everywhere(world.halves.ctx),
  );
}
