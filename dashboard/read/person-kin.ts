import { sql } from 'kysely';
import type { Sql } from '../../src/store/database.ts';
import { byName, shownName } from '../../src/store/queries/person-columns.ts';
import { birthDate, maySeePerson, type Viewer } from '../../src/store/queries/viewer.ts';
import { oneRow } from '../../src/store/rows.ts';
import { findPersonClasses, type PersonClass } from './person-classes.ts';

/** What the school knows of a person beside the chats, as far as the viewer may know it. */
export interface PersonKin {
  birthDate: string | null;
  /** A pupil's classes today, a parent's children with theirs. */
  classes: readonly PersonClass[];
  /** Of a pupil. */
  parents: readonly { id: string; name: string }[];
}

/** Gives the kin of a person whom the viewer may ask about. */
export async function findPersonKin(db: Sql, viewer: Viewer, personId: string): Promise<PersonKin> {
  const { schoolId } = viewer;
  const classes = await findPersonClasses(db, viewer, [personId]);
  const { rows } = await sql<Omit<PersonKin, 'classes'>>`
    select
      (select ${birthDate(viewer)} from person p where p.school_id = ${schoolId} and p.id = ${personId}) as "birthDate",
      (select coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'name', ${shownName}) order by ${byName}), '[]')
        from guardian g join person p on p.school_id = g.school_id and p.id = g.guardian_id and p.present
        where g.school_id = ${schoolId} and g.student_id = ${personId} and g.present
          and ${maySeePerson(viewer)}) as parents`.execute(db);
  return { ...oneRow(rows), classes: classes.get(personId) ?? [] };
}
