/**
 * Sessions as their person sees them, and the functions that end them. The streams of a session end with it, at their
 * next look.
 */
import { sql } from 'kysely';
import { instant, type Sql } from '../../src/store/database.ts';

export interface SessionItem {
  id: string;
  startedAt: string;
  usedAt: string;
  /** As the browser names itself. */
  browser: string | null;
}

/** Whose sessions: ids of people are unique within a school only. */
export interface SessionOwner {
  schoolId: string;
  subject: string;
  role: string;
}

/** Gives the sessions that have not ended, the last used first. `idleMinutes` is for schools without their own. */
export async function listSessions(
  db: Sql,
  of: SessionOwner,
  { now, idleMinutes }: { now: Date; idleMinutes: number },
): Promise<SessionItem[]> {
  const { rows } = await sql<SessionItem>`
    select c.id, c.created_at as "startedAt", c.used_at as "usedAt", c.browser
    from console_session c left join school s on s.id = c.school_id
    where ${own(of)} and c.expires_at > ${now}
      and c.used_at > ${now}::timestamptz - coalesce(s.session_idle_minutes, ${idleMinutes}) * interval '1 minute'
    order by c.used_at desc, c.id`.execute(db);
  return rows.map((row) => ({ ...row, startedAt: instant(row.startedAt), usedAt: instant(row.usedAt) }));
}

/** Returns false where the person has no such session. */
export async function endSession(db: Sql, of: SessionOwner, id: string): Promise<boolean> {
  const { rows } = await sql`
    delete from console_session c where c.id = ${id} and ${own(of)} returning 1`.execute(db);
  return rows.length > 0;
}

/** Ends all sessions of a school, or of one of its people. Returns how many. */
export async function endSessions(db: Sql, schoolId: string, subject: string | null): Promise<number> {
  const { rows } = await sql`
    delete from console_session where school_id = ${schoolId}
      ${subject === null ? sql`` : sql`and subject = ${subject}`} returning 1`.execute(db);
  return rows.length;
}

const own = ({ schoolId, subject, role }: SessionOwner) =>
  sql`c.school_id = ${schoolId} and c.subject = ${subject} and c.role = ${role}`;
