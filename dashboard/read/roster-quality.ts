/** What is missing in the lists of СГО about a school's people, classes and groups (K5). */

import { type RawBuilder, sql } from 'kysely';
import type { Sql } from '../../src/store/database.ts';
import { isPupil, isStaff, shownName } from '../../src/store/queries/person-columns.ts';
import { placesInUnits, type SchoolDay } from '../../src/store/queries/places.ts';
import { oneRow } from '../../src/store/rows.ts';

export const GAPS = ['pupils', 'parents', 'classes', 'groups', 'roles'] as const;
/**
 * `pupils`: in no class today. `parents`: without a child in the school. `classes`, `groups`: without a teacher whom
 * the lists know. `roles`: people of no role that we know.
 */
export type Gap = (typeof GAPS)[number];

export interface GapItem {
  id: string;
  name: string;
  /** For a group: its subject. */
  detail: string | null;
}

/** Counts the rows of these gaps. */
export async function countGaps<Of extends Gap>(
  db: Sql,
  on: SchoolDay,
  gaps: readonly Of[],
): Promise<Record<Of, number>> {
  const counts = sql.join(
    gaps.map((gap) => sql`(select count(*)::int from (${itemsOf(gap, on)}) i) as ${sql.ref(gap)}`),
  );
  const { rows } = await sql<Record<Of, number>>`select ${counts}`.execute(db);
  return oneRow(rows);
}

/** Gives the rows of one gap by name, those after the row `after`, and whether more follow. */
export async function listGap(
  db: Sql,
  gap: Gap,
  on: SchoolDay,
  { after, limit }: { after?: string | undefined; limit: number },
): Promise<{ items: GapItem[]; more: boolean }> {
  const beyond =
    after === undefined
      ? sql``
      : sql`where (i.sorted, i.id) > (select a.sorted, a.id from items a where a.id = ${after})`;
  const { rows } = await sql<GapItem>`
    with items as materialized (${itemsOf(gap, on)})
    select i.id, i.name, i.detail from items i ${beyond} order by i.sorted, i.id limit ${limit + 1}`.execute(
    db,
  );
  return { items: rows.slice(0, limit), more: rows.length > limit };
}

/** The rows of a gap: id, name, detail, and what they are sorted by. */
function itemsOf(gap: Gap, on: SchoolDay): RawBuilder<unknown> {
  const { schoolId } = on;
  const people = (where: RawBuilder<unknown>) => sql`
    select p.id, ${shownName} as name, null::text as detail, p.name_key collate "C" as sorted from person p
    where p.school_id = ${schoolId} and ${where}`;
  switch (gap) {
    case 'pupils':
      return people(sql`p.present and ${isPupil} and p.id not in (select student_id
        from ${placesInUnits(on, 'class', sql`array(select id from class k where k.school_id = ${schoolId} and k.present)`)} place)`);
    case 'parents':
      return people(sql`p.present and 'parent' = any(p.roles) and not ${isStaff} and not exists (select from guardian g
        join person s on s.school_id = g.school_id and s.id = g.student_id and s.present
        where g.school_id = ${schoolId} and g.guardian_id = p.id and g.present)`);
    case 'roles':
      // A person without a role never counts as present, so the last statement of the source is asked instead.
      return people(sql`not p.present and p.stated_at is not null and cardinality(p.roles) = 0
        and (p.gone_at is null or (p.stated_at, p.stated_by) >= (p.gone_at, p.gone_by))`);
    case 'classes':
      return units(sql`class`, sql`null::text`, sql`u.homeroom_teacher_ids`, on);
    case 'groups':
      return units(sql`subject_group`, sql`nullif(u.subject, '')`, sql`u.teacher_ids`, on);
  }
}

/**
 * Gives the units that run today and have no teacher who is in the lists. A teacher has many units, so each teacher is
 * looked for once, and not once for each unit.
 */
function units(
  table: RawBuilder<unknown>,
  detail: RawBuilder<unknown>,
  teachers: RawBuilder<unknown>,
  { schoolId, day }: SchoolDay,
): RawBuilder<unknown> {
  return sql`select u.id, u.title as name, ${detail} as detail,
      lpad(coalesce(substring(u.title from '^\\d+'), ''), 4, '0') || lower(u.title) collate "C" as sorted
    from ${table} u
    where u.school_id = ${schoolId} and u.present and coalesce(u.starts_on <= ${day}::date, true)
      and coalesce(u.ends_on >= ${day}::date, true)
      and u.id not in (
        select taught.id from (select u.id, unnest(${teachers}) as teacher_id from ${table} u where u.school_id = ${schoolId}) taught
          join person t on t.school_id = ${schoolId} and t.id = taught.teacher_id and t.present
        where t.id = any(array(select distinct unnest(${teachers}) from ${table} u where u.school_id = ${schoolId})))`;
}
