import { sql } from 'kysely';
import type { Author } from '../author.ts';
import type { Context } from '../context.ts';
import { affectedChats } from '../facts/affected-chats.ts';
import { finishOperations } from '../planning/end-operations.ts';
import { followRelinked, wakeRelinked } from '../profile/follow-profiles.ts';
import { notFound } from '../refusal.ts';
import { statementsOfErased } from '../roster/erased.ts';
import { eventsUnderCurrentIds } from '../roster/events/current-ids.ts';
import { type RejectedEvent, type RosterEvent, readEvent } from '../roster/events/event.ts';
import { withoutErased } from '../roster/events/without-erased.ts';
import { writeEvents } from '../roster/events/write-events.ts';
import type { Sql } from '../store/database.ts';
import { momentOf, timeOf } from '../store/school-day.ts';
import { type Followed, followFacts } from './follow-facts.ts';

interface Receipt {
  accepted: number;
  duplicates: number;
  rejected: RejectedEvent[];
}

/**
 * Takes in a batch of events about one school. The good ones are written into the facts, and the chats that they
 * touch follow, in one transaction. When it returns, all of that is durable (V1).
 * A bad event stops no other and is not remembered, so it may come again with its id once it is mended.
 * @throws Refusal(404) where there is no such school
 */
export async function receiveEvents(
  ctx: Context,
  batch: { schoolId: string; events: readonly unknown[]; by: Author },
): Promise<Receipt> {
  const { schoolId } = batch;
  const at = new Date(ctx.clock.now());
  const read = batch.events.map((event) => readEvent(event, at.getTime()));
  const events = read.flatMap((one) => ('event' in one ? [one.event] : []));
  const malformed = read.flatMap((one) => ('rejected' in one ? [one.rejected] : []));

  const { receipt, followed, elsewhere } = await ctx.db.holdingSchool(schoolId, async ({ sql: tx }) => {
    await requireSchool(tx, schoolId);
    const fresh = await unseen(tx, schoolId, events);
    const { said: current, void: stale } = await withoutStale(ctx, tx, schoolId, fresh);
    const { said, void: clearing } = await eventsUnderCurrentIds(tx, schoolId, current);
    const moment = momentOf(ctx);
    const { written, rejected, touched, elsewhere } = await writeEvents(tx, schoolId, said, moment);
    const accepted = [...written, ...stale, ...clearing];
    await remember(tx, schoolId, accepted, at);
    const cause = `event:${written[0]?.id ?? said[0]?.id}`;
    await followRelinked(tx, elsewhere, { cause, priority: 'event', at });
    const followed = touched.isEmpty
      ? null
      : await followFacts(ctx, tx, schoolId, {
          ...{
            cause,
            author: batch.by,
            priority: 'event',
            operationId: null,
            at,
            causedAt: at,
          },
          affected: await affectedChats(tx, schoolId, touched, (await timeOf(tx, schoolId, moment)).today),
        });
    const receipt = {
      accepted: accepted.length,
      duplicates: events.length - fresh.length,
      rejected: [...malformed, ...rejected],
    };
    return { receipt, followed, elsewhere };
  });
  wakeRelinked(ctx, elsewhere);
  await afterFollowing(ctx, schoolId, followed);
  return receipt;
}

/** Wakes the workers and finishes the operation, once what was followed is committed. */
export async function afterFollowing(
  ctx: Context,
  schoolId: string,
  followed: Followed | null,
): Promise<void> {
  ctx.wake('chats', { schoolId });
  ctx.wake('meetings');
  if (followed?.operationId == null) return;
  ctx.metrics.removalsHeld(followed.plan.plan.counts.held);
  await finishOperations(ctx, schoolId, [followed.operationId]);
}

async function requireSchool(tx: Sql, schoolId: string): Promise<void> {
  const { rows } = await sql`select 1 from school where id = ${schoolId}`.execute(tx);
  if (rows.length === 0) throw notFound();
}

/**
 * Separates the events that speak only of the past of erased people (K6). Such an event is accepted and changes
 * nothing.
 */
async function withoutStale(
  ctx: Context,
  tx: Sql,
  schoolId: string,
  events: readonly RosterEvent[],
): Promise<{ said: RosterEvent[]; void: RosterEvent[] }> {
  const times = events.map(({ time }) => time).sort();
  const isErased = times[0] === undefined ? null : await statementsOfErased(ctx, tx, schoolId, times[0]);
  if (isErased === null) return { said: [...events], void: [] };
  const judged = events.map((event) => ({
    event,
    said: withoutErased(event, (personId) => isErased(personId, event.time)),
  }));
  return {
    said: judged.flatMap(({ said }) => said ?? []),
    void: judged.flatMap(({ event, said }) => (said === null ? [event] : [])),
  };
}

/** Gives the events whose ids were not accepted before, each id once. */
async function unseen(tx: Sql, schoolId: string, events: readonly RosterEvent[]): Promise<RosterEvent[]> {
  const { rows } = await sql<{ id: string }>`
    select id from received_event
    where school_id = ${schoolId} and id = any(${events.map((event) => event.id)})`.execute(tx);
  const seen = new Set(rows.map((row) => row.id));
  return events.filter(({ id }) => !seen.has(id) && seen.add(id));
}

async function remember(tx: Sql, schoolId: string, events: readonly RosterEvent[], at: Date): Promise<void> {
  const rows = events.map(({ id, type, time }) => ({ id, type, time }));
  await sql`
    insert into received_event (school_id, id, type, time, received_at)
    select ${schoolId}, id, type, time, ${at}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(id text, type text, time timestamptz)`.execute(
    tx,
  );
}
