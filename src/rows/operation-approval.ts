/**
 * The part of operation.ts for approvals that wait. A person's approval in the console acts a little later, so that it
 * can be taken back meanwhile. The operation keeps it in `params.awaiting`, so it outlives a restart.
 *
 *   none      ──keepApproval──► awaiting
 *   awaiting  ──dropApproval──► none     taken back, or carried out in the same transaction
 *   awaiting  ──overruleApprovals──► awaiting, without the chats about which somebody has decided at once
 */
import { sql } from 'kysely';
import type { Sql } from '../store/database.ts';
import type { Awaiting } from '../store/operation-params.ts';
import type { OfSchool } from './operation.ts';

/** A decision that lies further ahead was noted before the clock stepped back. Clocks of hosts differ by less. */
export const CLOCKS_DIFFER_MS = 5_000;

/** Whether the approval's time has come; also where the clock has stepped back behind its decision. */
export function isDue({ at, actsAt }: Awaiting, nowMs: number): boolean {
  return nowMs >= Date.parse(actsAt) || nowMs < Date.parse(at) - CLOCKS_DIFFER_MS;
}

/** Adds an approval to those that wait. */
export async function keepApproval(tx: Sql, { schoolId, id }: OfSchool, approval: Awaiting): Promise<void> {
  await sql`update operation set params = jsonb_set(params, '{awaiting}',
      coalesce(params->'awaiting', '[]') || ${JSON.stringify([approval])}::jsonb)
    where id = ${id} and school_id = ${schoolId}`.execute(tx);
}

/** Drops an approval. False where it does not wait any more. */
export async function dropApproval(
  tx: Sql,
  { schoolId, id }: OfSchool,
  approvalId: string,
): Promise<boolean> {
  const { rows } =
    await sql`update operation set params = case when jsonb_array_length(params->'awaiting') = 1
      then params - 'awaiting' else jsonb_set(params, '{awaiting}', (
        select jsonb_agg(a order by n) from jsonb_array_elements(params->'awaiting') with ordinality x(a, n)
        where a->>'id' <> ${approvalId})) end
    where id = ${id} and school_id = ${schoolId}
      and params->'awaiting' @> ${JSON.stringify([{ id: approvalId }])}::jsonb returning id`.execute(tx);
  return rows.length > 0;
}

/** Takes these chats out of the approvals that wait, because a decision about them has been carried out. */
export async function overruleApprovals(
  tx: Sql,
  { schoolId, id }: OfSchool,
  chatIds: readonly string[],
): Promise<void> {
  await sql`update operation set params = jsonb_set(params, '{awaiting}', (
      select jsonb_agg(case when jsonb_typeof(a->'chatIds') = 'array' then jsonb_set(a, '{chatIds}', (
        select coalesce(jsonb_agg(c), '[]') from jsonb_array_elements(a->'chatIds') c
        where not c #>> '{}' = any(${[...chatIds]}))) else a end order by n)
      from jsonb_array_elements(params->'awaiting') with ordinality x(a, n)))
    where id = ${id} and school_id = ${schoolId} and params ? 'awaiting'`.execute(tx);
}
