import { type RawBuilder, sql } from 'kysely';
import type { ChatType, Ground } from '../desired/model.ts';
import type { LiveState } from '../plan/model.ts';
import { instant, type Sql } from '../store/database.ts';
import type { ChatMemberItem } from '../store/queries/chat-members.ts';
import { currentId } from '../store/queries/former-ids.ts';
import { sferumState } from '../store/queries/in-sferum.ts';
import {
  isTeacher,
  type Sex,
  type ShownRole,
  shownName,
  shownRole,
} from '../store/queries/person-columns.ts';
import { maySeeChat, type Viewer } from '../store/queries/viewer.ts';

export interface PersonRow {
  id: string;
  name: string;
  role: ShownRole;
  sex: Sex | null;
  isTeacher: boolean;
  /** In the roster now. */
  present: boolean;
  linked: boolean;
  /** СГО names a VK ID of the person that somebody else has (A7). */
  profileTaken: boolean;
}

/** Finds a person. Null: the school never knew the id. */
export async function findPerson(db: Sql, schoolId: string, personId: string): Promise<PersonRow | null> {
  const { rows } = await sql<PersonRow>`
    select p.id, ${shownName} as name, ${shownRole} as role, p.sex, ${isTeacher} as "isTeacher", p.present, l.person_id is not null as linked,
      p.present and exists (select from profile_claim k where k.school_id = p.school_id and k.person_id = p.id
        and k.state = 'waiting') as "profileTaken"
    from person p left join profile_link l on l.school_id = p.school_id and l.person_id = p.id and l.present
    where p.school_id = ${schoolId} and p.id = ${currentId(schoolId, sql`${personId}::text`)}`.execute(db);
  return rows[0] ?? null;
}

/** One person and one chat, from both sides. */
export interface PersonChat {
  chatId: string;
  title: string;
  type: ChatType;
  origin: 'automatic' | 'manual';
  classId: string | null;
  groupId: string | null;
  archived: boolean;
  deleting: boolean;
  /** In the СГО list. */
  isMember: boolean;
  admin: boolean;
  grounds: Ground[];
  /** The person's removal waits for approval (F4). */
  held: boolean;
  exception: ChatMemberItem['exception'];
  sferumState: LiveState | null;
  sferumReason: string | null;
}

/** Gives the chats that the viewer may see and that the person is in or kept out of by hand; or the one asked for. */
export async function listPersonChats(
  db: Sql,
  viewer: Viewer,
  personId: string,
  chatId: string | undefined,
): Promise<PersonChat[]> {
  const chosen: RawBuilder<unknown> = chatId
    ? sql`c.id = ${chatId}::uuid`
    : sql`(m.person_id is not null or e.member is not null) and c.id in (
        select chat_id from membership where school_id = ${viewer.schoolId} and person_id = ${personId}
        union all select chat_id from exception where school_id = ${viewer.schoolId} and person_id = ${personId})`;
  // Somebody who owns a chat and is no member of it is not shown as in it.
  const ofMember = sql`case when m.person_id is not null then l.vk_user_id end`;
  const { rows } = await sql<PersonChat>`
    select c.id as "chatId", c.title, c.type, case when c.key is null then 'manual' else 'automatic' end as origin,
      c.class_id as "classId", c.subject_group_id as "groupId", c.archived, c.deleting_since is not null as deleting,
      m.person_id is not null as "isMember", coalesce(m.admin, false) as admin, coalesce(m.grounds, '[]') as grounds,
      m.held_by is not null as held, ${sferumState(ofMember, sql`s.state`)} as "sferumState", s.reason as "sferumReason",
      case when e.person_id is not null then jsonb_build_object('member', e.member, 'admin', e.admin,
        'authorId', e.author_id, 'reason', e.reason, 'at', e.at) end as exception
    from chat c
      left join membership m on m.chat_id = c.id and m.person_id = ${personId}
      left join exception e on e.chat_id = c.id and e.person_id = ${personId}
      left join profile_link l on l.school_id = c.school_id and l.person_id = ${personId} and l.present
      left join sferum_member s on s.chat_id = c.id and s.vk_user_id = l.vk_user_id
    where c.school_id = ${viewer.schoolId} and c.deleted_at is null and ${maySeeChat(viewer)} and ${chosen}
    order by c.title_key collate "C", c.id`.execute(db);
  return rows.map((row) => ({
    ...row,
    exception: row.exception && { ...row.exception, at: instant(row.exception.at) },
  }));
}
