import { type RawBuilder, sql } from 'kysely';
import { instant, type Sql } from '../../src/store/database.ts';
import type { OperationKind, Problem } from '../../src/store/entities.ts';
import { byName, shownName } from '../../src/store/queries/person-columns.ts';
import { type ChatWarning, chatWarning } from './chat-warning.ts';

/** Chats that one thing stands in the way of, longest first. */
export interface Trouble {
  reason: string;
  /** Russian; says what to do. */
  message: string | null;
  since: string;
  chats: { id: string; title: string }[];
  total: number;
}

export interface WorkList {
  failing: Trouble[];
  /** Calls of distance lessons that cannot be started; one that was lost needs nobody: another stands in its place. */
  calls: { message: string | null; since: string; total: number; lessonId: string }[];
  /** C6: who administers is not who should. */
  warnings: (Omit<Trouble, 'reason' | 'message'> & { warning: ChatWarning })[];
  /** Whose VK ID somebody else has (A7), by name; so many in all. */
  takenProfiles: { people: { id: string; name: string }[]; total: number };
  /** Runs that ended badly lately and were not repeated since. */
  failed: { operationId: string; kind: OperationKind; finishedAt: string; problems: Problem[] }[];
}

/** Of a group of chats so many are named. */
const CHATS_NAMED = 5;
const PEOPLE_NAMED = 20;
const FAILED_WITHIN_DAYS = 7;
const FAILED_SHOWN = 5;

/** What of a school waits for somebody, besides what is held (attention.ts). */
export async function findWorkList(db: Sql, schoolId: string, now: Date): Promise<WorkList> {
  const named = sql`(array_agg(jsonb_build_object('id', id, 'title', title) order by title_key collate "C"))[1:${sql.lit(CHATS_NAMED)}]`;
  const failing = await sql<Trouble>`
    select coalesce(condition_reason, '') as reason, condition_message as message, min(condition_since) as since,
      count(*)::int as total, ${named} as chats
    from chat where school_id = ${schoolId} and deleted_at is null and condition = 'failing'
    group by condition_reason, condition_message order by min(condition_since)`.execute(db);
  const warnings = await sql<WorkList['warnings'][number]>`
    select ${chatWarning} as warning, min(created_at) as since, count(*)::int as total, ${named} as chats
    from chat c where school_id = ${schoolId} and deleted_at is null and ${chatWarning} is not null
    group by 1 order by 1`.execute(db);
  const calls = await sql<WorkList['calls'][number]>`
    select condition_message as message, min(condition_since) as since, count(*)::int as total,
      min(lesson_id) as "lessonId"
    from meeting m where ${isFailingMeeting(schoolId)} group by condition_message order by 2`.execute(db);
  const failed = await sql<WorkList['failed'][number]>`
    select o.id as "operationId", o.kind, o.finished_at as "finishedAt", o.problems
    from operation o where o.school_id = ${schoolId} and o.state = 'failed'
      and o.finished_at > ${now}::timestamptz - make_interval(days => ${FAILED_WITHIN_DAYS})
      and not exists (select from operation later where later.school_id = o.school_id and later.kind = o.kind
        and later.state = 'succeeded' and later.created_at > o.created_at)
    order by o.finished_at desc limit ${FAILED_SHOWN}`.execute(db);
  const taken = await sql<WorkList['takenProfiles']>`
    select count(*)::int as total, coalesce((jsonb_agg(jsonb_build_object('id', p.id, 'name', ${shownName}) order by ${byName})
      filter (where n <= ${PEOPLE_NAMED})), '[]') as people
    from (select p.*, row_number() over (order by ${byName}) as n from person p
      where p.school_id = ${schoolId} and p.present and exists (select from profile_claim k
        where k.school_id = ${schoolId} and k.person_id = p.id and k.state = 'waiting')) p`.execute(db);
  const at = <Row extends { since: string }>(row: Row): Row => ({ ...row, since: instant(row.since) });
  return {
    failing: failing.rows.map(at),
    calls: calls.rows.map(at),
    warnings: warnings.rows.map(at),
    takenProfiles: taken.rows[0]!,
    failed: failed.rows.map((row) => ({ ...row, finishedAt: instant(row.finishedAt) })),
  };
}

/** Of a row of `meeting m`: its lesson has no call, and somebody has to see to it. What is tried again has its time. */
export function isFailingMeeting(schoolId: string | RawBuilder<unknown>): RawBuilder<boolean> {
  return sql`m.school_id = ${schoolId} and m.due_at is not null and m.condition = 'failing' and m.deleted_at is null`;
}
