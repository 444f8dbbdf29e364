/**
 * How every table ends (K6, rule: what grows has an end). A test holds this list against the database's tables and
 * against docs/personal-data.md.
 */
import { type RawBuilder, sql } from 'kysely';
import type { LimitName } from '../limits.ts';
import type { ByMonth } from '../store/months.ts';

type KeepDays = Extract<LimitName, `keep${string}Days`>;

/** A row `t` goes once `due` is true. */
interface Rows {
  /** Of one school · of all: rows without a school, or of callers who belong to no single one. */
  by: 'school' | 'all';
  /** The term; none: the row bears its own end. */
  keep?: KeepDays;
  /** What is kept of it decides membership: deleted only where the school is held. */
  holdsSchool?: true;
  /** `before`: the instant before which the term is over. */
  due: (before: Date) => RawBuilder<boolean>;
}
interface Months {
  by: 'month';
  keep: KeepDays;
}
/** Ends with rows of another table. */
interface With {
  by: 'with';
  other: string;
}
/** With its person, after the school's own term (erase.ts). */
interface Erased {
  by: 'erasure';
}
/** Does not grow, and why. */
interface Stays {
  by: 'never';
  why: string;
}

export type End = Rows | Months | With | Erased | Stays;

/** No order may speak of the pupil any more: what is gone outweighs orders from before (src/desired/orders.ts). */
const noOrderOf = (pupil: RawBuilder<unknown>) => sql<boolean>`not exists (select from roster_order o
  where o.school_id = t.school_id and o.student_ids @> array[${pupil}])`;

const ofUnit = (unit: 'class' | 'group') => sql<boolean>`exists (select from enrollment e
  where e.school_id = t.school_id and e.unit = ${unit} and e.unit_id = t.id and e.present)`;

const lessonIsOver = (
  before: Date,
) => sql<boolean>`(t.school_id, t.lesson_id) in (select l.school_id, l.id from lesson l
  where l.school_id = t.school_id and coalesce(l.ends_at, l.gone_at) < ${before})`;

/** In this order: what others refer to goes after them. */
export const ENDS = {
  order_delay: { by: 'school', keep: 'keepDelaysDays', due: (before) => sql`t.settled_at < ${before}` },
  // An operation that the guard holds has not finished.
  operation: {
    by: 'all',
    keep: 'keepOperationsDays',
    due: (before) => sql`t.created_at < ${before} and t.finished_at < ${before}
      and not exists (select from operation k where k.parent_id = t.id)`,
  },
  operation_chat: { by: 'with', other: 'operation' },
  staged_roster: { by: 'with', other: 'operation' },
  roster_file: { by: 'with', other: 'operation' },
  // A call that is not over yet is ended first (src/lessons/tend-lesson.ts).
  meeting_call: {
    by: 'school',
    keep: 'keepLessonsDays',
    due: (before) => sql`t.state in ('ended', 'lost') and ${lessonIsOver(before)}`,
  },
  meeting: {
    by: 'school',
    keep: 'keepLessonsDays',
    due: (
      before,
    ) => sql`t.due_at is null and ${lessonIsOver(before)} and not exists (select from meeting_call c
      where c.school_id = t.school_id and c.lesson_id = t.lesson_id)`,
  },
  lesson: {
    by: 'school',
    keep: 'keepLessonsDays',
    due: (before) => sql`coalesce(t.ends_at, t.gone_at) < ${before} and not exists (select from meeting m
      where m.school_id = t.school_id and m.lesson_id = t.id)`,
  },
  chat_draft: { by: 'school', keep: 'keepDraftsDays', due: (before) => sql`t.touched_at < ${before}` },
  chat_draft_person: { by: 'with', other: 'chat_draft' },
  // One that must never come back says so as long as what it is of is there (G1).
  chat: {
    by: 'school',
    keep: 'keepDeletedChatsDays',
    holdsSchool: true,
    due: (before) => sql`t.deleted_at < ${before} and t.generation = t.settled_generation
      and (t.recreate or t.key is null
        or exists (select from class k where k.school_id = t.school_id and k.id = t.class_id and not k.present)
        or exists (select from subject_group g
          where g.school_id = t.school_id and g.id = t.subject_group_id and not g.present))
      and not exists (select from chat_draft d where d.chat_id = t.id)
      and not exists (select from membership m where m.chat_id = t.id)
      and not exists (select from exception e where e.chat_id = t.id)
      and not exists (select from sferum_member s where s.chat_id = t.id)`,
  },
  membership: { by: 'with', other: 'chat' },
  exception: { by: 'with', other: 'chat' },
  sferum_member: { by: 'with', other: 'chat' },
  // As long as one of its pupils is here, an order says where he is (D6).
  roster_order: {
    by: 'school',
    keep: 'keepOrdersDays',
    holdsSchool: true,
    due: (before) => sql`(t.effective_on is null or t.effective_on < ${before}::timestamptz::date)
      and greatest(t.issued_at, t.cancelled_at) < ${before}
      and not exists (select from person p
        where p.school_id = t.school_id and p.id = any(t.student_ids) and p.present)
      and not exists (select from enrollment e
        where e.school_id = t.school_id and e.student_id = any(t.student_ids) and e.present)`,
  },
  // Of a unit that is there the last trace of pupils stays: one that never had any is another thing (D5).
  enrollment: {
    by: 'school',
    keep: 'keepGoneFactsDays',
    holdsSchool: true,
    due: (before) => sql`not t.present and t.gone_at < ${before} and ${noOrderOf(sql`t.student_id`)}
      and (exists (select from enrollment e where e.school_id = t.school_id and e.unit = t.unit
          and e.unit_id = t.unit_id and e.present)
        or not exists (select from class k where t.unit = 'class' and k.school_id = t.school_id and k.id = t.unit_id
            and k.present)
          and not exists (select from subject_group g where t.unit = 'group' and g.school_id = t.school_id
            and g.id = t.unit_id and g.present))`,
  },
  guardian: {
    by: 'school',
    keep: 'keepGoneFactsDays',
    holdsSchool: true,
    due: (before) => sql`not t.present and t.gone_at < ${before} and ${noOrderOf(sql`t.student_id`)}`,
  },
  subject_group: {
    by: 'school',
    keep: 'keepGoneFactsDays',
    holdsSchool: true,
    due: (before) => sql`not t.present and t.gone_at < ${before} and not ${ofUnit('group')}
      and not exists (select from chat c where c.school_id = t.school_id and c.subject_group_id = t.id)`,
  },
  class: {
    by: 'school',
    keep: 'keepGoneFactsDays',
    holdsSchool: true,
    due: (before) => sql`not t.present and t.gone_at < ${before} and not ${ofUnit('class')}
      and not exists (select from chat c where c.school_id = t.school_id and c.class_id = t.id)
      and not exists (select from subject_group g where g.school_id = t.school_id and g.class_id = t.id)`,
  },
  received_event: {
    by: 'school',
    keep: 'keepEventIdsDays',
    due: (before) => sql`t.received_at < ${before}`,
  },
  console_session: { by: 'all', due: (now) => sql`t.expires_at < ${now}` },
  used_token: { by: 'all', due: (now) => sql`t.expires_at < ${now}` },
  profile_linking: { by: 'all', due: (now) => sql`t.expires_at < ${now}` },
  journal: { by: 'month', keep: 'keepJournalDays' },
  journal_text: { by: 'with', other: 'journal' },
  access_record: { by: 'month', keep: 'keepAccessRecordsDays' },

  // Erased with all that names him, some time after his departure (erase.ts).
  person: { by: 'erasure' },
  profile_link: { by: 'with', other: 'person' },
  erased: { by: 'never', why: 'a hash for each erased person: he must have no rights, whenever he comes' },
  erasure_key: { by: 'never', why: 'one row for each school: without it nobody erased is known again' },
  erasure: { by: 'never', why: 'the acts must outlive what they are about; one a day and school at most' },
  school: { by: 'never', why: 'one row for each school' },
  sferum_account: { by: 'never', why: 'one row for each school' },
  sferum_pace: { by: 'never', why: "one row for each of the schools' tokens" },
  setting: { by: 'never', why: 'a fixed number of keys' },
  mikro_orm_migrations: { by: 'never', why: 'one row for each migration' },
} as const satisfies Record<string, End>;

export type { Rows };
/** Those whose end is by rows, in order. */
export const BY_ROWS: [string, Rows][] = Object.entries<End>(ENDS).filter(
  (entry): entry is [string, Rows] => entry[1].by === 'school' || entry[1].by === 'all',
);
/** Those whose end is by months. */
export const BY_MONTH = Object.entries<End>(ENDS).filter(
  (entry): entry is [ByMonth, Months] => entry[1].by === 'month',
);
