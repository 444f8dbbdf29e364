import { type RawBuilder, sql } from 'kysely';
import type { Ground } from '../../desired/model.ts';
import type { LiveState } from '../../plan/model.ts';
import { instant, type Sql } from '../database.ts';
import { sferumState } from './in-sferum.ts';
import { type Listed, limitTo, listed, type Page } from './page.ts';
import { nameMatches, type ShownRole, shownName, shownRole } from './person-columns.ts';
import { maySeePerson, type Viewer } from './viewer.ts';

export interface ChatMemberItem {
  personId: string;
  name: string;
  role: ShownRole;
  admin: boolean;
  /** The person has a VK profile linked (A6). */
  linked: boolean;
  inSferum: boolean;
  /** What Sferum last said of the person; null where it said nothing yet. */
  sferumState: LiveState | null;
  sferumReason: string | null;
  /** The person's removal waits for approval (F4). */
  held: boolean;
  grounds: Ground[];
  exception: ExceptionItem | null;
}

/** What was set by hand (D7). */
interface ExceptionItem {
  member: 'added' | 'excluded' | null;
  admin: 'granted' | 'revoked' | null;
  authorId: string;
  reason: string | null;
  at: string;
}

interface MemberFilter extends Page {
  lastName?: string | undefined;
  /** `excluded` shows the people who are kept out by hand. */
  show: 'members' | 'excluded';
}

/**
 * Gives the СГО members of a chat, or those excluded from it, by name. The caller has checked that the viewer sees
 * the chat. Of people who are not in the chat, the viewer is shown only those whom they may see.
 */
export function listMembers(
  db: Sql,
  viewer: Viewer,
  chatId: string,
  filter: MemberFilter,
): Promise<Listed<ChatMemberItem>> {
  const { schoolId } = viewer;
  const source =
    filter.show === 'members'
      ? sql`select person_id, admin, grounds, held_by from membership where chat_id = ${chatId}::uuid`
      : sql`select e.person_id, false as admin, '[]'::jsonb as grounds, null::uuid as held_by from exception e
          where e.chat_id = ${chatId}::uuid and e.member = 'excluded'
            and not exists (select from membership m where m.chat_id = e.chat_id and m.person_id = e.person_id)`;
  const named = filter.lastName ? sql`and ${nameMatches(filter.lastName)}` : sql``;
  const seen = filter.show === 'members' ? sql`true` : maySeePerson(viewer);
  const found = sql`select m.*, p.name_key, ${shownName} as name, ${shownRole} as role
    from (${source}) m join person p on p.school_id = ${schoolId} and p.id = m.person_id where ${seen} ${named}`;
  return memberPage<ChatMemberItem>(db, { schoolId, chatId, found, more: sql`` }, filter);
}

/**
 * Gives one page of `found`, with what Sferum and exceptions say of each member. `found` has the columns person_id,
 * name_key, name, role, admin, grounds and held_by. `more` adds columns of its own under the alias `m`, each with a
 * comma behind it.
 */
export async function memberPage<Item extends ChatMemberItem>(
  db: Sql,
  of: { schoolId: string; chatId: string | null; found: RawBuilder<unknown>; more: RawBuilder<unknown> },
  page: Page,
): Promise<Listed<Item>> {
  const { schoolId, chatId, found, more } = of;
  const { rows } = await sql<Item & { id: string | null; total: number }>`
    with found as materialized (${found}), page as (
      select * from found order by name_key collate "C", person_id ${limitTo(page)}
    )
    select t.total, m.person_id as id, m.person_id as "personId", m.name, m.role, m.admin, m.grounds,
      m.held_by is not null as held, l.vk_user_id is not null as linked,
      coalesce(live.state = 'in', false) as "inSferum", live.state as "sferumState", s.reason as "sferumReason", ${more}
      case when e.author_id is not null then jsonb_build_object('member', e.member, 'admin', e.admin,
        'authorId', e.author_id, 'reason', e.reason, 'at', e.at) end as exception
    from (select count(*)::int as total from found) t
      left join page m on true
      left join profile_link l on l.school_id = ${schoolId} and l.person_id = m.person_id and l.present
      left join sferum_member s on s.chat_id = ${chatId}::uuid and s.vk_user_id = l.vk_user_id
      left join exception e on e.chat_id = ${chatId}::uuid and e.person_id = m.person_id
      left join chat c on c.id = ${chatId}::uuid
      cross join lateral (select ${sferumState(sql`l.vk_user_id`, sql`s.state`)} as state) live
    order by m.name_key collate "C", m.person_id`.execute(db);
  return listed(rows, ({ id: _, total: __, ...member }) => ({
    // The columns that the caller adds make the rest of an item.
    ...(member as unknown as Item),
    exception: member.exception && { ...member.exception, at: instant(member.exception.at) },
  }));
}
