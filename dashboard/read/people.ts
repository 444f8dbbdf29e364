import { type RawBuilder, sql } from 'kysely';
import type { ChatType } from '../../src/desired/model.ts';
import type { Sql } from '../../src/store/database.ts';
import { type Listed, limitTo, listed, type Page } from '../../src/store/queries/page.ts';
import {
  isPupil,
  isStaff,
  matchRank,
  nameMatches,
  type ShownRole,
  shownName,
  shownRole,
} from '../../src/store/queries/person-columns.ts';
import { placesInUnits, placesOfPupils } from '../../src/store/queries/places.ts';
import {
  birthDate,
  isOwnClass,
  mayPickPerson,
  maySeePupil,
  type Viewer,
} from '../../src/store/queries/viewer.ts';

export interface PersonItem {
  id: string;
  name: string;
  familyName: string;
  givenName: string;
  middleName: string;
  role: ShownRole;
  sex: 'male' | 'female' | null;
  /** Null also where the viewer may not know it. */
  birthDate: string | null;
  linked: boolean;
  /**
   * Set only where parents are asked for: none of the person's children is in a class, so no chat takes the person in
   * (D6).
   */
  childless: boolean;
  /** Set only where a chat was asked about. */
  inChat: boolean | null;
}

export interface PeopleFilter extends Page {
  lastName?: string | undefined;
  role?: ShownRole | undefined;
  sex?: 'male' | 'female' | undefined;
  /** Its pupils, their parents, its homeroom teachers and those of its groups. */
  classId?: string | undefined;
  chatId?: string | undefined;
  /** Only whom the viewer may put into a chat of this type (E2). */
  into?: ChatType | null | undefined;
}

/**
 * Gives who can be picked (C3): the people of the school whom the viewer may see, by name. Where a name is asked for,
 * matching family names stand first, then given names, then middle names.
 */
export async function listPeople(db: Sql, viewer: Viewer, filter: PeopleFilter): Promise<Listed<PersonItem>> {
  const conditions: RawBuilder<unknown>[] = [];
  if (filter.role) conditions.push(sql`and ${hasRole(filter.role)}`);
  if (filter.sex) conditions.push(sql`and p.sex = ${filter.sex}`);
  if (filter.classId) conditions.push(sql`and ${belongsToClass(viewer, filter.classId)}`);
  const inChat = filter.chatId
    ? sql`exists (select from membership m where m.chat_id = ${filter.chatId}::uuid and m.person_id = p.id)`
    : sql`null::boolean`;
  const { rows } = await sql<PersonItem & { total: number }>`
    with ${foundPeople(
      viewer.schoolId,
      filter.lastName,
      sql`p.school_id = ${viewer.schoolId} and p.present and ${mayPickPerson(viewer, filter.into ?? null)}
        ${sql.join(conditions, sql` `)}`,
    )}, page as materialized (
      select id, rank from found order by rank, name_key collate "C", id ${limitTo(filter)}
    )
    select t.total, p.id, ${shownName} as name, p.family_name as "familyName", p.given_name as "givenName",
      p.middle_name as "middleName", ${shownRole} as role, p.sex, ${birthDate(viewer)} as "birthDate",
      l.vk_user_id is not null as linked, ${filter.role === 'parent' ? isChildless(viewer, sql`select id from page`) : sql`false`} as childless, ${inChat} as "inChat"
    from (select count(*)::int as total from found) t
      left join page on true
      left join person p on p.school_id = ${viewer.schoolId} and p.id = page.id
      left join profile_link l on l.school_id = p.school_id and l.person_id = p.id and l.present
    order by page.rank, p.name_key collate "C", p.id`.execute(db);
  return listed(rows, ({ total: _, ...person }) => person);
}

/**
 * Gives parts of a `with` that end in `found (id, name_key, rank)`. An index answers what it can, and only people whose
 * name matches are read. Without a name the index is asked twice, for the page and for the number of all: that costs
 * less than keeping them all.
 */
function foundPeople(
  schoolId: string,
  name: string | undefined,
  where: RawBuilder<unknown>,
): RawBuilder<unknown> {
  const matching = sql`select p.id, p.name_key from person p where ${where}`;
  if (!name) return sql`found as not materialized (select p.id, p.name_key, 0 as rank from (${matching}) p)`;
  return sql`matching as materialized (${matching} and ${nameMatches(name)}), found as materialized (
      select p.id, p.name_key, ${matchRank(name)} as rank from matching f join person p on p.school_id = ${schoolId} and p.id = f.id
    )`;
}

function hasRole(role: ShownRole): RawBuilder<boolean> {
  return role === 'staff' ? isStaff : sql`${role} = any(p.roles)`;
}

/**
 * Whether the person of a row of `person p` is a parent and nothing else, none of whose children is in a class today
 * (D6). `among`: people of whom `p` is one.
 */
function isChildless(viewer: Viewer, among: RawBuilder<unknown>): RawBuilder<boolean> {
  const ties = sql`from guardian g where g.school_id = ${viewer.schoolId} and g.present and g.guardian_id = any(array(${among}))`;
  const places = placesOfPupils(viewer, 'class', sql`array(select g.student_id ${ties})`);
  return sql`(not ${isStaff} and not ${isPupil}
    and p.id not in (select g.guardian_id ${ties} and g.student_id in (select student_id from ${places} place)))`;
}

/**
 * Whether the person of a row of `person p` belongs to the class: its pupils, their parents and its teachers. For a
 * teacher nobody belongs to a class that is not their own, and parents belong to it by the children whom the teacher
 * may see.
 */
function belongsToClass(viewer: Viewer, classId: string): RawBuilder<boolean> {
  const { schoolId } = viewer;
  return sql`(${isOwnClass(viewer, classId)} and p.id in (
    with pupil as materialized (
      select place.student_id from ${placesInUnits(viewer, 'class', sql`array[${classId}::text]`)} place
      where ${maySeePupil(viewer, sql`place.student_id`)}
    )
    select student_id from pupil
    union all select g.guardian_id from guardian g join pupil using (student_id)
      where g.school_id = ${schoolId} and g.present
    union all select unnest(k.homeroom_teacher_ids) from class k where k.school_id = ${schoolId} and k.id = ${classId}
    union all select unnest(s.teacher_ids) from subject_group s
      where s.school_id = ${schoolId} and s.class_id = ${classId} and s.present))`;
}
