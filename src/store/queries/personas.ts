import { sql } from 'kysely';
import type { Sql } from '../database.ts';
import { isPupil, shownName } from './person-columns.ts';

const PERSONA_KINDS = [
  'school-admin',
  'homeroom-teacher',
  'subject-teacher',
  'student',
  'parent',
  'unlinked-student',
  'unlinked-parent',
] as const;
export type PersonaKind = (typeof PERSONA_KINDS)[number];

export interface Persona {
  kind: PersonaKind;
  schoolId: string;
  personId: string;
  name: string;
  /** The classes that the person leads, or the class that the person attends; empty where there is none. */
  about: string;
  chats: number;
}

/**
 * Finds one person of each kind that the demonstration can be looked at as, in the first school. Of several, people
 * with a linked profile come first, then those with more chats.
 */
export async function findPersonas(db: Sql): Promise<Persona[]> {
  const { rows } = await sql<Persona>`
    with school as (select id from school order by id limit 1),
    people as (
      select p.*, s.id as school, ${shownName} as shown,
        exists(select from profile_link l where l.school_id = p.school_id and l.person_id = p.id and l.present) as linked,
        array(select k.title from class k where k.school_id = p.school_id and k.present
          and p.id = any(k.homeroom_teacher_ids) order by k.title) as leads,
        (select k.title from enrollment e join class k on k.school_id = e.school_id and k.id = e.unit_id and k.present
          where e.school_id = p.school_id and e.student_id = p.id and e.unit = 'class' and e.present
          order by k.title limit 1) as attends,
        (select count(*)::int from membership m where m.school_id = p.school_id and m.person_id = p.id) as chats
      from school s join person p on p.school_id = s.id and p.present
    ), kinds as (
      select p.*, k.kind, k.place from people p cross join lateral (values
        ('school-admin', 1, 'administrator' = any(p.roles)),
        ('homeroom-teacher', 2, 'teacher' = any(p.roles) and cardinality(p.leads) > 0 and p.linked),
        ('subject-teacher', 3, 'teacher' = any(p.roles) and cardinality(p.leads) = 0 and p.linked),
        ('student', 4, ${isPupil} and p.linked),
        ('parent', 5, p.roles = '{parent}' and p.linked),
        ('unlinked-student', 6, ${isPupil} and not p.linked),
        ('unlinked-parent', 7, p.roles = '{parent}' and not p.linked)
      ) as k(kind, place, fits) where k.fits
    )
    select distinct on (place) kind, school as "schoolId", id as "personId", shown as name, chats,
      coalesce(nullif(array_to_string(leads, ', '), ''), attends, '') as about
    from kinds order by place, linked desc, chats desc, id`.execute(db);
  return rows;
}
