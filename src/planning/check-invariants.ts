import { sql } from 'kysely';
import type { Author } from '../author.ts';
import type { Context } from '../context.ts';
import type { DesiredChat } from '../desired/model.ts';
import type { School } from '../desired/school.ts';
import { chatBreaches, type InvariantBreach, planBreaches } from '../plan/invariants.ts';
import type { Plan } from '../plan/model.ts';
import { noteLines } from '../rows/journal.ts';
import type { Sql } from '../store/database.ts';

/**
 * Checks a plan against the invariants before it is applied (J6). A stranger is a profile that the last look at the
 * live chat found without a ground (D8). A profile that its owner has unlinked is no stranger, so it is not reported.
 */
export function breachesOf(school: School, desired: readonly DesiredChat[], plan: Plan): InvariantBreach[] {
  return [
    ...desired.flatMap((chat) => chatBreaches(chat, school)),
    ...plan.chats.flatMap(planBreaches),
    ...plan.chats.flatMap(({ chatId, actions }) =>
      actions.flatMap(({ strangerId, ending }) =>
        strangerId === undefined || ending ? [] : [{ code: 'stranger' as const, chat: chatId, strangerId }],
      ),
    ),
  ];
}

/**
 * Makes each breach visible in the metrics, the log and the chat's journal (J6). The plan is applied all the same. No
 * names are written (rule 11).
 */
export async function reportBreaches(
  ctx: Context,
  tx: Sql,
  found: { schoolId: string; cause: string; author: Author; at: Date; breaches: readonly InvariantBreach[] },
): Promise<void> {
  if (found.breaches.length === 0) return;
  for (const { code } of found.breaches) ctx.metrics.invariantBreach(code);
  const codes = Object.entries(Object.groupBy(found.breaches, ({ code }) => code)).map(([code, all]) => [
    code,
    all.length,
  ]);
  ctx.log.warn(
    { schoolId: found.schoolId, cause: found.cause, ...Object.fromEntries(codes) },
    'invariants are broken',
  );
  const chatIds = await chatIdsOf(tx, found.schoolId, new Set(found.breaches.map(({ chat }) => chat)));
  await noteLines(
    tx,
    found,
    found.breaches.map(({ code, chat, personId, strangerId: stranger }) => ({
      ...{ what: 'invariant', chatId: chatIds.get(chat), personId, details: { code, stranger } },
    })),
  );
}

/** A breach names its chat by id or by key, so the map has both as its keys. */
async function chatIdsOf(
  tx: Sql,
  schoolId: string,
  names: ReadonlySet<string>,
): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; key: string | null }>`
    select id, key from chat where school_id = ${schoolId} and (id::text = any(${[...names]}) or key = any(${[...names]}))`.execute(
    tx,
  );
  return new Map(rows.flatMap(({ id, key }) => [[id, id] as const, ...(key ? [[key, id] as const] : [])]));
}
