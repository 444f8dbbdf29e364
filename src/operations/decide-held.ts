import { type NotNull, sql } from 'kysely';
import type { Author } from '../author.ts';
import type { Context } from '../context.ts';
import { afterFollowing } from '../follow/follow-events.ts';
import { mend } from '../live/mend.ts';
import { applyPlan } from '../planning/apply-plan.ts';
import { finishOperations } from '../planning/end-operations.ts';
import { planSchool } from '../planning/plan-school.ts';
import { notFound, Refusal } from '../refusal.ts';
import { dropStaged } from '../roster/staged.ts';
import { endHolds } from '../rows/chat-condition.ts';
import { makeAnew } from '../rows/chat-creation.ts';
import { moveGenerations } from '../rows/chat-outbox.ts';
import { keepAdded } from '../rows/exception.ts';
import { noteLines } from '../rows/journal.ts';
import { keepHeld } from '../rows/membership.ts';
import { endOperation, goOn } from '../rows/operation.ts';
import { overruleApprovals } from '../rows/operation-approval.ts';
import { followAnew } from '../rows/operation-chat.ts';
import { acceptImport, rejectImport } from '../rows/operation-import.ts';
import { dropProposals } from '../rows/person-match.ts';
import { moveRevision } from '../rows/school.ts';
import { confirmReplacement, confirmRestored } from '../rows/sferum-account.ts';
import { endHoldsIn, forgetSchool, keepMembers } from '../rows/sferum-member.ts';
import type { Sql } from '../store/database.ts';
import type { Decided, OperationOf } from '../store/operation-params.ts';
import { findOperationRow } from '../store/operation-row.ts';
import { decideWithin } from './decide-classes.ts';
import { afterPeople, NOTHING_DONE, takeForTheSame } from './decide-people.ts';
import {
  type Decision,
  heldIn,
  isDecidable,
  lockHeld,
  lockWhole,
  noteDecision,
  notHeld,
} from './decision.ts';
import { settleImports } from './import-parents.ts';

/**
 * Carries out a person's decision about what an operation holds (F4, J2). Approved removals are made. After a rejection
 * the people stay, by an exception. An incomplete import is applied whole or not at all.
 *
 * Throws Refusal(409) `operation-not-held` where nothing waits any more, with the earlier decision, its author and
 * time. So the second of two people who decide at the same moment is told about the first.
 */
export async function decideHeld(ctx: Context, decision: Decision): Promise<void> {
  const { schoolId } = decision;
  const operation = await findOperationRow(ctx, schoolId, decision.operationId);
  if (!operation) throw notFound();
  const { state, params } = operation;
  if (!isDecidable(state, params.decided, decision.awaited)) throw notHeld(params.decided);
  if (schoolId === null) return decideEach(ctx, decision);
  if (params.incomplete) return decideImport(ctx, schoolId, operation, decision);
  if (operation.kind === 'account-replacement') return decideReplacement(ctx, schoolId, operation, decision);
  if (operation.kind === 'class-match') return decideMatches(ctx, schoolId, operation, decision);
  if (operation.kind === 'adoption') return decideAdoption(ctx, schoolId, operation, decision);
  await ctx.db.holdingSchool(schoolId, async ({ sql: tx }) => {
    const decided = await lockHeld(tx, schoolId, decision);
    const ids = await heldChats(tx, schoolId, decision, decided);
    await overruleApprovals(tx, { schoolId, id: operation.id }, ids);
    await noteDecision(ctx, tx, schoolId, operation, decision, { chats: ids.length });
    await (decision.decision === 'approve'
      ? removeHeld(ctx, tx, schoolId, ids, operation, decision.by)
      : pin(ctx, tx, schoolId, ids, decision));
    await goOn(tx, { schoolId, id: operation.id });
  });
  ctx.wake('chats', { schoolId });
  await finishOperations(ctx, schoolId, [operation.id]);
}

/** Decides each school's part of an import. A part that another person has decided meanwhile keeps that decision. */
async function decideEach(ctx: Context, decision: Decision): Promise<void> {
  const rows = await ctx.db
    .across('import')
    .selectFrom('operation')
    .select(['school_id as schoolId', 'id as operationId'])
    .where('parent_id', '=', decision.operationId)
    .where('state', '=', 'held')
    .orderBy('school_id')
    .$narrowType<{ schoolId: NotNull }>()
    .execute();
  let decided = 0;
  for (const child of rows) {
    try {
      await decideHeld(ctx, { ...decision, ...child });
      decided += 1;
    } catch (error) {
      if (!(error instanceof Refusal && error.status === 409)) throw error;
    }
  }
  if (decided === 0) throw notHeld();
  await settleImports(ctx);
}

/**
 * Returns the chats in which removals wait, of those asked for, or all. A chat that holds other people than when its
 * approval was made is left out. Throws Refusal(409) where there is none.
 */
async function heldChats(
  tx: Sql,
  schoolId: string,
  decision: Decision,
  decided: Decided | null,
): Promise<string[]> {
  const { chatIds, awaited, operationId } = decision;
  const held = await heldIn(tx, schoolId, operationId);
  const asked = chatIds && new Set(chatIds);
  const isAsChosen = (id: string, whom: string) => !awaited?.held || awaited.held[id] === whom;
  const chosen = [...held].flatMap(([id, whom]) =>
    (!asked || asked.has(id)) && isAsChosen(id, whom) ? id : [],
  );
  if (chosen.length > 0) return chosen;
  if (decided) throw notHeld(decided);
  if (asked) throw new Refusal(409, 'nothing-held', 'В этих чатах ничего не ждёт решения');
  return [];
}

/** Plans these chats again and applies the plan. The guard lets their removals through. */
async function removeHeld(
  ctx: Context,
  tx: Sql,
  schoolId: string,
  chatIds: readonly string[],
  operation: OperationOf,
  author: Author,
) {
  const { rows } = await sql<{ type: 'staff' | 'class' | 'parents' | 'subject' }>`
    select distinct type from chat where id = any(${[...chatIds]}::uuid[])`.execute(tx);
  const only = new Set(chatIds);
  const asked = await peopleHeldIn(tx, chatIds);
  await endHoldsIn(tx, chatIds);
  const plan = await planSchool(ctx, tx, {
    schoolId,
    types: rows.map((r) => r.type),
    strict: operation.kind === 'initialization' && operation.params.strict,
    day: null,
    recreate: false,
    only,
    approvedChatIds: only,
    asked,
  });
  await applyPlan(ctx, tx, plan, {
    cause: `approval:${operation.id}`,
    author,
    priority: 'person',
    operationId: null,
    at: new Date(ctx.clock.now()),
  });
  await followAnew(tx, { schoolId, id: operation.id }, chatIds);
}

async function peopleHeldIn(tx: Sql, chatIds: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`select distinct person_id as id from membership
    where chat_id = any(${[...chatIds]}::uuid[]) and held_by is not null`.execute(tx);
  return new Set(rows.map(({ id }) => id));
}

/** Lets the held people stay. An exception by the decider is their ground from now on (D7). */
async function pin(ctx: Context, tx: Sql, schoolId: string, chatIds: readonly string[], decision: Decision) {
  const at = new Date(ctx.clock.now());
  const kept = await keepHeld(tx, decision.operationId, chatIds);
  const word = { schoolId, authorId: decision.by.id, reason: 'Исключение отклонено', at };
  await keepAdded(tx, word, kept);
  await noteLines(
    tx,
    { schoolId, at, cause: `rejection:${decision.operationId}`, author: decision.by },
    chatIds.map((chatId) => ({ what: 'removal-rejected', chatId })),
  );
  await keepMembers(tx, decision.operationId, chatIds);
  await endHolds(tx, chatIds, at);
  await moveRevision(tx, schoolId);
}

/**
 * Decides an incomplete import. Approval applies the staged rows whole (J2), and takes its people under new ids for
 * those of old (K4). Rejection deletes the staged rows.
 */
async function decideImport(
  ctx: Context,
  schoolId: string,
  operation: OperationOf,
  decision: Decision,
): Promise<void> {
  const accepted = decision.decision === 'approve';
  const of = { schoolId, id: operation.id };
  const done = await ctx.db.holdingSchool(schoolId, async ({ sql: tx }) => {
    await lockWhole(tx, schoolId, decision);
    const people = accepted ? await takeForTheSame(ctx, tx, of, decision.by) : NOTHING_DONE;
    if (accepted) await acceptImport(tx, of, decision.by);
    else await rejectImport(tx, of, new Date(ctx.clock.now()));
    await noteDecision(ctx, tx, schoolId, operation, decision);
    if (!accepted) await dropStaged(tx, schoolId, operation.id);
    if (!accepted) await dropProposals(tx, schoolId, operation.id);
    return people;
  });
  await afterPeople(ctx, schoolId, done);
  ctx.wake('operations', { schoolId });
}

/**
 * Decides the replacement of an account. After approval the new account creates every chat anew. After a rejection
 * nothing goes to Sferum until another account is connected.
 */
async function decideReplacement(
  ctx: Context,
  schoolId: string,
  operation: OperationOf,
  decision: Decision,
): Promise<void> {
  await decideWhole(ctx, schoolId, operation, decision, async (tx, at) => {
    await confirmReplacement(tx, schoolId, at);
    await forgetSchool(tx, schoolId);
    const ids = await makeAnew(tx, schoolId);
    await moveGenerations(tx, ids, { cause: `approval:${operation.id}`, priority: 'bulk', at });
  });
}

/**
 * Decides the hold after a restore (adopt.ts). After approval the differences pass the guard before any job can act
 * on them, and then the hold is lifted. After a rejection nothing goes to Sferum until the school is connected or
 * looked at again.
 */
async function decideAdoption(
  ctx: Context,
  schoolId: string,
  operation: OperationOf,
  decision: Decision,
): Promise<void> {
  if (decision.decision === 'approve') {
    const rows = await ctx.db
      .of(schoolId)
      .selectFrom('chat')
      .select('id')
      .where('school_id', '=', schoolId)
      .where('creation', '=', 'created')
      .where('deleted_at', 'is', null)
      .where('deleting_since', 'is', null)
      .execute();
    const ids = rows.map((r) => r.id);
    await mend(ctx, schoolId, ids, decision.by);
  }
  await decideWhole(ctx, schoolId, operation, decision, (tx, at) => confirmRestored(tx, schoolId, at));
}

/** Decides all proposals about classes under new ids at once (K4). The last one decided ends the operation. */
async function decideMatches(
  ctx: Context,
  schoolId: string,
  operation: OperationOf,
  decision: Decision,
): Promise<void> {
  const followed = await ctx.db.holdingSchool(schoolId, async ({ sql: tx }) => {
    await lockWhole(tx, schoolId, decision);
    await noteDecision(ctx, tx, schoolId, operation, decision);
    const word = { schoolId, classIds: null, continues: decision.decision === 'approve', by: decision.by };
    return (await decideWithin(ctx, tx, word)).followed;
  });
  await afterFollowing(ctx, schoolId, followed);
}

/** Ends the question about a school's account. Approval also lifts the hold. */
async function decideWhole(
  ctx: Context,
  schoolId: string,
  operation: OperationOf,
  decision: Decision,
  lift: (tx: Sql, at: Date) => Promise<void>,
): Promise<void> {
  await ctx.db.holdingSchool(schoolId, async ({ sql: tx }) => {
    await lockWhole(tx, schoolId, decision);
    await endOperation(tx, operation.id, {
      at: new Date(ctx.clock.now()),
      state: 'succeeded',
      result: { decision: decision.decision },
    });
    await noteDecision(ctx, tx, schoolId, operation, decision);
    if (decision.decision === 'approve') await lift(tx, new Date(ctx.clock.now()));
  });
  ctx.wake('chats', { schoolId });
}
