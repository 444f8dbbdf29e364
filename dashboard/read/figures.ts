import { sql } from 'kysely';
import { type FleetFigures, HOLD_AGES } from '../../src/metrics-gauges.ts';
import type { Sql } from '../../src/store/database.ts';
import { isHeard } from '../../src/store/processes.ts';
import { oneRow } from '../../src/store/rows.ts';
import { waitingWork } from './server.ts';

/** The conditions that few chats are in. What is counted is in their index (chat_open). */
const COUNTED = ['behind', 'held', 'failing', 'deleting'] as const;
const ROLES = ['all', 'api', 'worker'] as const;
const NOTHING_WAITS = { waiting: 0, oldestSeconds: 0 };
const ACCOUNT_STATES = ['ok', 'broken'] as const;

/** Reads the figures. Ages are taken by the database's clock, because the clocks of hosts may differ. */
export async function fleetFigures(db: Sql): Promise<FleetFigures> {
  const ago = (at: ReturnType<typeof sql>) => sql`extract(epoch from clock_timestamp() - ${at})::float8`;
  const waiting = await waitingWork(db);
  const { rows } = await sql<
    Pick<FleetFigures, 'accounts' | 'rosterAges' | 'processes'> & {
      messages: Partial<FleetFigures['messages']>;
    } & Record<'chats' | 'holds', Record<string, number>>
  >`
    with open as (select condition, count(*)::int as n from chat
        where deleted_at is null and condition not in ('synced', 'archived') group by condition),
      held as (select case when ${ago(sql`created_at`)} < 3600 then 'hour' when ${ago(sql`created_at`)} < 86400 then 'day'
          when ${ago(sql`created_at`)} < 604800 then 'week' else 'longer' end as age from operation where state = 'held')
    select coalesce((select jsonb_object_agg(condition, n) from open), '{}') as chats,
      coalesce((select jsonb_object_agg(age, n) from (select age, count(*)::int as n from held group by age) h), '{}') as holds,
      coalesce((select jsonb_object_agg(status, n) from (
        select status, count(*)::int as n from sferum_account group by status) a), '{}') as accounts,
      coalesce((select jsonb_agg(jsonb_build_object('school', id, 'seconds', ${ago(sql`roster_taken_at`)}))
        from school where roster_taken_at is not null), '[]') as "rosterAges",
      coalesce((select jsonb_object_agg(role, n) from (select role, count(*)::int as n from process
        where ${isHeard} group by role) p), '{}') as processes,
      coalesce((select jsonb_object_agg("to", jsonb_build_object('waiting', n, 'oldestSeconds', greatest(0, oldest))) from (
        select case when webhook_id is null then 'mail' else 'webhook' end as "to", count(*)::int as n,
          ${ago(sql`min(created_at)`)} as oldest
        from told_delivery where next_at is not null group by 1) m), '{}') as messages`.execute(db);
  const { chats, holds, accounts, processes, rosterAges, messages } = oneRow(rows);
  return {
    rosterAges,
    behindSeconds: waiting.oldestSeconds,
    operations: waiting.operations,
    allowedPerSecond: waiting.allowedPerSecond,
    chats: { ...zeros(COUNTED), ...chats },
    holds: { ...zeros(HOLD_AGES), ...holds },
    accounts: { ...zeros(ACCOUNT_STATES), ...accounts },
    processes: { ...zeros(ROLES), ...processes },
    messages: { mail: NOTHING_WAITS, webhook: NOTHING_WAITS, ...messages },
  };
}

/** A figure that is missing could not be told from one that is 0, and no alert would fire. */
function zeros<Name extends string>(names: readonly Name[]): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
}
