import { type RawBuilder, sql } from 'kysely';
import type { ChatType } from '../../src/desired/model.ts';
import type { Sql } from '../../src/store/database.ts';
import { type Listed, limitTo, listed, type Page } from '../../src/store/queries/page.ts';
import {
  isPupil,
  isStaff,
  nameMatches,
  type ShownRole,
  shownName,
  shownRole,
} from '../../src/store/queries/person-columns.ts';
import {
  birthDate,
  isCurrent,
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
  /** Only where parents are asked for: his last child has left the school, no chat takes him in (D6). */
  childless: boolean;
  /** Only where a chat was asked about. */
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

/** Who can be picked (C3): the people of the viewer's school that he may see, by name. */
export async function listPeople(db: Sql, viewer: Viewer, filter: PeopleFilter): Promise<Listed<PersonItem>> {
  const conditions: RawBuilder<unknown>[] = [];
  if (filter.lastName) conditions.push(sql`and ${nameMatches(filter.lastName)}`);
  if (filter.role) conditions.push(sql`and ${hasRole(filter.role)}`);
  if (filter.sex) conditions.push(sql`and p.sex = ${filter.sex}`);
  if (filter.classId) conditions.push(sql`and ${belongsToClass(viewer, filter.classId)}`);
  const inChat = filter.chatId
    ? sql`exists (select from membership m where m.chat_id = ${filter.chatId}::uuid and m.person_id = p.id)`
    : sql`null::boolean`;
  const { rows } = await sql<PersonItem & { total: number }>`
    with found as materialized (
      select p.id, p.name_key from person p
      where p.school_id = ${viewer.schoolId} and p.present and ${mayPickPerson(viewer, filter.into ?? null)} ${sql.join(conditions, sql` `)}
    ), page as (
      select id from found order by name_key collate "C", id ${limitTo(filter)}
    )
    select t.total, p.id, ${shownName} as name, p.family_name as "familyName", p.given_name as "givenName",
      p.middle_name as "middleName", ${shownRole} as role, p.sex, ${birthDate(viewer)} as "birthDate",
      l.vk_user_id is not null as linked, ${filter.role === 'parent' ? isChildless(viewer) : sql`false`} as childless, ${inChat} as "inChat"
    from (select count(*)::int as total from found) t
      left join page on true
      left join person p on p.school_id = ${viewer.schoolId} and p.id = page.id
      left join profile_link l on l.school_id = p.school_id and l.person_id = p.id and l.present
    order by p.name_key collate "C", p.id`.execute(db);
  return listed(rows, ({ total: _, ...person }) => person);
}

function hasRole(role: ShownRole): RawBuilder<boolean> {
  return role === 'staff' ? isStaff : sql`${role} = any(p.roles)`;
}

/** Of a row of `person p`: a parent and nothing else, none of whose children is in a class today (D6). */
function isChildless({ schoolId, day }: Viewer): RawBuilder<boolean> {
  // The last order in force decides where it is newer than the statement; enrollments are judged whole by the core.
  const lastOrder = sql`(select o.kind, o.issued_at from roster_order o
    where o.school_id = ${schoolId} and o.student_ids @> array[g.student_id] and o.issued_at is not null
      and o.cancelled_at is null and o.effective_on <= ${day}::date
    order by o.effective_on desc, o.issued_at desc, o.issued_by desc limit 1)`;
  return sql`(not ${isStaff} and not ${isPupil} and not exists (
    select from guardian g left join lateral ${lastOrder} l on true
    where g.school_id = ${schoolId} and g.guardian_id = p.id and g.present and (l.kind in ('enrollment', 'transfer')
      or exists (select from enrollment e where e.school_id = ${schoolId} and e.student_id = g.student_id
        and e.unit = 'class' and ${isCurrent(day)} and (l.kind is null or e.stated_at > l.issued_at)))))`;
}

/** To a teacher a class that is not his is as one that is not there; a parent belongs to it by the children he may see. */
function belongsToClass(viewer: Viewer, classId: string): RawBuilder<boolean> {
  const { schoolId, day } = viewer;
  const pupils = sql`select e.student_id from enrollment e
    where e.school_id = ${schoolId} and e.unit = 'class' and e.unit_id = ${classId} and ${isCurrent(day)}
      and ${maySeePupil(viewer, sql`e.student_id`)}`;
  return sql`(${isOwnClass(viewer, classId)} and (p.id in (${pupils})
    or p.id in (select g.guardian_id from guardian g
      where g.school_id = ${schoolId} and g.present and g.student_id in (${pupils}))
    or p.id in (select unnest(k.homeroom_teacher_ids) from class k
      where k.school_id = ${schoolId} and k.id = ${classId})
    or p.id in (select unnest(s.teacher_ids) from subject_group s
      where s.school_id = ${schoolId} and s.class_id = ${classId} and s.present)))`;
}
