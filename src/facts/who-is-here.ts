import { sql } from 'kysely';
import { exactInstant } from '../clock.ts';
import type { Role } from '../desired/model.ts';
import { isPupil } from '../desired/roles.ts';
import { schoolOn } from '../desired/school.ts';
import type { Sql } from '../store/database.ts';
import { type Moment, timeOf } from '../store/school-day.ts';
import { partFor } from './fact-part.ts';
import { loadFacts } from './load-facts.ts';

export interface Attendance {
  /** The person is in the roster and has not departed (D6). */
  isHere: boolean;
  isPupil: boolean;
  isUnknown: boolean;
  /** When the roster lost the person and found them again; ISO 8601, null where it did not. */
  goneAt: string | null;
  backAt: string | null;
}

/**
 * Says whether these people of a school are here today. A person about whom nothing was ever said is not in the
 * result.
 */
export async function whoIsHere(
  tx: Sql,
  schoolId: string,
  personIds: readonly string[],
  moment: Moment,
): Promise<Map<string, Attendance>> {
  const { today, dayOf } = await timeOf(tx, schoolId, moment);
  const peopleIds = [...personIds];
  const part = await partFor(tx, schoolId, {
    ...{ day: today, classIds: [], groupIds: [], staff: false, peopleIds, studentIds: [] },
  });
  const school = schoolOn({ ...(await loadFacts(tx, schoolId, { part, day: today })), dayOf }, today);
  const { rows } = await sql<{
    id: string;
    roles: Role[];
    goneAt: string | null;
    statedAt: string | null;
  }>`
    select id, roles, gone_at as "goneAt", stated_at as "statedAt" from person
    where school_id = ${schoolId} and id = any(${peopleIds})`.execute(tx);
  return new Map(
    rows.map(({ id, roles, goneAt, statedAt }) => [
      id,
      {
        isHere: school.isPresent(id),
        isPupil: isPupil({ roles }),
        isUnknown: statedAt === null,
        goneAt: goneAt && exactInstant(goneAt),
        backAt: statedAt && exactInstant(statedAt),
      },
    ]),
  );
}
