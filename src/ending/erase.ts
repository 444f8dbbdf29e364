import { type RawBuilder, sql } from 'kysely';
import { bySystem } from '../author.ts';
import { DAY_MS } from '../clock.ts';
import type { Context } from '../context.ts';
import { endEmptyHolds } from '../planning/holding.ts';
import { keepDigests } from '../roster/erased.ts';
import { forgetExceptions } from '../rows/exception.ts';
import { forgetProfiles, forgetWords, noteLine } from '../rows/journal.ts';
import { forgetStrangers } from '../rows/operation-chat.ts';
import { forgetMatches } from '../rows/person-match.ts';
import { forgetClaims } from '../rows/profile-claim.ts';
import { forgetLinks } from '../rows/profile-link.ts';
import { moveRevision } from '../rows/school.ts';
import { forgetProfileMembers } from '../rows/sferum-member.ts';
import { forgetChoices } from '../rows/told-choice.ts';
import type { Sql } from '../store/database.ts';
import { sure } from '../sure.ts';
import { fileActs } from './acts.ts';
import { departedBefore } from './departed.ts';
import { leaveLists } from './leave-lists.ts';
import { forgetInTexts, forgottenOf } from './texts.ts';

/** The most people of one transaction. It holds the school, so it must stay short. */
const PEOPLE_AT_ONCE = 200;
/** A person who is still in a list leaves it so long before the erasure, so that Sferum can follow first. */
const LEAVES_BEFORE_MS = DAY_MS;

type ErasureGround = 'departed' | 'restored';

/**
 * Erases the people who departed before the school's term (K6). Each transaction writes an act. A person who is still
 * in a list, for example because the removal is held, leaves it a day before the term and is erased by a later round.
 */
export async function eraseDeparted(ctx: Context, schoolId: string, signal?: AbortSignal): Promise<void> {
  for (let erased = -1; erased !== 0 && !signal?.aborted; ) {
    erased = await ctx.db.holdingSchool(schoolId, async ({ sql: tx }) => {
      const days = await retentionDays(ctx, tx, schoolId);
      const before = new Date(ctx.clock.now() - days * DAY_MS);
      const departed = await departedBefore(ctx, tx, schoolId, before);
      const people = departed.filter(({ listed }) => !listed).slice(0, PEOPLE_AT_ONCE);
      if (people.length > 0)
        await erase(ctx, tx, { schoolId, people, ground: 'departed', retentionDays: days });
      return people.length;
    });
  }
  if (!signal?.aborted) await takeOutOfLists(ctx, schoolId);
  await fileActs(ctx, schoolId);
  ctx.wake('chats', { schoolId });
}

async function takeOutOfLists(ctx: Context, schoolId: string): Promise<void> {
  const chats = await ctx.db.holdingSchool(schoolId, async ({ sql: tx }) => {
    const days = await retentionDays(ctx, tx, schoolId);
    const before = new Date(ctx.clock.now() - days * DAY_MS + LEAVES_BEFORE_MS);
    const departed = await departedBefore(ctx, tx, schoolId, before);
    const ids = departed.filter(({ listed }) => listed).map(({ id }) => id);
    return ids.length > 0 ? leaveLists(ctx, tx, schoolId, ids) : 0;
  });
  if (chats > 0) await endEmptyHolds(ctx, schoolId);
}

/** Returns the days from a departure to the erasure. A school may set its own number. */
export async function retentionDays(ctx: Context, tx: Sql, schoolId: string): Promise<number> {
  const { rows } = await sql<{ days: number | null }>`
    select retention_days as days from school where id = ${schoolId}`.execute(tx);
  return rows[0]?.days ?? ctx.config.limits.retentionDays;
}

interface Erasure {
  schoolId: string;
  /** `at` is when the person departed. */
  people: readonly { id: string; at: Date }[];
  ground: ErasureGround;
  retentionDays: number;
}

/** Erases these people and writes the act. `tx` must hold the school. */
export async function erase(
  ctx: Context,
  tx: Sql,
  { schoolId, people, ground, retentionDays }: Erasure,
): Promise<void> {
  const at = new Date(ctx.clock.now());
  const ids = people.map(({ id }) => id);
  const former = await formerOf(tx, schoolId, people);
  const actId = ctx.newId();
  const cause = `erasure:${actId}`;
  const profiles = await ownProfiles(tx, schoolId, ids);
  const forgotten = await forgottenOf(tx, schoolId, ids, profiles);
  const rows: Record<string, number> = {};
  const count = (table: string, changed: number) => {
    if (changed > 0) rows[table] = (rows[table] ?? 0) + changed;
  };
  // Undone links of other people to these profiles are cleared too.
  const theirs = { personIds: ids, vkUserIds: profiles };
  count('profile_link', await forgetLinks(tx, schoolId, theirs));
  count('profile_claim', await forgetClaims(tx, schoolId, theirs));
  count('told_choice', await forgetChoices(tx, schoolId, ids));
  count('person_match', await forgetMatches(tx, schoolId, ids));
  count('exception', await forgetExceptions(tx, schoolId, ids));
  count('sferum_member', await forgetProfileMembers(tx, schoolId, profiles));
  count('journal_text', await forgetWords(tx, schoolId, ids));
  if (profiles.length > 0) {
    count('operation_chat', await forgetStrangers(tx, schoolId, profiles));
    await forgetProfiles(tx, schoolId, profiles);
  }
  for (const [table, statement] of statements(schoolId, ids, profiles))
    count(table, Number((await statement.execute(tx)).numAffectedRows ?? 0));
  for (const [table, changed] of await forgetInTexts(tx, schoolId, forgotten, { cause, at }))
    count(table, changed);
  const digests = await keepDigests(ctx, tx, schoolId, at, [...people, ...former]);
  await sql`insert into erasure (id, school_id, at, ground, retention_days, rows, digests)
    values (${actId}, ${schoolId}, ${at}, ${ground}, ${retentionDays}, ${JSON.stringify(rows)}::jsonb, ${digests})`.execute(
    tx,
  );
  // Earlier plans name people who do not exist any more, so they become out of date.
  await moveRevision(tx, schoolId);
  await noteLine(tx, {
    ...{ schoolId, at, what: 'erased', cause, author: bySystem('ending') },
    details: { people: ids.length, ground },
  });
}

/** Returns the former ids of these people (K4). An old list that names one must not bring the person back. */
async function formerOf(tx: Sql, schoolId: string, people: Erasure['people']): Promise<Erasure['people']> {
  const departed = new Map(people.map(({ id, at }) => [id, at]));
  const { rows } = await sql<{ id: string; of: string }>`
    select old_id as id, new_id as of from person_match
    where school_id = ${schoolId} and state = 'same' and new_id = any(${[...departed.keys()]})`.execute(tx);
  return rows.map(({ id, of }) => ({ id, at: sure(departed.get(of)) }));
}

/**
 * Returns the VK ids of these people that no other present person is linked with. The link of another person who has
 * departed is erased with that person.
 */
async function ownProfiles(tx: Sql, schoolId: string, ids: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ vk: string }>`
    select distinct l.vk_user_id::text as vk from (
      select school_id, person_id, vk_user_id from profile_link where vk_user_id is not null
      union all select school_id, person_id, vk_user_id from profile_claim) l
    where l.school_id = ${schoolId} and l.person_id = any(${[...ids]})
      and not exists (select from profile_link o join person p on p.school_id = o.school_id and p.id = o.person_id
        where o.school_id = l.school_id and o.vk_user_id = l.vk_user_id and o.present and p.present
          and o.person_id <> all(${[...ids]}))`.execute(tx);
  return rows.map((row) => row.vk);
}

/** True in SQL where a value at any depth of the JSON document is one of the ids. */
const names = (document: RawBuilder<unknown>, ids: readonly string[]) =>
  sql<boolean>`exists (select from jsonb_path_query(${document}, 'strict $.**') v where v #>> '{}' = any(${[...ids]}))`;

/** The statements of an erasure, in order, by table. A test checks that no table keeps a trace (erasure.test.ts). */
function statements(schoolId: string, ids: string[], profiles: string[]): [string, RawBuilder<unknown>][] {
  const own = sql`school_id = ${schoolId}`;
  const all = sql`any(${ids})`;
  return [
    ['chat_draft', sql`delete from chat_draft where ${own} and author_id = ${all}`],
    ['chat_draft_person', sql`delete from chat_draft_person where ${own} and person_id = ${all}`],
    [
      'console_session',
      sql`delete from console_session where ${own} and subject = ${all}
      and role not in ('operator', 'service', 'security')`,
    ],
    ['profile_linking', sql`delete from profile_linking where ${own} and person_id = ${all}`],
    ['enrollment', sql`delete from enrollment where ${own} and student_id = ${all}`],
    ['class', withoutTeachers('class', 'homeroom_teacher_ids', schoolId, ids)],
    ['subject_group', withoutTeachers('subject_group', 'teacher_ids', schoolId, ids)],
    ['guardian', sql`delete from guardian where ${own} and (guardian_id = ${all} or student_id = ${all})`],
    // An order that names other people too stays with its number, because it is their order as well.
    [
      'roster_order',
      sql`delete from roster_order where ${own} and student_ids && ${ids}::text[]
      and student_ids <@ ${ids}::text[]`,
    ],
    [
      'roster_order',
      sql`update roster_order o set
      items = (select coalesce(jsonb_agg(i order by n), '[]') from jsonb_array_elements(o.items) with ordinality x(i, n)
        where not i->>'studentId' = ${all}),
      student_ids = array(select s from unnest(o.student_ids) s where not s = ${all})
      where ${own} and student_ids && ${ids}::text[]`,
    ],
    [
      'staged_roster',
      sql`update staged_roster s set rows = (
        select coalesce(jsonb_agg(r order by n), '[]') from jsonb_array_elements(s.rows) with ordinality x(r, n)
        where not ${names(sql`r`, [...ids, ...profiles])})
      where ${own} and jsonb_typeof(s.rows) = 'array' and ${names(sql`s.rows`, [...ids, ...profiles])}`,
    ],
    ['person', sql`delete from person where ${own} and id = ${all}`],
  ];
}

/** Takes the people out of the lists of teachers, including the lists of later days (D13). */
function withoutTeachers(
  table: string,
  column: string,
  schoolId: string,
  ids: string[],
): RawBuilder<unknown> {
  const teachers = sql.ref(column);
  const gone = sql`jsonb_build_object('gone', ${JSON.stringify(ids)}::jsonb)`;
  return sql`update ${sql.table(table)} set
    ${teachers} = array(select t from unnest(${teachers}) with ordinality x(t, n) where t <> all(${ids}) order by n),
    dated_teachers = nullif(jsonb_path_query_array(dated_teachers, '$[*] ? (!(@.id == $gone[*]))', ${gone}), '[]')
    where school_id = ${schoolId} and (${teachers} && ${ids}::text[]
      or jsonb_path_exists(dated_teachers, '$[*] ? (@.id == $gone[*])', ${gone}))`;
}
