/** A plan as people read it (F3): by chat or by person, filtered. The page that shows it looks up the names. */

import { sql } from 'kysely';
import type { ChatType } from '../../src/desired/model.ts';
import type { Action, ActionCounts, ActionKind } from '../../src/plan/model.ts';
import type { Sql } from '../../src/store/database.ts';
import { type Listed, limitTo, listed, type Page } from '../../src/store/queries/page.ts';
import {
  isTeacher,
  nameMatches,
  type Sex,
  type ShownRole,
  shownName,
  shownRole,
} from '../../src/store/queries/person-columns.ts';
import { foldedInSql } from '../../src/text/name-key-sql.ts';
import { searchFold } from '../../src/text/title-key.ts';

type PlanKind = ActionKind | 'held';

interface PlanFilter {
  /** The title of a class, whose chats of subjects alone count. */
  class?: string | undefined;
  type?: ChatType | undefined;
  /** Only what has an action of this kind. */
  kind?: PlanKind | undefined;
  /** A part of a chat's title, or of a person's name. */
  text?: string | undefined;
}

export interface PlanChatItem {
  id: string;
  title: string;
  type: ChatType;
  /** The title of its subject group's class. */
  unit: string | null;
  /** 1 where the chat is created or deleted. */
  created: number;
  deleted: number;
  renamedTo: string | null;
  /** People who enter the live chat now. */
  added: number;
  /** People who join only the list until they link a profile, accept or can be added. */
  waiting: number;
  removed: number;
  held: number;
  granted: number;
  revoked: number;
}

type PlanRow = Pick<PlanChatItem, 'id' | 'title' | 'type' | 'unit' | 'renamedTo'> & { counts: ActionCounts };

/**
 * The titles of chats that do not exist yet are searched too. They are folded here as `searchFold` folds what is asked.
 */
const foldedTitle = foldedInSql(sql`o.title`);

/** The chats of a plan, in no order. */
export async function planChats(
  db: Sql,
  schoolId: string,
  operationId: string,
  filter: PlanFilter,
): Promise<PlanChatItem[]> {
  const { rows } = await sql<PlanRow>`
    with grouped as (
      select g.id, g.title, k.title as class from subject_group g join class k on k.school_id = g.school_id and k.id = g.class_id
      where g.school_id = ${schoolId}
    ), named as (select distinct on (title) title, class from grouped order by title, id)
    select o.chat_id as id, o.title, o.type, coalesce(g.class, u.class) as unit, o.counts,
      case when o.counts ? 'rename' then (select max(x->>'title') from jsonb_array_elements(o.actions) x
        where x->>'action' = 'rename') end as "renamedTo"
    from operation_chat o
      left join chat c on c.school_id = o.school_id and c.id = o.chat_id
      left join grouped g on o.type = 'subject' and g.id = c.subject_group_id
      -- A chat that does not exist yet is called as its group.
      left join named u on o.type = 'subject' and c.id is null and u.title = o.title
    where o.school_id = ${schoolId} and o.operation_id = ${operationId}::uuid and o.counts is not null
      ${filter.type ? sql`and o.type = ${filter.type}` : sql``}
      ${filter.class ? sql`and coalesce(g.class, u.class) = ${filter.class}` : sql``}
      ${filter.kind ? sql`and o.actions @> ${JSON.stringify([hasKind(filter.kind)])}::jsonb` : sql``}
      ${filter.text ? sql`and strpos(${foldedTitle}, ${searchFold(filter.text)}) > 0` : sql``}`.execute(db);
  return rows.map(({ counts, ...chat }) => ({ ...chat, ...figuresOf(counts) }));
}

function figuresOf(counts: ActionCounts): Omit<PlanChatItem, keyof PlanRow> {
  const { create = 0, add = 0, waiting = 0, remove = 0, held = 0, grant = 0, revoke = 0 } = counts;
  return {
    ...{ created: create, deleted: counts.delete ?? 0, added: add, waiting },
    ...{ removed: remove, held, granted: grant, revoked: revoke },
  };
}

/** Gives the actions of one chat of a plan in their order. Null: the plan has no such chat. */
export async function planOfChat(
  db: Sql,
  schoolId: string,
  operationId: string,
  chatId: string,
): Promise<{ title: string; type: ChatType; actions: Action[] } | null> {
  const { rows } = await sql<{ title: string; type: ChatType; actions: Action[] }>`
    select title, type, actions from operation_chat
    where school_id = ${schoolId} and operation_id = ${operationId}::uuid and chat_id = ${chatId}::uuid`.execute(
    db,
  );
  return rows[0] ?? null;
}

export interface PlanPersonItem {
  personId: string;
  name: string;
  role: ShownRole;
  sex: Sex | null;
  isTeacher: boolean;
  actions: { chatTitle: string; action: Action }[];
}

/** Gives the people of a plan by name, each with what is done about the person in every chat. */
export async function planPeople(
  db: Sql,
  schoolId: string,
  operationId: string,
  filter: PlanFilter & Page,
): Promise<Listed<PlanPersonItem>> {
  const steps = sql`select x->>'personId' as person_id, o.ordinal, o.title, x as action
    from operation_chat o cross join jsonb_array_elements(o.actions) x
    where o.school_id = ${schoolId} and o.operation_id = ${operationId}::uuid and x ? 'personId'
      ${filter.type ? sql`and o.type = ${filter.type}` : sql``}
      ${filter.kind ? sql`and x @> ${JSON.stringify(hasKind(filter.kind))}::jsonb` : sql``}`;
  const { rows } = await sql<PlanPersonItem & { id: string | null; total: number }>`
    with steps as materialized (${steps}), found as materialized (
      select p.id, p.name_key, ${shownName} as name, ${shownRole} as role, p.sex, ${isTeacher} as "isTeacher" from person p
      where p.school_id = ${schoolId} and p.id in (select person_id from steps)
        ${filter.text ? sql`and ${nameMatches(filter.text)}` : sql``}
    ), page as (select * from found order by name_key collate "C", id ${limitTo(filter)})
    select t.total, p.id, p.id as "personId", p.name, p.role, p.sex, p."isTeacher",
      (select jsonb_agg(jsonb_build_object('chatTitle', s.title, 'action', s.action) order by s.ordinal)
        from steps s where s.person_id = p.id) as actions
    from (select count(*)::int as total from found) t left join page p on true
    order by p.name_key collate "C", p.id`.execute(db);
  return listed(rows, ({ id: _, total: __, ...person }) => person);
}

function hasKind(kind: PlanKind): Record<string, unknown> {
  return kind === 'held' ? { held: true } : { action: kind };
}
