/**
 * What is open now and waits for a person, in all schools, as rows for `noteOpen` (K2). Each kind is found by an index
 * that holds nothing else, or in a table of as many rows as there are schools.
 */
import { type RawBuilder, sql } from 'kysely';
import type { Context } from '../context.ts';
import { CALL_AHEAD_MS } from '../lessons/meeting.ts';
import { UNCONFIRMED_REASONS } from '../rows/sferum-account.ts';
import type { OperationKind, ToldKind } from '../store/entities.ts';
import { silentWorkers } from '../store/processes.ts';
import { isOverdue, lastRosterAt } from '../store/queries/overdue.ts';

/**
 * The operations that ask about the account. While one of them is held, the state of the account is not told as well.
 */
export const ASKS_ABOUT_ACCOUNT: readonly OperationKind[] = ['account-replacement', 'adoption'];

/** A reason keeps at most so many chats. */
const CHATS_KEPT = 100;
/** A lesson's call is usually there a second after it is due. */
const CALL_LATE_MS = 45_000;
/** A call that cannot be started is told so long ahead, because then somebody can still help. */
const LESSON_AHEAD_MS = 15 * 60_000;
/** Every plan that meets a breach tells it. A breach that no plan has met for so long is over. */
const BREACH_OVER_AFTER = sql`interval '1 hour'`;

interface OpenRow {
  school: RawBuilder<unknown>;
  reason: RawBuilder<unknown>;
  since: RawBuilder<unknown>;
  items?: RawBuilder<unknown>;
  chats?: RawBuilder<unknown>;
  operation?: RawBuilder<unknown>;
  from: RawBuilder<unknown>;
}

const ms = (value: number) => sql`interval '1 millisecond' * ${sql.lit(value)}`;
const keptOf = (chats: RawBuilder<unknown>) => sql`(array_agg(${chats}))[1:${sql.lit(CHATS_KEPT)}]`;

/** Gives all that is open now, as a query of school_id, kind, reason, since, items, chat_ids and operation_id. */
export function openRows(ctx: Context): RawBuilder<unknown> {
  const now = sql`${new Date(ctx.clock.now())}::timestamptz`;
  const kinds: Record<ToldKind, OpenRow> = {
    hold,
    'chat-failing': failingChats,
    'account-broken': brokenAccount,
    'roster-overdue': overdueRoster(now),
    'lesson-without-call': lessonsWithoutCall(now),
    'invariant-broken': brokenInvariants(now),
    'worker-dead': deadWorkers(ctx.config.limits.processSilentMs),
  };
  return sql.join(
    Object.entries(kinds).map(
      ([
        kind,
        row,
      ]) => sql`select ${row.school} as school_id, ${sql.lit(kind)} as kind, ${row.reason}::text as reason,
        ${row.since} as since, ${row.items ?? sql`1`} as items, ${row.chats ?? sql`'{}'`}::uuid[] as chat_ids,
        ${row.operation ?? sql`null`}::uuid as operation_id ${row.from}`,
    ),
    sql` union all `,
  );
}

/** True in SQL where the import `o` asks who the people under new ids are (K4). */
const asksAboutPeople = sql`jsonb_path_exists(o.problems,
  '$[*] ? (exists(@.renumbered) || @.code == "people-to-match")')`;

/**
 * Each decision is a reason of its own. The question about people is one reason, because each night's list asks it
 * anew.
 */
const decisionAsked = sql`case when ${asksAboutPeople} then 'people' else o.id::text end`;

/**
 * An import of several schools is told as one operation for each school. A question about people is told as soon as the
 * import is applied, although its chats still follow, because the question of the import before has ended.
 */
const hold: OpenRow = {
  school: sql`o.school_id`,
  reason: decisionAsked,
  since: sql`min(o.created_at)`,
  operation: sql`(array_agg(o.id order by o.created_at desc, o.id))[1]`,
  from: sql`from operation o where o.state in ('held', 'running') and o.school_id is not null
    and (o.state = 'held' or (o.params @> '{"incomplete": true}' and ${asksAboutPeople}))
    group by o.school_id, ${decisionAsked}`,
};

const failingChats: OpenRow = {
  school: sql`c.school_id`,
  reason: sql`coalesce(c.condition_reason, 'failing')`,
  since: sql`min(c.condition_since)`,
  items: sql`count(*)::int`,
  chats: keptOf(sql`c.id order by c.condition_since, c.id`),
  from: sql`from chat c where c.deleted_at is null and c.condition not in ('synced', 'archived')
    and c.condition = 'failing' group by c.school_id, coalesce(c.condition_reason, 'failing')`,
};

const brokenAccount: OpenRow = {
  school: sql`a.school_id`,
  reason: sql`coalesce(a.status_reason, 'broken')`,
  since: sql`a.status_since`,
  from: sql`from sferum_account a where a.status = 'broken'
    and not (a.status_reason = any(${[...UNCONFIRMED_REASONS]}::text[]) and exists (select from operation o
      where o.school_id = a.school_id and o.state = 'held' and o.kind = any(${[...ASKS_ABOUT_ACCOUNT]}::text[])))`,
};

const overdueRoster = (now: RawBuilder<unknown>): OpenRow => ({
  school: sql`s.id`,
  reason: sql`'roster'`,
  since: lastRosterAt,
  from: sql`from school s where ${isOverdue(now)}`,
});

/**
 * A meeting that was asked for, whose call should be there by now and is not. Before that time: one that has failed, or
 * whose account cannot start calls.
 */
function lessonsWithoutCall(now: RawBuilder<unknown>): OpenRow {
  const callDue = sql`(l.starts_at - interval '1 minute' * s.early_entry_minutes - ${ms(CALL_AHEAD_MS)})`;
  return {
    school: sql`m.school_id`,
    reason: sql`m.lesson_id`,
    since: sql`case when m.condition = 'failing' then m.condition_since else ${callDue} end`,
    // `offset 0`: each meeting that is due asks for its own lesson, whatever the planner expects.
    from: sql`from (select * from meeting where due_at <= ${now} + ${ms(LESSON_AHEAD_MS)} and deleted_at is null offset 0) m
        cross join lateral (select * from lesson where school_id = m.school_id and id = m.lesson_id and present
          and ends_at > ${now} offset 0) l
        cross join lateral (select 1 from subject_group where school_id = m.school_id and id = l.subject_group_id
          and present offset 0) g
        join school s on s.id = m.school_id
        left join sferum_account a on a.school_id = m.school_id
      where l.starts_at <= ${now} + ${ms(LESSON_AHEAD_MS)} + interval '1 minute' * s.early_entry_minutes
        and (m.condition = 'failing' or ${callDue} <= ${now} - ${ms(CALL_LATE_MS)}
          or a.status is distinct from 'ok' or a.calls_refused_at is not null)
        and not exists (select from meeting_call k where k.school_id = m.school_id and k.lesson_id = m.lesson_id
          and k.state = 'open')`,
  };
}

/** The journal has every breach that a plan has met (J6). */
const brokenInvariants = (now: RawBuilder<unknown>): OpenRow => ({
  school: sql`j.school_id`,
  reason: sql`j.details->>'code'`,
  since: sql`min(j.at)`,
  items: sql`count(distinct j.chat_id)::int`,
  chats: keptOf(sql`distinct j.chat_id) filter (where j.chat_id is not null`),
  from: sql`from journal j where j.what = 'invariant' and j.at > ${now} - ${BREACH_OVER_AFTER}
    group by j.school_id, j.details->>'code'`,
});

const deadWorkers = (silentMs: number): OpenRow => ({
  school: sql`null::text`,
  reason: sql`p.id`,
  since: sql`p.seen_at`,
  from: sql`from (${silentWorkers(silentMs)}) p`,
});
