import { sql } from 'kysely';
import { instant, type Sql } from '../../src/store/database.ts';
import { everyIdOf } from '../../src/store/queries/former-ids.ts';
import { type Listed, limitTo, listed, type Page } from '../../src/store/queries/page.ts';
import { startOf } from './journal.ts';

interface AccessItem {
  id: string;
  at: string;
  subject: string;
  role: string;
  what: string;
  personIds: string[];
  address: string | null;
}

/** Instants: ISO 8601; days: whole days of the school's time zone, `to` included. */
interface AccessFilter extends Page {
  personId?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

/**
 * Gives who looked at a school's people, or at one of them, newest first (K8). With `from` and `to` only their months
 * are read.
 */
export async function listAccess(
  db: Sql,
  { schoolId, timeZone }: { schoolId: string; timeZone: string },
  filter: AccessFilter,
): Promise<Listed<AccessItem>> {
  const matching = sql.join(
    [
      sql`school_id = ${schoolId}`,
      ...(filter.personId ? [sql`person_ids && ${everyIdOf(schoolId, sql`${filter.personId}::text`)}`] : []),
      ...(filter.from ? [sql`at >= ${startOf(filter.from, timeZone, 0)}`] : []),
      ...(filter.to ? [sql`at < ${startOf(filter.to, timeZone, 1)}`] : []),
    ],
    sql` and `,
  );
  const { rows } = await sql<AccessItem & { total: number }>`
    with page as (
      select id, at, subject, role, what, person_ids, address from access_record where ${matching}
      order by at desc, id desc ${limitTo(filter)})
    select t.total, p.id::text, p.at, p.subject, p.role, p.what, p.person_ids as "personIds", p.address
    from (select count(*)::int as total from access_record where ${matching}) t left join page p on true
    order by p.at desc, p.id desc`.execute(db);
  return listed(rows, ({ total: _, ...item }) => ({ ...item, at: instant(item.at) }));
}
