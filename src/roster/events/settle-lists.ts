import { sql } from 'kysely';
import type { Sql } from '../../store/database.ts';
import { endByGroupLists } from '../end-ordered-places.ts';

/**
 * Ends places by whole lists of groups. A person whom nobody has stated in a group since its newest whole list is gone
 * from the group since that list. So whole lists, late ones too, orders and imports give one result in whatever order
 * they arrive. `groupIds` null: all groups of the school.
 */
export async function settleLists(
  tx: Sql,
  schoolId: string,
  groupIds: readonly string[] | null,
): Promise<void> {
  if (groupIds?.length === 0) return;
  // Each group's places are found by the index (`offset 0` holds the planner to it). The planner knows nothing of a
  // school that has just come, and would compare every place with every group.
  await sql`
    update enrollment e set gone_at = o.listed_at, gone_by = o.listed_by
    from (select o.*, g.listed_at, g.listed_by from subject_group g cross join lateral (
        select m.school_id, m.unit, m.unit_id, m.student_id from enrollment m
        where m.school_id = g.school_id and m.unit = 'group' and m.unit_id = g.id
          and (m.stated_at is null or (m.stated_at, m.stated_by) < (g.listed_at, g.listed_by))
          and (m.gone_at is null or (m.gone_at, m.gone_by) < (g.listed_at, g.listed_by)) offset 0) o
      where g.school_id = ${schoolId} and g.listed_at is not null
        ${groupIds === null ? sql`` : sql`and g.id = any(${groupIds})`} offset 0) o
    where (e.school_id, e.unit, e.unit_id, e.student_id) = (o.school_id, o.unit, o.unit_id, o.student_id)`.execute(
    tx,
  );
  await endByGroupLists(tx, schoolId, groupIds);
}
