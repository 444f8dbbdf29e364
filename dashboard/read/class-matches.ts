import { sql } from 'kysely';
import type { Sql } from '../../src/store/database.ts';

/** A new class that may continue an old one (K4). */
export interface ClassMatchItem {
  classId: string;
  title: string;
  oldClassId: string;
  oldTitle: string;
  /** Pupils whom both have. */
  common: number;
  pupils: number;
  oldPupils: number;
  state: 'open' | 'continued' | 'other';
  proposedAt: string;
  decidedAt: string | null;
}

/** The proposals of a school: those that wait first, each part by title. */
export async function listClassMatches(db: Sql, schoolId: string): Promise<ClassMatchItem[]> {
  const { rows } = await sql<ClassMatchItem>`
    select m.new_id as "classId", coalesce(n.title, m.new_id) as title, m.old_id as "oldClassId",
      coalesce(nullif(o.title, ''), m.old_id) as "oldTitle", m.common, m.new_pupils as pupils,
      m.old_pupils as "oldPupils", m.state, m.proposed_at as "proposedAt", m.decided_at as "decidedAt"
    from class_match m left join class n on n.school_id = m.school_id and n.id = m.new_id
      left join class o on o.school_id = m.school_id and o.id = m.old_id
    where m.school_id = ${schoolId} order by m.state <> 'open', length(n.title), n.title, m.new_id`.execute(
    db,
  );
  return rows;
}
