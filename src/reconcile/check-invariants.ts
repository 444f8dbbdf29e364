import { sql } from 'kysely';
import type { Author } from '../author.ts';
import type { Context } from '../context.ts';
import type { DesiredChat, RosterFacts } from '../desired/model.ts';
import { enrolledOn } from '../desired/orders.ts';
import { chatBreaches, type InvariantBreach, planBreaches } from '../plan/invariants.ts';
import type { Plan } from '../plan/model.ts';
import type { Sql } from '../store/database.ts';

/** J6 on a plan before it is applied; strangers are what the look at the live chats has found (D8), unlinked profiles are none. */
export function breachesOf(
  facts: RosterFacts,
  day: string,
  desired: readonly DesiredChat[],
  plan: Plan,
): InvariantBreach[] {
  const enrolled = enrolledOn(facts, day);
  return [
    ...desired.flatMap((chat) => chatBreaches(chat, facts, enrolled)),
    ...plan.chats.flatMap(planBreaches),
    ...plan.chats.flatMap(({ chatId, actions }) =>
      actions.flatMap(({ strangerId, ending }) =>
        strangerId === undefined || ending ? [] : [{ code: 'stranger' as const, chat: chatId, strangerId }],
      ),
    ),
  ];
}

/** Never silent: a figure, a line of the log and of the chat's journal for each. Names stay out. */
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
  const rows = found.breaches.map(({ code, chat, personId, strangerId }) => ({
    code,
    chat,
    personId,
    stranger: strangerId,
  }));
  await sql`
    insert into journal (school_id, at, chat_id, person_id, what, cause, author_id, author_kind, details)
    select ${found.schoolId}, ${found.at}, c.id, r."personId", 'invariant', ${found.cause},
      ${found.author.id}, ${found.author.kind},
      jsonb_strip_nulls(jsonb_build_object('code', r.code, 'stranger', r.stranger))
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(code text, chat text, "personId" text, stranger bigint)
    left join chat c on c.school_id = ${found.schoolId} and (c.id::text = r.chat or c.key = r.chat)`.execute(
    tx,
  );
}
