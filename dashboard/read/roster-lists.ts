/** The lists that came from СГО: when, how much, and what was not taken. */
import { sql } from 'kysely';
import { instant, type Sql } from '../../src/store/database.ts';
import type { OperationState } from '../../src/store/entities.ts';

export interface RosterCountsRead {
  people?: number;
  classes?: number;
  subjectGroups?: number;
  enrollments?: number;
}

export interface RosterList extends RosterCountsRead {
  operationId: string;
  state: OperationState;
  /** When СГО wrote it. */
  takenAt: string | null;
  receivedAt: string;
  rejectedTotal: number;
  lostFieldsTotal: number;
  ignored: { file: string; reason: string; rows: number }[];
  remarks: { code: string; message: string }[];
  problems: { code: string; message: string }[];
  /** The file was of several schools: its rows belong to the import as a whole. */
  ofSeveral: boolean;
  /** It looks cut and waits for a decision (J2). */
  incomplete: boolean;
  added: number | null;
  removed: number | null;
}

/** Gives a school's last lists, newest first. */
export async function lastLists(db: Sql, schoolId: string, limit: number): Promise<RosterList[]> {
  const { rows } = await sql<RosterList & { counts: RosterCountsRead }>`
    select o.id as "operationId", o.state, o.params->>'takenAt' as "takenAt", o.created_at as "receivedAt",
      jsonb_build_object('people', o.result->'people', 'classes', o.result->'classes',
        'subjectGroups', o.result->'subjectGroups', 'enrollments', o.result->'enrollments') as counts,
      coalesce((o.result->>'rejectedTotal')::int, 0) as "rejectedTotal",
      coalesce((o.result->>'lostFieldsTotal')::int, 0) as "lostFieldsTotal",
      coalesce(o.result->'ignored', '[]') as ignored, coalesce(o.result->'remarks', '[]') as remarks, o.problems,
      o.parent_id is not null as "ofSeveral",
      coalesce((o.params->>'incomplete')::boolean, false) as incomplete,
      (o.result->'members'->>'added')::int as added, (o.result->'members'->>'removed')::int as removed
    from operation o where o.school_id = ${schoolId} and o.kind = 'roster-import'
    order by o.created_at desc, o.id desc limit ${limit}`.execute(db);
  return rows.map(({ counts, ...row }) => ({ ...row, ...counts, receivedAt: instant(row.receivedAt) }));
}

/** Whether the school has such an import. */
export async function isImportOf(db: Sql, schoolId: string, operationId: string): Promise<boolean> {
  const { rows } = await sql`select from operation where id = ${operationId}::uuid and school_id = ${schoolId}
    and kind = 'roster-import'`.execute(db);
  return rows.length > 0;
}
