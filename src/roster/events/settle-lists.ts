import { sql } from 'kysely';
import type { Sql } from '../../store/database.ts';
import { endByGroupLists } from '../ordered-places.ts';

/**
 * A person who was not stated in a group since its newest whole list is gone from the group since that list. So whole
 * lists, late ones, orders and imports give one result in whatever order they arrive. `groupIds` null: all groups of
 * the school.
 */
export async function settleLists(
  tx: Sql,
  schoolId: string,
  groupIds: readonly string[] | null,
): Promise<void> {
  if (groupIds?.length === 0) return;
  await sql`
    update enrollment e set gone_at = g.listed_at, gone_by = g.listed_by
    from subject_group g
    where g.school_id = ${schoolId} and g.listed_at is not null ${groupIds === null ? sql`` : sql`and g.id = any(${groupIds})`}
      and e.school_id = g.school_id and e.unit = 'group' and e.unit_id = g.id
      and (e.stated_at is null or (e.stated_at, e.stated_by) < (g.listed_at, g.listed_by))
      and (e.gone_at is null or (e.gone_at, e.gone_by) < (g.listed_at, g.listed_by))`.execute(tx);
  await endByGroupLists(tx, schoolId, groupIds);
}
