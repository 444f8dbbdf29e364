/** How a row of `person`, always under the alias `p`, is shown, ordered and found (B4, C2). */
import { type RawBuilder, sql } from 'kysely';
import { wordPrefix } from '../../text/title-key.ts';

export type ShownRole = 'staff' | 'student' | 'parent';
export type Sex = 'male' | 'female';

export const isStaff = sql<boolean>`p.roles && '{teacher,administrator,staff}'::text[]`;

/** One role to show of the several one may have: work first. */
export const shownRole = sql<ShownRole>`case when ${isStaff} then 'staff'
  when 'student' = any(p.roles) then 'student' else 'parent' end`;

/** «Имя на экране»: pupils «Фамилия Имя», adults «Фамилия Имя Отчество». */
export const shownName = sql<string>`concat_ws(' ', nullif(p.family_name, ''), nullif(p.given_name, ''),
  case when ${isStaff} or not 'student' = any(p.roles) then nullif(p.middle_name, '') end)`;

/** `collate "C"`: the key is made so that code points are the order, whatever the database's locale. */
export const byName = sql`p.name_key collate "C", p.id`;

/** `text`: what a person typed; a prefix of any word of the name, double names by their parts too. */
export function nameMatches(text: string): RawBuilder<boolean> {
  const sought = wordPrefix(text);
  const longestWord = sought.split(' ').reduce((a, b) => (b.length > a.length ? b : a));
  // Most names are ruled out by the first, cheaper look.
  return sql`(strpos(p.name_key, ${longestWord}) > 0
    and strpos(' ' || translate(p.name_key, '-', ' '), ${sought}) > 0)`;
}
