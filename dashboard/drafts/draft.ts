/**
 * Staged changes of a chat (C4), kept until «Сохранить». There is one draft for each author and chat, or for the chat
 * that the author is making (E). A draft that is saved is judged once more, by the same rules as any other change.
 * draft-people.ts has the people whom it concerns.
 */
import { sql } from 'kysely';
import type { ChatType } from '../../src/desired/model.ts';
import { instant, type Sql } from '../../src/store/database.ts';
import { type ShownRole, shownRole } from '../../src/store/queries/person-columns.ts';
import { oneRow } from '../../src/store/rows.ts';

/** A draft that nobody touched for so long is dropped when its author opens another. */
const KEPT_DAYS = 30;

export interface DraftKey {
  schoolId: string;
  authorId: string;
  /** Null: the chat that is to be made. */
  chatId: string | null;
}

export interface Draft {
  id: string;
  chatId: string | null;
  /** Null: as it is. */
  title: string | null;
  type: ChatType | null;
  classId: string | null;
  subjectGroupId: string | null;
  touchedAt: string;
  adds: number;
  removes: number;
  grants: number;
  revokes: number;
  ticked: number;
  /** Picked in «Выбрать участников чата», by the role they are shown with. */
  picked: Readonly<Record<ShownRole, number>>;
}

/** Finds the author's draft with its counts; null where there is none. */
export async function findDraft(db: Sql, key: DraftKey): Promise<Draft | null> {
  const { rows } = await sql<Omit<Draft, 'picked'> & { picked: Partial<Draft['picked']> | null }>`
    select d.id, d.chat_id as "chatId", d.title, d.type, d.class_id as "classId",
      d.subject_group_id as "subjectGroupId", d.touched_at as "touchedAt", p.*,
      (select jsonb_object_agg(role, n) from (
        select ${shownRole} as role, count(*)::int as n
        from chat_draft_person x join person p on p.school_id = d.school_id and p.id = x.person_id
        where x.draft_id = d.id and x.picked group by 1) roles) as picked
    from chat_draft d cross join lateral (
      select count(*) filter (where member = 'add')::int as adds,
        count(*) filter (where member = 'remove')::int as removes,
        count(*) filter (where admin = 'grant')::int as grants,
        count(*) filter (where admin = 'revoke')::int as revokes,
        count(*) filter (where ticked)::int as ticked
      from chat_draft_person where draft_id = d.id) p
    where d.school_id = ${key.schoolId} and d.author_id = ${key.authorId}
      and d.chat_id is not distinct from ${key.chatId}::uuid`.execute(db);
  const [row] = rows;
  if (!row) return null;
  return {
    ...row,
    touchedAt: instant(row.touchedAt),
    picked: { staff: 0, student: 0, parent: 0, ...row.picked },
  };
}

/** Gives the draft's id. Makes the draft where there is none, under the id that `newId` gives. */
export async function openDraft(db: Sql, key: DraftKey, newId: string, at: Date): Promise<string> {
  await sql`delete from chat_draft where school_id = ${key.schoolId} and author_id = ${key.authorId}
    and touched_at < ${at}::timestamptz - make_interval(days => ${KEPT_DAYS})`.execute(db);
  await db
    .insertInto('chat_draft')
    .values({
      id: newId,
      school_id: key.schoolId,
      author_id: key.authorId,
      chat_id: key.chatId,
      touched_at: at,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const { rows } = await sql<{ id: string }>`
    update chat_draft set touched_at = ${at} where school_id = ${key.schoolId} and author_id = ${key.authorId}
      and chat_id is not distinct from ${key.chatId}::uuid returning id`.execute(db);
  return oneRow(rows).id;
}

/** Drops the draft with all that is staged in it. */
export async function discardDraft(db: Sql, draftId: string): Promise<void> {
  await db.deleteFrom('chat_draft').where('id', '=', draftId).execute();
}

/** Sets what the draft says of the chat itself. A field that is left out stays. */
export async function nameDraft(
  db: Sql,
  draftId: string,
  draft: Partial<Pick<Draft, 'title' | 'type' | 'classId' | 'subjectGroupId'>>,
): Promise<void> {
  const { title, type, classId: class_id, subjectGroupId: subject_group_id } = draft;
  await db
    .updateTable('chat_draft')
    .set({ title, type, class_id, subject_group_id })
    .where('id', '=', draftId)
    .execute();
}
