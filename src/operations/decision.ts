/** A person's decision about what an operation holds: whether it can still be made, and where it is kept. */

import { sql } from 'kysely';
import type { Author } from '../author.ts';
import type { Context } from '../context.ts';
import { Refusal } from '../refusal.ts';
import { noteLine } from '../rows/journal.ts';
import { noteDecided } from '../rows/operation.ts';
import { dropApproval } from '../rows/operation-approval.ts';
import type { Sql } from '../store/database.ts';
import type { OperationState } from '../store/entities.ts';
import type { Awaiting, Decided, OperationOf } from '../store/operation-params.ts';
import { oneRow } from '../store/rows.ts';

export interface Decision {
  /** Null for an import of several schools, where the decision goes to each of them. */
  schoolId: string | null;
  operationId: string;
  decision: 'approve' | 'reject';
  /** Null for everything that the operation holds. */
  chatIds: readonly string[] | null;
  by: Author;
  /** The approval that waited and is carried out now (approve-later.ts). */
  awaited?: Awaiting;
}

/**
 * An operation that runs can still hold removals, because people decide chat by chat (J3). An approval that waited was
 * made while the operation was held. It stays valid even if the operation holds more since.
 */
export function isDecidable(
  state: OperationState,
  decided: Decided | null | undefined,
  awaited?: Awaiting,
): boolean {
  return state === 'held' || (state === 'running' && (decided != null || awaited !== undefined));
}

/** The chats in which the operation holds removals, by id, with a digest of whom each of them holds. */
export async function heldIn(tx: Sql, schoolId: string, operationId: string): Promise<Map<string, string>> {
  const held = sql`school_id = ${schoolId} and held_by = ${operationId}`;
  const { rows } = await sql<{ id: string; digest: string }>`
    select id, md5(string_agg(who, E'\n' order by who)) as digest
    from (select chat_id as id, 'person ' || person_id as who from membership where ${held}
      union all select chat_id, 'profile ' || vk_user_id from sferum_member where ${held}) h
    group by id order by id`.execute(tx);
  return new Map(rows.map(({ id, digest }) => [id, digest]));
}

/**
 * Locks the operation and returns the last decision, or null. Throws Refusal(409) where it has ended meanwhile, or where
 * the approval that waited was taken back.
 */
export async function lockHeld(
  tx: Sql,
  schoolId: string,
  { operationId: id, awaited }: Decision,
): Promise<Decided | null> {
  const { rows } = await sql<{ state: OperationState; decided: Decided | null }>`
    select state, params->'decided' as decided from operation
    where id = ${id} and school_id = ${schoolId} for update`.execute(tx);
  const { state, decided } = oneRow(rows);
  if (!isDecidable(state, decided, awaited)) throw notHeld(decided);
  if (awaited && !(await dropApproval(tx, { schoolId, id }, awaited.id))) throw notHeld();
  return decided;
}

/** Locks an operation that is decided as a whole. Throws Refusal(409) where it was decided before. */
export async function lockWhole(tx: Sql, schoolId: string, decision: Decision): Promise<void> {
  const decided = await lockHeld(tx, schoolId, decision);
  if (decided) throw notHeld(decided);
}

/**
 * The refusal of a decision where nothing waits for one (409), with the decision that was made before, if one was.
 */
export function notHeld(decided?: Decided | null): Refusal {
  if (!decided) return new Refusal(409, 'operation-not-held', 'Здесь нечего подтверждать');
  const { decision, by, at } = decided;
  return new Refusal(409, 'operation-not-held', 'Решение уже принято', {
    decision,
    decidedBy: by,
    decidedAt: at,
  });
}

/**
 * Keeps the decision with the operation and in a journal line of its own, so that its author is found either way
 * (K8).
 */
export async function noteDecision(
  ctx: Context,
  tx: Sql,
  schoolId: string,
  operation: OperationOf,
  { decision, by, awaited }: Decision,
  counted: { chats?: number } = {},
): Promise<void> {
  const cause = `${decision === 'approve' ? 'approval' : 'rejection'}:${operation.id}`;
  const details = {
    ...{ decision, kind: operation.kind, ...counted },
    ...(awaited ? { decidedAt: awaited.at } : {}),
  };
  const at = new Date(ctx.clock.now());
  const decided: Decided = { decision, by, at: at.toISOString() };
  await noteDecided(tx, { schoolId, id: operation.id }, decided);
  await noteLine(tx, {
    schoolId,
    at,
    what: 'decision',
    cause,
    author: by,
    details,
  });
}
