/**
 * What a year leaves in the rows of one school, made by SQL: orders, the journal, delays, ids of events, operations and
 * records of who looked. None of it changes who belongs where, because a whole roster came after those orders.
 */
import { sql } from 'kysely';
import { countDelays } from '../../../src/rows/chat-delay.ts';
import type { Sql } from '../../../src/store/database.ts';

export const YEAR = {
  journalLines: 400_000,
  delays: 250_000,
  events: 60_000,
  imports: 365,
  cancelledWithdrawals: 5_000,
  looks: 50_000,
} as const;

/** How many months before this one get a partition of their own. */
const MONTHS_BACK = 12;
/** The year's lines have ids below this one. The program gives higher ids. */
const FIRST_ID_OF_TODAY = 1_000_000;

const PART_ROWS = 50_000;

/** Keeps the low ids free for the year's lines. The owner must run it before anything is noted. */
export const LEAVE_ROOM = `select setval(pg_get_serial_sequence('public.journal', 'id'), ${FIRST_ID_OF_TODAY})`;

/** Makes the rows of the year before now. `db` may write everywhere. */
export async function makeYear(db: Sql, schoolId: string): Promise<void> {
  await makeOrders(db, schoolId);
  await makeJournal(db, schoolId);
  const ago = (n: number) => sql`now() - interval '1 day' - i * (interval '364 days' / ${n}::int)`;
  await inParts(YEAR.delays, (from, to) =>
    sql`insert into order_delay (school_id, chat_id, caused_at, settled_at)
    select ${schoolId}, c.ids[1 + i % cardinality(c.ids)], at, at + interval '1 ms' * (80 + i % 977)
    from (select array_agg(id) as ids from chat where school_id = ${schoolId}) c
      cross join generate_series(${from}::int, ${to}::int) i cross join lateral (select ${ago(YEAR.delays)} as at) a`.execute(
      db,
    ),
  );
  const today = new Date(new Date().setUTCHours(0, 0, 0, 0));
  await countDelays(db, schoolId, today);
  await sql`insert into received_event (school_id, id, type, time, received_at)
    select ${schoolId}, 'year-' || i, 'sgo.order.issued', ${ago(YEAR.events)}, ${ago(YEAR.events)}
    from generate_series(1, ${YEAR.events}::int) i`.execute(db);
  await sql`insert into operation (id, kind, school_id, state, created_at, started_at, finished_at, created_by, created_by_kind, result)
    select gen_random_uuid(), 'roster-import', ${schoolId}, 'succeeded', ${ago(YEAR.imports)}, ${ago(YEAR.imports)}, ${ago(YEAR.imports)},
      'sgo', 'service', '{}' from generate_series(1, ${YEAR.imports}::int) i`.execute(db);
  await sql`insert into access_record (school_id, at, subject, role, what, person_ids)
    select ${schoolId}, ${ago(YEAR.looks)}, 'a' || i % 20, 'school-admin', '/people/:id', array['p' || i % 4000]
    from generate_series(1, ${YEAR.looks}::int) i`.execute(db);
}

/**
 * Makes 3.4 orders for each pupil. Each pupil was enrolled; half of them went to another class and came back; a third
 * of all orders are withdrawals that were cancelled. All were issued, in force and cancelled before today's roster
 * came.
 */
async function makeOrders(db: Sql, schoolId: string): Promise<void> {
  await sql`
    with place as (
      select student_id, unit_id as class_id, row_number() over (order by student_id) as n,
        lead(unit_id, 40, 'none') over (order by unit_id) as other_id,
        (select jsonb_agg(g.unit_id) from enrollment g
          where g.school_id = e.school_id and g.student_id = e.student_id and g.unit = 'group' and g.present) as groups
      from enrollment e where school_id = ${schoolId} and unit = 'class' and present
    ), pupil as (select * from place where other_id not in ('none', class_id)
    ), made as (
      select 'year-e-' || n as id, n, 'enrollment' as kind, 300 as days, student_id, class_id, null as to_class_id, groups, false as void from pupil
      union all select 'year-t-' || n, n, 'transfer', 200, student_id, class_id, other_id, '[]', false from pupil where n % 2 = 0
      union all select 'year-b-' || n, n, 'transfer', 190, student_id, other_id, class_id, groups, false from pupil where n % 2 = 0
      union all select 'year-w-' || i, i, 'withdrawal', 100, student_id, null, null, '[]', true
        from generate_series(1, ${YEAR.cancelledWithdrawals}::int) i join pupil on n = 1 + i % (select count(*) from pupil)
    )
    insert into roster_order (school_id, id, number, issued_on, kind, effective_on, items, student_ids,
      issued_at, issued_by, cancelled_at, cancelled_by)
    select ${schoolId}, id, id, day, kind, day, jsonb_build_array(jsonb_build_object('studentId', student_id,
        'classId', class_id, 'toClassId', to_class_id, 'subjectGroupIds', coalesce(groups, '[]'))), array[student_id],
      day, 'event-' || id, case when void then day + interval '1 day' end, case when void then 'cancel-' || id end
    from made cross join lateral (select (now() - interval '1 day' * (days + n % 60))::date as day) d`.execute(
    db,
  );
}

/** Writes the numbers from 1 on in parts. Each part takes much less time than a statement may. */
async function inParts(all: number, write: (from: number, to: number) => Promise<unknown>): Promise<void> {
  for (let from = 1; from <= all; from += PART_ROWS) await write(from, Math.min(all, from + PART_ROWS - 1));
}

/** Makes lines in pairs: what an event decided about a member, and what Sferum answered. */
async function makeJournal(db: Sql, schoolId: string): Promise<void> {
  await sql`select make_month('journal', (now() - interval '1 month' * i)::date), make_month('access_record', (now() - interval '1 month' * i)::date)
    from generate_series(0, ${MONTHS_BACK}::int) i`.execute(db);
  await inParts(YEAR.journalLines, (from, to) =>
    sql`
    with member as (
      select m.chat_id, m.person_id, l.vk_user_id, row_number() over (order by md5(m.chat_id || m.person_id)) - 1 as n
      from membership m join profile_link l on l.school_id = m.school_id and l.person_id = m.person_id and l.present
      where m.school_id = ${schoolId}
    ), size as (select count(*)::int as of from member)
    insert into journal (id, school_id, at, chat_id, person_id, what, cause, author_id, author_kind, details, vk_user_id)
    overriding system value
    select i, ${schoolId}, now() - interval '1 day' - (${YEAR.journalLines}::int - i) * (interval '364 days' / ${YEAR.journalLines}::int),
      chat_id, case when i % 2 = 0 then person_id end,
      case i % 2 when 0 then v.verb else 'sferum-' || v.verb end, 'event:year-' || i / 8,
      case i % 2 when 0 then 'sgo' else 'sferum' end, case i % 2 when 0 then 'service' else 'system' end,
      case i % 2 when 0 then '{}' else jsonb_build_object('result', 'done', 'userId', vk_user_id) end,
      case when i % 2 = 1 then vk_user_id end
    from generate_series(${from}::int, ${to}::int) i cross join size
      join member on n = i / 2 % size.of cross join lateral (select case i / 2 % 2 when 0 then 'add' else 'remove' end as verb) v`.execute(
      db,
    ),
  );
}
