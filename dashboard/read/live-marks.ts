/** Marks of a state. A mark that has changed says only that pages about the state may show something else now. */

import { sql } from 'kysely';
import type { Sql } from '../../src/store/database.ts';
import { oneRow } from '../../src/store/rows.ts';

/** Gives the mark of a school: its lists and facts, its work, what Sferum answered, its connection. */
export async function schoolMark(db: Sql, schoolId: string): Promise<string> {
  const { rows } = await sql<{ mark: string }>`
    select md5(concat_ws(' ', s.revision, a.status,
      (select max(id) from journal where school_id = ${schoolId}),
      (select string_agg(concat_ws(' ', id, state, done, md5(params::text)), ',' order by id) from operation
        where school_id = ${schoolId} and state in ('queued', 'running', 'held')))) as mark
    from school s left join sferum_account a on a.school_id = s.id where s.id = ${schoolId}`.execute(db);
  return rows[0]?.mark ?? '';
}

/** Gives the mark of all schools together: what waits in them, how they are connected, and what was counted of them. */
export async function regionMark(db: Sql): Promise<string> {
  const { rows } = await sql<{ mark: string }>`
    select md5(concat_ws(' ',
      (select string_agg(concat_ws(' ', id, params ->> 'awaiting'), ',' order by id) from operation where state = 'held'),
      (select string_agg(concat_ws(' ', school_id, status), ',' order by school_id) from sferum_account),
      (select max(counted_at) from school_figures), (select max(counted_at) from school_readiness))) as mark`.execute(
    db,
  );
  return oneRow(rows).mark;
}
