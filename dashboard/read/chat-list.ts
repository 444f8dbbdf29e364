import { type RawBuilder, sql } from 'kysely';
import type { ChatType } from '../../src/desired/model.ts';
import { instant, type Sql } from '../../src/store/database.ts';
import { inSferumCounts } from '../../src/store/queries/in-sferum.ts';
import { type Listed, limitTo, listed, type Page } from '../../src/store/queries/page.ts';
import { byName, nameMatches, shownName } from '../../src/store/queries/person-columns.ts';
import { maySeeChat, type Viewer } from '../../src/store/queries/viewer.ts';
import { searchFold } from '../../src/text/title-key.ts';
import { type ChatWarning, chatWarning } from './chat-warning.ts';

export interface ChatItem {
  id: string;
  title: string;
  type: ChatType;
  origin: 'automatic' | 'manual';
  classId: string | null;
  subjectGroupId: string | null;
  titleByHand: boolean;
  memberCount: number;
  inSferumCount: number;
  admins: { id: string; name: string }[];
  condition: {
    status: 'synced' | 'behind' | 'held' | 'failing' | 'archived' | 'deleting';
    reason: string | null;
    message: string | null;
    since: string;
    /** When the chat was last read at Sferum; null where that is not known for sure. */
    seenAt: string | null;
  };
  warning: ChatWarning | null;
}

interface ChatFilter extends Page {
  type?: ChatType | undefined;
  /** A text anywhere in the title. */
  title?: string | undefined;
  /** The surname of a member (B1). */
  lastName?: string | undefined;
  condition?: ChatItem['condition']['status'] | undefined;
  /** Only these. */
  ids?: readonly string[] | undefined;
  descending: boolean;
}

interface Row extends Omit<ChatItem, 'condition'> {
  total: number;
  status: ChatItem['condition']['status'];
  reason: string | null;
  message: string | null;
  since: string;
  seenAt: string | null;
}

/** Gives the chats of the school that the viewer may see, in natural order of their titles (B4). */
export async function listChats(db: Sql, viewer: Viewer, filter: ChatFilter): Promise<Listed<ChatItem>> {
  const searched = Boolean(filter.title || filter.lastName) || viewer.sees === 'circle';
  const conditions: RawBuilder<unknown>[] = [];
  if (filter.type) conditions.push(sql`and c.type = ${filter.type}`);
  if (filter.condition) conditions.push(sql`and c.condition = ${filter.condition}`);
  if (filter.ids) conditions.push(sql`and c.id = any(${[...filter.ids]}::uuid[])`);
  if (filter.title) {
    conditions.push(sql`and strpos(split_part(c.title_key, E'\t', 2), ${searchFold(filter.title)}) > 0`);
  }
  if (filter.lastName) {
    // As an array: their memberships are found through the index, also right after an import, when the planner knows
    // nothing of the tables yet.
    conditions.push(sql`and c.id in (select m.chat_id from membership m where m.school_id = ${viewer.schoolId}
      and m.person_id = any(array(select p.id from person p
        where p.school_id = ${viewer.schoolId} and ${nameMatches(filter.lastName)})))`);
  }
  return selectChats(db, viewer, sql.join(conditions, sql` `), { ...filter, searched });
}

/** Null: the viewer's school has no such chat. `visible` says whether the viewer may see it. */
export async function findChat(
  db: Sql,
  viewer: Viewer,
  chatId: string,
): Promise<{ chat: ChatItem; visible: boolean } | null> {
  const everything: Viewer = { ...viewer, sees: 'school', birthDates: false };
  const one = { page: 1, perPage: 1, descending: false, searched: false };
  const only = sql`and c.id = ${chatId}::uuid`;
  const chat = (await selectChats(db, everything, only, one)).items[0];
  if (!chat) return null;
  if (viewer.sees === 'school') return { chat, visible: true };
  const { rows } =
    await sql`select from chat c where c.id = ${chatId}::uuid and ${maySeeChat(viewer)}`.execute(db);
  return { chat, visible: rows.length > 0 };
}

interface Selection extends Page {
  descending: boolean;
  /**
   * True: the conditions are costly, so the statement keeps what it found. False: asking the index twice costs less.
   */
  searched: boolean;
}

/**
 * Reads one page of chats. What the page shows beyond a chat's own row is read only for the chats of that page, by its
 * key (`lateral … offset 0`) and once (`materialized`), also where the planner knows nothing of the tables yet.
 */
async function selectChats(
  db: Sql,
  viewer: Viewer,
  conditions: RawBuilder<unknown>,
  filter: Selection,
): Promise<Listed<ChatItem>> {
  const direction = filter.descending ? sql`desc` : sql`asc`;
  const kept = filter.searched ? sql`materialized` : sql`not materialized`;
  const { rows } = await sql<Row>`
    with found as ${kept} (
      select c.id, c.title_key from chat c
      where c.school_id = ${viewer.schoolId} and c.deleted_at is null and ${maySeeChat(viewer)} ${conditions}
    ), page as materialized (
      select id from found order by title_key collate "C" ${direction}, id ${direction} ${limitTo(filter)}
    ), seat as materialized (
      select m.chat_id, m.person_id, m.admin from page cross join lateral (
        select m.chat_id, m.person_id, m.admin from membership m where m.chat_id = page.id offset 0) m
    ), seats as materialized (
      select chat_id, count(*)::int as number from seat group by chat_id
    ), ${inSferumCounts(viewer.schoolId)}, admins as materialized (
      select m.chat_id, jsonb_agg(jsonb_build_object('id', p.id, 'name', ${shownName}) order by ${byName}) as people
      from seat m cross join lateral (
        select p.* from person p where p.school_id = ${viewer.schoolId} and p.id = m.person_id offset 0) p
      where m.admin group by m.chat_id
    )
    select t.total, c.id, c.title, c.type, c.class_id as "classId", c.subject_group_id as "subjectGroupId",
      case when c.key is null then 'manual' else 'automatic' end as origin, c.title_by_hand as "titleByHand",
      coalesce(seats.number, 0) as "memberCount", coalesce(in_sferum.number, 0) as "inSferumCount",
      coalesce(admins.people, '[]') as admins,
      c.condition as status, c.condition_reason as reason, c.condition_message as message,
      c.condition_since as since, c.seen_at as "seenAt", ${chatWarning} as warning
    from (select count(*)::int as total from found) t
      left join page on true left join chat c on c.id = page.id
      left join seats on seats.chat_id = c.id left join in_sferum on in_sferum.chat_id = c.id
      left join admins on admins.chat_id = c.id
    order by c.title_key collate "C" ${direction}, c.id ${direction}`.execute(db);
  return listed(rows, ({ total: _, status, reason, message, since, seenAt, ...chat }) => ({
    ...chat,
    condition: { status, reason, message, since: instant(since), seenAt: instant(seenAt) },
  }));
}
