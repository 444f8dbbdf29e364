import { sql } from 'kysely';
import type { Sql } from '../../src/store/database.ts';
import { isPupil, shownName } from '../../src/store/queries/person-columns.ts';
import { placesOfPupils } from '../../src/store/queries/places.ts';
import { maySeePerson, type Viewer } from '../../src/store/queries/viewer.ts';

/** What tells namesakes apart: a pupil's classes today, or a parent's children and their classes. */
export interface PersonClass {
  /** Null: the person asked about is the pupil. */
  child: string | null;
  childId: string | null;
  /** Null: in no class today. */
  classTitle: string | null;
}

/** Gives the classes of these people, or of their children. Children whom the viewer may not see are left out. */
export async function findPersonClasses(
  db: Sql,
  viewer: Viewer,
  ids: readonly string[],
): Promise<Map<string, PersonClass[]>> {
  const { schoolId } = viewer;
  const asked = sql`${[...ids]}::text[]`;
  const { rows } = await sql<PersonClass & { id: string }>`
    with own as materialized (
      select p.id, p.id as student_id, null::text as child, null::text as child_id, p.name_key from person p
      where p.school_id = ${schoolId} and p.id = any(${asked}) and ${isPupil}
      union all
      select g.guardian_id, p.id, ${shownName}, p.id, p.name_key from guardian g
        join person p on p.school_id = g.school_id and p.id = g.student_id and p.present
      where g.school_id = ${schoolId} and g.guardian_id = any(${asked}) and g.present and ${maySeePerson(viewer)}
    )
    select own.id, own.child, own.child_id as "childId", k.title as "classTitle"
    from own
      left join ${placesOfPupils(viewer, 'class', sql`array(select student_id from own)`)} place
        on place.student_id = own.student_id
      left join class k on k.school_id = ${schoolId} and k.id = place.unit_id and k.present
    order by own.child is not null, own.name_key collate "C", k.title`.execute(db);
  const found = new Map<string, PersonClass[]>();
  for (const { id, ...line } of rows) found.set(id, [...(found.get(id) ?? []), line]);
  return found;
}

/** The children who are named there. */
export function childrenIn(classes: ReadonlyMap<string, readonly PersonClass[]>): string[] {
  return [...classes.values()].flatMap((lines) => lines.flatMap(({ childId }) => childId ?? []));
}
