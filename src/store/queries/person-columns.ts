/** How a row of `person`, always under the alias `p`, is shown, ordered and found (B4, C2). */
import { type RawBuilder, sql } from 'kysely';
import { STAFF_ROLES } from '../../desired/roles.ts';
import { wordPrefix } from '../../text/title-key.ts';

export type ShownRole = 'staff' | 'student' | 'parent';
export type Sex = 'male' | 'female';

/** The roles' rules of desired/roles.ts in SQL. Test: both say the same of every set of roles (roles-in-sql.test.ts). */
export const isStaff = sql<boolean>`p.roles && ${sql.lit(`{${STAFF_ROLES}}`)}::text[]`;
export const isPupil = sql<boolean>`'student' = any(p.roles)`;
/** Whom pages call «учитель», and other staff «сотрудник». */
export const isTeacher = sql<boolean>`'teacher' = any(p.roles)`;
export const isOnlyPupil = sql<boolean>`(${isPupil} and p.roles <@ '{student}'::text[])`;

/** The one role that is shown of several: work comes first. */
export const shownRole = sql<ShownRole>`case when ${isStaff} then 'staff'
  when ${isPupil} then 'student' else 'parent' end`;

/** «Имя на экране»: «Фамилия Имя» for pupils, «Фамилия Имя Отчество» for adults. */
export const shownName = sql<string>`concat_ws(' ', nullif(p.family_name, ''), nullif(p.given_name, ''),
  case when ${isStaff} or not ${isPupil} then nullif(p.middle_name, '') end)`;

/**
 * The order of names. The key is made so that code points give the order. `collate "C"` keeps it so in any
 * locale of the database.
 */
export const byName = sql`p.name_key collate "C", p.id`;

/**
 * Whether a name matches what somebody typed (`text`): a prefix of any word of the name, or of a part of a double
 * name.
 */
export function nameMatches(text: string): RawBuilder<boolean> {
  const sought = wordPrefix(text);
  const longestWord = sought.split(' ').reduce((a, b) => (b.length > a.length ? b : a));
  // The first look is cheaper and rules most names out.
  return sql`(strpos(p.name_key, ${longestWord}) > 0
    and strpos(' ' || translate(p.name_key, '-', ' '), ${sought}) > 0)`;
}

/**
 * Says in which part of a name that matches the typed text stands: 0 the family name, 1 the given name, 2 the middle
 * name. «Иванов» is a family name before it is the beginning of «Иванович».
 */
export function matchRank(text: string): RawBuilder<number> {
  const sought = wordPrefix(text);
  // Without `offset 0` the planner would copy the expression to each place where it is used and compute it there again.
  const key = sql`(select left(p.name_key, strpos(' ' || translate(p.name_key, '-', ' '), ${sought}) - 1) as before offset 0)`;
  // Each word before the place ends with a space or a hyphen.
  const places = sql`(select ${lettersOf(sql`k.before`, ' -')} as before, ${wordsIn(sql`p.family_name`)} as family
    from ${key} k offset 0)`;
  return sql`case when p.family_name <> '' and starts_with(p.name_key, ${sought.trimStart()}) then 0
    else (select case when w.before < w.family then 0 when w.before < w.family + ${wordsIn(sql`p.given_name`)} then 1 else 2 end
      from ${places} w) end`;
}

/** Gives SQL that counts these characters in a text. */
const lettersOf = (part: RawBuilder<unknown>, letters: string) =>
  sql`(length(${part}) - length(translate(${part}, ${sql.lit(letters)}, '')))`;

/** Counts the words in a part of a name. A double name counts as two. */
const wordsIn = (part: RawBuilder<unknown>) =>
  sql`(case when ${part} = '' then 0 else 1 + ${lettersOf(part, ' -')} end)`;
