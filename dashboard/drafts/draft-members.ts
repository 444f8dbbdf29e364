import { type RawBuilder, sql } from 'kysely';
import type { ChatType } from '../../src/desired/model.ts';
import type { Sql } from '../../src/store/database.ts';
import { type ChatMemberItem, memberPage } from '../../src/store/queries/chat-members.ts';
import type { Listed, Page } from '../../src/store/queries/page.ts';
import {
  isTeacher,
  nameMatches,
  type Sex,
  shownName,
  shownRole,
} from '../../src/store/queries/person-columns.ts';
import { mayPickPerson, maySeePerson, type Viewer } from '../../src/store/queries/viewer.ts';

/** A member as the draft would make the person, and what is staged. */
export interface DraftMemberItem extends ChatMemberItem {
  sex: Sex | null;
  isTeacher: boolean;
  staged: 'add' | 'remove' | null;
  stagedAdmin: 'grant' | 'revoke' | null;
  ticked: boolean;
}

interface DraftMemberFilter extends Page {
  lastName?: string | undefined;
  /** `changes`: only people with staged changes. `excluded`: people who are kept out by hand. */
  show: 'members' | 'changes' | 'excluded';
}

export interface DraftScope {
  viewer: Viewer;
  /** Null: a chat that is to be made. */
  chatId: string | null;
  /** Null: nothing is staged. */
  draftId: string | null;
  /** For a chat that is to be made: people whom its rules give, and whom the viewer sees besides the circle. */
  byRules?: readonly string[];
}

/**
 * Gives the СГО members of a chat with those whom a draft brings in, by name. The caller of this function has checked
 * that the viewer may see the chat. Of people who are not in it, only those whom the viewer may see are given.
 */
export function listDraftMembers(
  db: Sql,
  scope: DraftScope,
  filter: DraftMemberFilter,
): Promise<Listed<DraftMemberItem>> {
  const more = sql`m.sex, m."isTeacher", m.staged, m.staged_admin as "stagedAdmin", m.ticked,`;
  const { schoolId } = scope.viewer;
  const of = { schoolId, chatId: scope.chatId, found: foundMembers(scope, filter), more };
  return memberPage<DraftMemberItem>(db, of, filter);
}

/** Gives everybody whom the filter finds, on all pages (C2). */
export async function draftMemberIds(
  db: Sql,
  scope: DraftScope,
  filter: Omit<DraftMemberFilter, keyof Page>,
): Promise<string[]> {
  const { rows } = await sql<{ person_id: string }>`
    select person_id from (${foundMembers(scope, filter)}) found`.execute(db);
  return rows.map((row) => row.person_id);
}

/** Selects the ids that may be ticked: all that the page lists without its filter (`among` of a `Marking`). */
export function listedPeople(scope: DraftScope): RawBuilder<unknown> {
  return sql`select person_id from (${foundMembers(scope, { show: 'members' })}) listed
    union all select person_id from (${foundMembers(scope, { show: 'excluded' })}) listed`;
}

/** The ids that may be picked for a chat of this type (C3, E2). */
export function pickablePeople(viewer: Viewer, type: ChatType | null): RawBuilder<unknown> {
  return sql`select p.id from person p
    where p.school_id = ${viewer.schoolId} and p.present and ${mayPickPerson(viewer, type)}`;
}

function foundMembers(
  { viewer, chatId, draftId, byRules = [] }: DraftScope,
  { lastName, show }: Omit<DraftMemberFilter, keyof Page>,
): RawBuilder<unknown> {
  const staged = sql`select * from chat_draft_person where draft_id = ${draftId}::uuid`;
  const source =
    show === 'excluded'
      ? sql`select e.person_id, false as here, false as admin, '[]'::jsonb as grounds, null::uuid as held_by,
          d.member as staged, d.admin as staged_admin, coalesce(d.ticked, false) as ticked
        from exception e left join (${staged}) d on d.person_id = e.person_id
        where e.chat_id = ${chatId}::uuid and e.member = 'excluded'
          and not exists (select from membership m where m.chat_id = e.chat_id and m.person_id = e.person_id)`
      : sql`select m.person_id, true as here, m.admin, m.grounds, m.held_by,
          d.member as staged, d.admin as staged_admin, coalesce(d.ticked, false) as ticked
        from membership m left join (${staged}) d on d.person_id = m.person_id where m.chat_id = ${chatId}::uuid
        union all
        select d.person_id, false, false, '[]'::jsonb, null::uuid, d.member, d.admin, d.ticked from (${staged}) d
        where d.member = 'add'
          and not exists (select from membership m where m.chat_id = ${chatId}::uuid and m.person_id = d.person_id)`;
  return sql`select m.*, p.name_key, ${shownName} as name, ${shownRole} as role, p.sex, ${isTeacher} as "isTeacher"
    from (${source}) m join person p on p.school_id = ${viewer.schoolId} and p.id = m.person_id
    where (m.here or p.id = any(${[...byRules]}::text[]) or ${maySeePerson(viewer)}) ${lastName ? sql`and ${nameMatches(lastName)}` : sql``}
      ${show === 'changes' ? sql`and (m.staged is not null or m.staged_admin is not null)` : sql``}`;
}

/** Tells which of these people the picker cannot offer again, and which are picked. */
export async function draftMarks(
  db: Sql,
  draftId: string | null,
  personIds: readonly string[],
): Promise<Map<string, { staged: boolean; picked: boolean }>> {
  const { rows } = await sql<{ id: string; staged: boolean; picked: boolean }>`
    select person_id as id, member is not distinct from 'add' as staged, picked from chat_draft_person
    where draft_id = ${draftId}::uuid and person_id = any(${[...personIds]}::text[])`.execute(db);
  return new Map(rows.map(({ id, ...marks }) => [id, marks]));
}
