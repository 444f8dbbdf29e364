/**
 * Says for every table how its rows end, because whatever grows must have an end (K6). The days of each term stand in
 * src/config/keeping-limits.ts. A test compares this list with the tables of the database and with docs/personal-data.md.
 */
import { type RawBuilder, sql } from 'kysely';
import type { LimitName } from '../limits.ts';
import type { ByMonth } from '../rows/months.ts';
import type { Db } from '../store/entities.ts';

type KeepDays = Extract<LimitName, `keep${string}Days`>;

/** Rows that are deleted one by one. A row `t` is deleted once `due` is true. */
interface Rows {
  /**
   * `school` deletes within one school. `all` is for rows without a school or of callers who belong to no single one.
   */
  by: 'school' | 'all';
  /** The limit that gives the term. Without it the row itself says when it ends. */
  keep?: KeepDays;
  /** The rows decide membership, so they are deleted only in a transaction that holds the school. */
  holdsSchool?: true;
  /** `before` is the instant before which the term is over. */
  due: (before: Date) => RawBuilder<boolean>;
}
interface Months {
  by: 'month';
  keep: KeepDays;
}
/** Rows that are deleted together with rows of another table. */
interface With {
  by: 'with';
  other: keyof Db;
}
/** Rows that are counted into another table once their day (UTC) is over. */
interface Counted {
  by: 'day';
  into: keyof Db;
}
/** Rows that are erased with a person, after the school's own term (erase.ts). */
interface Erased {
  by: 'erasure';
}
/** Rows that stay, because their number does not grow or grows slowly. `why` is told to people. */
interface Stays {
  by: 'never';
  why: string;
}

type End = Rows | Months | With | Counted | Erased | Stays;

type Due = Rows['due'];

const past =
  (column: string): Due =>
  (before) =>
    sql`${sql.ref(`t.${column}`)} < ${before}`;
const ofSchool = (keep: KeepDays, due: Due) => ({ by: 'school', keep, due }) as const;
/** Rows of a school that decide membership. */
const ofLists = (keep: KeepDays, due: Due) => ({ ...ofSchool(keep, due), holdsSchool: true }) as const;
/** Rows that say themselves when they end. */
const expiring = { by: 'all', due: past('expires_at') } as const;
const months = (keep: KeepDays) => ({ by: 'month', keep }) as const;
const goesWith = (other: keyof Db) => ({ by: 'with', other }) as const;
const stays = (why: string) => ({ by: 'never', why }) as const;

/** True in SQL where no row of the table refers to this one. */
const none = <T extends keyof Db>(
  table: T,
  column: keyof Db[T] & string,
  own = 'id',
) => sql<boolean>`not exists (select from ${sql.table(table)} o
  where o.school_id = t.school_id and ${sql.ref(`o.${column}`)} = ${sql.ref(`t.${own}`)})`;
const gone = (before: Date) =>
  sql<boolean>`not t.present and coalesce(t.gone_from_at, t.gone_at) < ${before}`;
/**
 * True in SQL where no order names the pupil any more. A statement that the pupil has gone outweighs earlier orders
 * (desired/orders.ts), so it must stay as long as they do.
 */
const noOrder = sql<boolean>`not exists (select from order_place o
  where o.school_id = t.school_id and o.student_id = t.student_id)`;
const noPupilIn = (unit: 'class' | 'group') => sql<boolean>`not exists (select from enrollment e
  where e.school_id = t.school_id and e.unit = ${unit} and e.unit_id = t.id and e.present)`;
/** True in SQL where the class or group that `t` names in this column is in the roster, or gone from it. */
const unit = (
  table: 'class' | 'subject_group',
  column: string,
  is: 'there' | 'gone',
) => sql<boolean>`exists (select
  from ${sql.table(table)} u where u.school_id = t.school_id and u.id = ${sql.ref(`t.${column}`)}
    and u.present = ${is === 'there'})`;
const lessonIsOver = (before: Date) => sql<boolean>`(t.school_id, t.lesson_id) in (select l.school_id, l.id
  from lesson l where l.school_id = t.school_id and coalesce(l.ends_at, l.gone_at) < ${before})`;

/** The order matters: rows are deleted before the rows that they refer to. */
export const ENDS = {
  order_delay: { by: 'day', into: 'delay_day' },
  delay_day: ofSchool('keepDelaysDays', (before) => sql`t.day < ${before}::timestamptz::date`),
  school_figures: ofSchool('keepDelaysDays', (before) => sql`t.day < ${before}::timestamptz::date`),
  school_readiness: { by: 'school', due: (now) => sql`t.day < ${now}::timestamptz - interval '2 days'` },
  // A held operation has no end yet, so it is never due.
  operation: {
    by: 'all',
    keep: 'keepOperationsDays',
    due: (before) => sql`t.created_at < ${before} and t.finished_at < ${before}
      and not exists (select from operation k where k.parent_id = t.id)`,
  },
  operation_chat: goesWith('operation'),
  staged_roster: goesWith('operation'),
  roster_file: goesWith('operation'),
  roster_fault: goesWith('operation'),
  // A call that is still open must be ended at Sferum first (lessons/tend-lesson.ts), so it is not due.
  meeting_call: ofSchool(
    'keepLessonsDays',
    (before) => sql`t.state in ('ended', 'lost') and ${lessonIsOver(before)}`,
  ),
  meeting: ofSchool(
    'keepLessonsDays',
    (before) =>
      sql`t.due_at is null and ${lessonIsOver(before)} and ${none('meeting_call', 'lesson_id', 'lesson_id')}`,
  ),
  lesson: ofSchool(
    'keepLessonsDays',
    (before) => sql`coalesce(t.ends_at, t.gone_at) < ${before} and ${none('meeting', 'lesson_id')}`,
  ),
  chat_draft: ofSchool('keepDraftsDays', past('touched_at')),
  chat_draft_person: goesWith('chat_draft'),
  // A deleted chat that must not come back keeps its row while its class or group exists (G1).
  chat: ofLists(
    'keepDeletedChatsDays',
    (before) => sql`t.deleted_at < ${before} and t.generation = t.settled_generation
      and (t.recreate or t.key is null or ${unit('class', 'class_id', 'gone')}
        or ${unit('subject_group', 'subject_group_id', 'gone')})
      and ${none('chat_draft', 'chat_id')} and ${none('membership', 'chat_id')} and ${none('exception', 'chat_id')}
      and ${none('sferum_member', 'chat_id')}`,
  ),
  membership: goesWith('chat'),
  exception: goesWith('chat'),
  sferum_member: goesWith('chat'),
  // An order stays while one of its pupils is present, because it says where the pupil belongs (D6).
  roster_order: ofLists(
    'keepOrdersDays',
    (before) => sql`(t.effective_on is null or t.effective_on < ${before}::timestamptz::date)
      and greatest(t.issued_at, t.cancelled_at) < ${before}
      and not exists (select from person p
        where p.school_id = t.school_id and p.id = any(t.student_ids) and p.present)
      and not exists (select from enrollment e
        where e.school_id = t.school_id and e.student_id = any(t.student_ids) and e.present)`,
  ),
  order_place: goesWith('roster_order'),
  // The last gone enrollment of an existing unit stays, because a group that never had a pupil gets no chat (D5).
  enrollment: ofLists(
    'keepGoneFactsDays',
    (before) => sql`${gone(before)} and ${noOrder}
      and (exists (select from enrollment e where e.school_id = t.school_id and e.unit = t.unit
          and e.unit_id = t.unit_id and e.present)
        or not (t.unit = 'class' and ${unit('class', 'unit_id', 'there')}
          or t.unit = 'group' and ${unit('subject_group', 'unit_id', 'there')}))`,
  ),
  guardian: ofLists('keepGoneFactsDays', (before) => sql`${gone(before)} and ${noOrder}`),
  subject_group: ofLists(
    'keepGoneFactsDays',
    (before) => sql`${gone(before)} and ${noPupilIn('group')} and ${none('chat', 'subject_group_id')}`,
  ),
  class: ofLists(
    'keepGoneFactsDays',
    (before) => sql`${gone(before)} and ${noPupilIn('class')} and ${none('chat', 'class_id')}
      and ${none('subject_group', 'class_id')}`,
  ),
  class_match: ofLists(
    'keepGoneFactsDays',
    (before) => sql`t.state <> 'open' and t.decided_at < ${before}
      and not exists (select from class c where c.school_id = t.school_id and c.id = t.new_id and c.present)`,
  ),
  whole_list: ofSchool('keepGoneFactsDays', past('listed_at')),
  received_event: ofSchool('keepEventIdsDays', past('received_at')),
  console_session: expiring,
  used_token: expiring,
  first_answer: expiring,
  told_delivery: {
    by: 'all',
    keep: 'keepDeliveriesDays',
    due: (before) => sql`t.next_at is null and t.created_at < ${before}`,
  },
  process: { by: 'all', due: (now) => sql`t.seen_at < ${now}::timestamptz - interval '1 hour'` },
  profile_linking: expiring,
  journal: months('keepJournalDays'),
  journal_text: goesWith('journal'),
  access_record: months('keepAccessRecordsDays'),

  // A person is erased with everything that names them, some time after the departure (erase.ts).
  person: { by: 'erasure' },
  profile_link: goesWith('person'),
  profile_claim: goesWith('person'),
  told_choice: goesWith('person'),
  // A former id is asked for as long as the person is held, by late events and by the journal.
  person_match: goesWith('person'),
  erased: stays('a hash for each erased person: he must have no rights, whenever he comes'),
  erasure_key: stays('one row for each school: without it nobody erased is known again'),
  erasure: stays('the acts must outlive what they are about; one a day and school at most'),
  school: stays('one row for each school'),
  sferum_account: stays('one row for each school'),
  sferum_pace: stays("one row for each of the schools' tokens"),
  told_reason: stays('what is open now; a row goes when it is over'),
  webhook: stays('a bounded number for each school; its admins remove them'),
  setting: stays('a fixed number of keys'),
  mikro_orm_migrations: stays('one row for each migration'),
} as const satisfies Record<keyof Db | 'mikro_orm_migrations', End>;

export type { Rows };
/** The tables that end row by row, in the order of deletion. */
export const BY_ROWS: [string, Rows][] = Object.entries<End>(ENDS).filter(
  (entry): entry is [string, Rows] => entry[1].by === 'school' || entry[1].by === 'all',
);
/** The tables that end month by month. */
export const BY_MONTH = Object.entries<End>(ENDS).filter(
  (entry): entry is [ByMonth, Months] => entry[1].by === 'month',
);
