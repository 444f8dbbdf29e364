import { sql } from 'kysely';
import { exactInstant } from '../clock.ts';
import type { Role } from '../desired/model.ts';
import { schoolOn } from '../desired/school.ts';
import type { Sql } from '../store/database.ts';
import { type Moment, timeOf } from '../store/school-day.ts';
import { partFor } from './fact-part.ts';
import { loadFacts } from './load-facts.ts';

export interface Standing {
  /** In the roster, and not departed (D6). */
  isHere: boolean;
  isPupil: boolean;
  isUnknown: boolean;
  /** When the roster lost and found him, if it did; ISO 8601. */
  goneAt: string | null;
  backAt: string | null;
}

/** Where these people of a school stand today. Of whom nothing was ever said there is no answer. */
export async function whoIsHere(
  tx: Sql,
  schoolId: string,
  personIds: readonly string[],
  moment: Moment,
): Promise<Map<string, Standing>> {
  const { today, dayOf } = await timeOf(tx, schoolId, moment);
  const peopleIds = [...personIds];
  const part = await partFor(tx, schoolId, {
    ...{ classIds: [], groupIds: [], staff: false, peopleIds, studentIds: [] },
  });
  const school = schoolOn({ ...(await loadFacts(tx, schoolId, part)), dayOf }, today);
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
        isPupil: roles.includes('student'),
        isUnknown: statedAt === null,
        goneAt: goneAt && exactInstant(goneAt),
        backAt: statedAt && exactInstant(statedAt),
      },
    ]),
  );
}
