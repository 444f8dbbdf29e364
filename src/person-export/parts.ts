/**
 * Says in SQL which rows and which parts of a row `t` are about one person. The cut is made in the database, so that
 * nothing about other people leaves it.
 */
import { type RawBuilder, sql } from 'kysely';

/** The person whose data are asked for. */
export interface DataSubject {
  id: string;
  /** VK ids with which the person is or was linked. */
  profiles: readonly string[];
}

type Rows = (subject: DataSubject) => RawBuilder<boolean>;
type Part = (subject: DataSubject) => RawBuilder<unknown>;

export interface Held {
  rows: Rows;
  /** Columns that are given whole, because in these rows they name nobody else. */
  given: readonly string[];
  /** Columns of which only the person's part is given. */
  parts?: Readonly<Record<string, Part>>;
  /** Columns that are left out, under the reason for it. */
  without?: Readonly<Record<string, readonly string[]>>;
}
export interface Nobody {
  why: string;
  columns: readonly string[];
}

const own = (column: string) => sql.ref(`t.${column}`);
const ofProfiles = ({ profiles }: DataSubject) => sql`any(${[...profiles]}::text[])`;

/** For these kinds the id names a user or a service of СГО and not a person of the school. */
const NOT_OF_PEOPLE = sql`('operator', 'service', 'security', 'system')`;

export const is =
  (column: string): Rows =>
  ({ id }) =>
    sql`${own(column)} = ${id}`;
export const holds =
  (column: string): Rows =>
  ({ id }) =>
    sql`${own(column)} @> array[${id}]::text[]`;
/** Rows whose id names the person. `kind` is the column that says what the id names. */
export const isPerson =
  (column: string, kind: string): Rows =>
  ({ id }) =>
    sql`${own(column)} = ${id} and ${own(kind)} not in ${NOT_OF_PEOPLE}`;
export const isProfile =
  (column: string): Rows =>
  (subject) =>
    sql`${own(column)}::text = ${ofProfiles(subject)}`;
export const either =
  (...rows: Rows[]): Rows =>
  (subject) =>
    sql`(${sql.join(
      rows.map((one) => sql`(${one(subject)})`),
      sql` or `,
    )})`;

/** A column that names somebody. It gives null where that is another person. */
export const ifPerson =
  (column: string): Part =>
  ({ id }) =>
    sql`case when ${own(column)} = ${id} then ${own(column)} end`;
/** A column that is given only in the rows that are about the person. */
export const where =
  (rows: Rows, column: string): Part =>
  (subject) =>
    sql`case when ${rows(subject)} then ${own(column)} end`;
/** The earlier id of a pair, where that is the person's own. */
export const ownFormerId: Part = ({ id }) =>
  sql`case when t.old_id = ${id} or t.state = 'same' and t.new_id = ${id} then t.old_id end`;
/** A list of people, of which only the person stays. */
export const personAlone =
  (column: string): Part =>
  ({ id }) =>
    sql`array(select p from unnest(${own(column)}) p where p = ${id})`;
/** Rows that name the person among their teachers with dates (D13). */
export const isDatedTeacher: Rows = ({ id }) =>
  sql`coalesce(t.dated_teachers @> ${JSON.stringify([{ id }])}::jsonb, false)`;
export const ownDatedTeachers: Part = ({ id }) => sql`(select jsonb_agg(d order by n)
  from jsonb_array_elements(t.dated_teachers) with ordinality x(d, n) where d->>'id' = ${id})`;
/** A bigint as text, because a JSON number would lose digits. */
export const asText =
  (column: string): Part =>
  () =>
    sql`${own(column)}::text`;

/** The pattern of grounds that name the person as the pupil on whose account somebody else is in a chat. */
const naming = ({ id }: DataSubject) => JSON.stringify([{ studentId: id }]);

/** Rows of other people whose `column` holds such a ground. */
export const isGround =
  (column: string): Rows =>
  (subject) =>
    sql`${own(column)} @> ${naming(subject)}::jsonb`;
/** The same for the details of a journal line (`object`) and for the actions of a plan (`list`). */
export const isGroundIn =
  (column: string, within: 'object' | 'list'): Rows =>
  (subject) =>
    within === 'object'
      ? sql`${own(column)} @> jsonb_build_object('grounds', ${naming(subject)}::jsonb)`
      : sql`${own(column)} @> jsonb_build_array(jsonb_build_object('grounds', ${naming(subject)}::jsonb))`;

/**
 * Cuts grounds to what is about the person. The person's own grounds are given without the ids of other pupils. Of
 * somebody else's grounds only those that name the person are given.
 */
function groundsOf(
  subject: DataSubject,
  grounds: RawBuilder<unknown>,
  isOwn: RawBuilder<unknown>,
): RawBuilder<unknown> {
  return sql`(select coalesce(jsonb_agg(case when g->>'studentId' = ${subject.id} then g else g - 'studentId' end
      order by n), '[]')
    from jsonb_array_elements(${grounds}) with ordinality x(g, n) where ${isOwn} or g->>'studentId' = ${subject.id})`;
}

export const ownGrounds: Part = (subject) => groundsOf(subject, own('grounds'), is('person_id')(subject));

export const ownItems: Part = ({ id }) => sql`(select coalesce(jsonb_agg(i order by n), '[]')
  from jsonb_array_elements(t.items) with ordinality x(i, n) where i->>'studentId' = ${id})`;

/** Lines of the journal about the person's VK profile. */
export const isAnswer: Rows = (subject) =>
  sql`(t.details->>'userId' = ${ofProfiles(subject)} or t.details->>'stranger' = ${ofProfiles(subject)})`;
/** Lines about the school's account at Sferum, where that is the person's own account (A10). */
export const isAccount: Rows = (subject) =>
  sql`(t.details->'before'->>'ownerId' = ${ofProfiles(subject)} or t.details->'after'->>'ownerId' = ${ofProfiles(subject)})`;
/** Lines about the end of what the person has decided: of an exception, or of an approval that was taken back. */
export const isDropped: Rows = ({ id }) => sql`${id} in (t.details->>'authorId', t.details->>'approvedBy')`;

/**
 * The details of a line about things, which are always given, and those about the line's person, which are given to
 * that person alone. Any other detail is left out, so that a new one does not leak.
 */
const OF_THINGS = ['kind', 'decision', 'lessonId', 'renamed', 'recreate', 'run'];
const OF_PERSON = ['member', 'admin', 'ending', 'result', 'reason', 'code', 'userId', 'stranger', 'pending'];

export const ownDetails: Part = (subject) => {
  const isOwn = sql`(coalesce(t.person_id = ${subject.id}, false) or coalesce(${isAnswer(subject)}, false))`;
  return sql`(select coalesce(jsonb_object_agg(k, case
      when k = 'grounds' then ${groundsOf(subject, sql`v`, isOwn)}
      when k in ('before', 'after') then jsonb_build_object('ownerId', v->'ownerId')
      else v end), '{}')
    from jsonb_each(t.details) d(k, v)
    where k = any(${OF_THINGS}) or k = 'grounds' or ${isOwn} and k = any(${OF_PERSON})
      or k in ('authorId', 'approvedBy') and v #>> '{}' = ${subject.id}
      or k in ('before', 'after') and v->>'ownerId' = ${ofProfiles(subject)})`;
};

const isOwnAction = (subject: DataSubject) =>
  sql`(coalesce(a->>'personId' = ${subject.id}, false) or coalesce(a->>'strangerId' = ${ofProfiles(subject)}, false))`;

/** Plans with an action about the person. */
export const isPlanned: Rows = (subject) =>
  sql`exists (select from jsonb_array_elements(t.actions) a where ${isOwnAction(subject)})`;

export const ownActions: Part = (subject) => {
  const isOwn = isOwnAction(subject);
  const ifOwn = (field: string) => sql`case when ${isOwn} then a->${sql.lit(field)} end`;
  return sql`(select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('action', a->'action',
      'personId', ${ifOwn('personId')}, 'strangerId', ${ifOwn('strangerId')}, 'ending', ${ifOwn('ending')},
      'held', ${ifOwn('held')}, 'pending', ${ifOwn('pending')},
      'grounds', ${groundsOf(subject, sql`a->'grounds'`, isOwn)})) order by n), '[]')
    from jsonb_array_elements(t.actions) with ordinality x(a, n)
    where ${isOwn} or a->'grounds' @> ${naming(subject)}::jsonb)`;
};

/** True for a row of a staged list that is about the person. The row's kind tells where the id stands. */
const isOwnStaged = ({ id }: DataSubject) => sql`case t.kind
  when 'people' then r->>'id' = ${id}
  when 'pupils' then r->>1 = ${id}
  when 'teachers' then r->>1 = ${id}
  when 'guardians' then r->>0 = ${id} or r->1 @> to_jsonb(array[${id}]::text[])
  when 'unclear' then ${id} in (r->>1, split_part(r->>1, E'\n', 2))
  else false end`;

export const isStaged: Rows = (subject) =>
  sql`exists (select from jsonb_array_elements(t.rows) r where ${isOwnStaged(subject)})`;

export const ownStaged: Part = (subject) => sql`(select coalesce(jsonb_agg(case t.kind
    when 'people' then r
    when 'guardians' then jsonb_build_object('as', case when r->>0 = ${subject.id} then 'child' else 'guardian' end)
    when 'unclear' then jsonb_build_object('unclear', r->0)
    else jsonb_build_object('unitId', r->0, 'spans', r->2) end order by n), '[]')
  from jsonb_array_elements(t.rows) with ordinality x(r, n) where ${isOwnStaged(subject)})`;

/** Operations that the person cancelled, and rosters that the person accepted. Another person may have started them. */
export const isDecider: Rows = ({ id }) =>
  sql`(t.params->>'cancelledBy' = ${id} or t.params->'acceptedBy'->>'id' = ${id})`;
export const ownDecision: Part = ({ id }) => sql`jsonb_strip_nulls(jsonb_build_object(
  'cancelledBy', case when t.params->>'cancelledBy' = ${id} then ${id}::text end,
  'acceptedBy', case when t.params->'acceptedBy'->>'id' = ${id} then ${id}::text end))`;

/** A reason, given only where it was written about the person and about nobody else. */
export const ownReason: Part = ({ id }) => sql`case when t.person_id = ${id}
  and not exists (select from exception e where e.school_id = t.school_id and e.chat_id = t.chat_id and e.at = t.at
    and e.person_id <> t.person_id)
  and not exists (select from journal_text w where w.school_id = t.school_id and w.chat_id = t.chat_id and w.at = t.at
    and w.reason = t.reason and not w.person_ids <@ array[${id}]::text[]) then t.reason end`;
export const ofPersonAlone =
  (column: string): Part =>
  ({ id }) =>
    sql`case when t.person_ids <@ array[${id}]::text[] then ${own(column)} end`;
