import { sql } from 'kysely';
import type { Context } from '../../src/context.ts';
import type { ChatType } from '../../src/desired/model.ts';
import type { LiveState } from '../../src/plan/model.ts';
import { sferumState } from '../../src/store/queries/in-sferum.ts';
import { byName, shownName } from '../../src/store/queries/person-columns.ts';

export interface OwnChat {
  id: string;
  title: string;
  type: ChatType;
  memberCount: number;
  admins: { id: string; name: string }[];
  archived: boolean;
  /** What Sferum last said of the person; null where it said nothing yet, or the person is not linked. */
  sferumState: LiveState | null;
  /** Where people enter by link (A8). */
  inviteLink: string | null;
}

interface OwnChats {
  linked: boolean;
  chats: OwnChat[];
}

/** The chats a person is in (A4), in natural order of their titles. */
export async function findOwnChats(
  ctx: Pick<Context, 'db' | 'leadsToSferum'>,
  schoolId: string,
  personId: string,
): Promise<OwnChats> {
  const db = ctx.db.of(schoolId);
  const link = await db
    .selectFrom('profile_link')
    .select('vk_user_id')
    .where('school_id', '=', schoolId)
    .where('person_id', '=', personId)
    .where('present', 'is', true)
    .executeTakeFirst();
  const vkUserId = link?.vk_user_id ?? null;
  const said = sql`(select s.state from sferum_member s where s.chat_id = c.id and s.vk_user_id = ${vkUserId}::bigint)`;
  const { rows } = await sql<OwnChat>`
    select c.id, c.title, c.type, c.archived,
      (select count(*)::int from membership m where m.chat_id = c.id) as "memberCount",
      (select coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'name', ${shownName}) order by ${byName}), '[]')
        from membership m join person p on p.school_id = m.school_id and p.id = m.person_id
        where m.chat_id = c.id and m.admin) as admins,
      ${sferumState(sql`${vkUserId}::bigint`, said)} as "sferumState",
      case when a.token_kind = 'community' and ${vkUserId}::bigint is not null then c.invite_link end as "inviteLink"
    from membership own join chat c on c.id = own.chat_id
      left join sferum_account a on a.school_id = c.school_id
    where own.school_id = ${schoolId} and own.person_id = ${personId} and c.deleted_at is null
    order by c.title_key collate "C", c.id`.execute(db);
  const withoutForeignLink = (chat: OwnChat): OwnChat =>
    chat.inviteLink !== null && ctx.leadsToSferum(chat.inviteLink) ? chat : { ...chat, inviteLink: null };
  return { linked: vkUserId !== null, chats: rows.map(withoutForeignLink) };
}
