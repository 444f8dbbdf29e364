/**
 * Staged changes of a chat (C4), kept until «Сохранить»: one draft for each author and chat, or for the chat that the
 * author is making (E). A person whom a request names is staged only where the rights of that moment allow it
 * (`among`). When the draft is saved, it is judged once more, by the same rules as any other change.
 */
import { type RawBuilder, sql } from 'kysely';
import type { ChatType } from '../../src/desired/model.ts';
import { instant, type Sql } from '../../src/store/database.ts';
import { isOnlyPupil, type ShownRole, shownRole } from '../../src/store/queries/person-columns.ts';

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
  const row = rows[0];
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
  return rows[0]!.id;
}

export async function discardDraft(db: Sql, draftId: string): Promise<void> {
  await db.deleteFrom('chat_draft').where('id', '=', draftId).execute();
}

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

/** What is marked in which draft. A form may name anybody, so `among` selects the ids that may be marked. */
export interface Marking {
  draftId: string;
  what: 'ticked' | 'picked';
  among: RawBuilder<unknown>;
}

/** Marks these of the people who stood on the page (`shown`). The rest of the selection stays. */
export async function mark(
  db: Sql,
  marking: Marking,
  shown: readonly string[],
  on: readonly string[],
): Promise<void> {
  const column = sql.ref(marking.what);
  const stood = new Set(shown);
  await sql`update chat_draft_person set ${column} = false
    where draft_id = ${marking.draftId} and ${column} and person_id = any(${[...stood]}::text[])`.execute(db);
  await markAll(
    db,
    marking,
    on.filter((id) => stood.has(id)),
  );
}

export async function markAll(
  db: Sql,
  { draftId, what, among }: Marking,
  personIds: readonly string[],
): Promise<void> {
  if (personIds.length === 0) return;
  const column = sql.ref(what);
  await sql`insert into chat_draft_person (draft_id, person_id, ${column})
    select ${draftId}::uuid, id, true from unnest(${[...new Set(personIds)]}::text[]) id where id in (${among})
    on conflict (draft_id, person_id) do update set ${column} = true`.execute(db);
}

export async function unmarkAll(db: Sql, draftId: string, what: 'ticked' | 'picked'): Promise<void> {
  await db
    .updateTable('chat_draft_person')
    .set({ [what]: false })
    .where('draft_id', '=', draftId)
    .execute();
  await forgetIdle(db, draftId);
}

export async function countTicked(db: Sql, draftId: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from chat_draft_person where draft_id = ${draftId} and ticked`.execute(db);
  return rows[0]!.n;
}

/** «Добавить» of the picker: stages the picked people as new members. */
export async function stagePicked(db: Sql, draftId: string, chatId: string | null): Promise<number> {
  const { rows } = await sql`
    update chat_draft_person d set member = 'add' where draft_id = ${draftId} and picked and member is null
      and not exists (select from membership m where m.chat_id = ${chatId}::uuid and m.person_id = d.person_id)
    returning person_id`.execute(db);
  await unmarkAll(db, draftId, 'picked');
  return rows.length;
}

/** Stages these people as new members, with adminship where it is said (E1). They replace all that was staged. */
export async function replacePeople(
  db: Sql,
  draftId: string,
  people: ReadonlyMap<string, { admin: boolean }>,
): Promise<void> {
  await db.deleteFrom('chat_draft_person').where('draft_id', '=', draftId).execute();
  const rows = [...people].map(([id, { admin }]) => ({ id, admin: admin ? 'grant' : null }));
  await sql`insert into chat_draft_person (draft_id, person_id, member, admin)
    select ${draftId}::uuid, id, 'add', admin
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(id text, admin text)`.execute(db);
}

/** What the buttons over the members do with the ticked people. The ticks are gone afterwards. */
export type Staging = 'remove' | 'grant' | 'revoke' | 'restore';

/** Returns for how many of the ticked people it could not be done, because a pupil cannot be an admin (C5). */
export async function stageTicked(
  db: Sql,
  draft: { id: string; schoolId: string; chatId: string | null },
  staging: Staging,
): Promise<number> {
  const mine = sql`d.draft_id = ${draft.id} and d.ticked`;
  const member = sql`exists (select from membership m where m.chat_id = ${draft.chatId}::uuid and m.person_id = d.person_id)`;
  const admin = sql`exists (select from membership m where m.chat_id = ${draft.chatId}::uuid and m.person_id = d.person_id and m.admin)`;
  let skipped = 0;
  if (staging === 'remove') {
    await sql`update chat_draft_person d set admin = null, member = case when ${member} then 'remove' end where ${mine}`.execute(
      db,
    );
  } else if (staging === 'restore') {
    // A person who is kept out by hand is brought in. What was staged of the others is taken back.
    await sql`update chat_draft_person d set admin = null,
      member = case when d.member is null and not ${member} then 'add' end where ${mine}`.execute(db);
  } else if (staging === 'grant') {
    const { rows } = await sql<{ n: number }>`
      select count(*)::int as n from chat_draft_person d join person p
        on p.school_id = ${draft.schoolId} and p.id = d.person_id where ${mine} and ${isOnlyPupil}`.execute(
      db,
    );
    skipped = rows[0]!.n;
    await sql`update chat_draft_person d set admin = case when ${admin} then null else 'grant' end,
        member = nullif(d.member, 'remove')
      from person p where p.school_id = ${draft.schoolId} and p.id = d.person_id and ${mine} and not ${isOnlyPupil}`.execute(
      db,
    );
  } else {
    await sql`update chat_draft_person d set admin = case when ${admin} then 'revoke' end where ${mine}`.execute(
      db,
    );
  }
  await unmarkAll(db, draft.id, 'ticked');
  return skipped;
}

/** Forgets what is staged of these people. */
export async function unstage(db: Sql, draftId: string, personIds: readonly string[]): Promise<void> {
  await sql`delete from chat_draft_person
    where draft_id = ${draftId} and person_id = any(${[...personIds]}::text[])`.execute(db);
}

export interface StagedPeople {
  add: string[];
  remove: string[];
  grant: string[];
  revoke: string[];
}

/** Gives what «Сохранить» asks for. A person who has become a member meanwhile is not added again, and so on. */
export async function stagedPeople(db: Sql, draftId: string): Promise<StagedPeople> {
  const { rows } = await sql<{
    id: string;
    member: 'add' | 'remove' | null;
    admin: 'grant' | 'revoke' | null;
  }>`
    select person_id as id, member, admin from chat_draft_person
    where draft_id = ${draftId} and (member is not null or admin is not null) order by person_id`.execute(db);
  const ids = (is: (row: (typeof rows)[number]) => boolean) => rows.filter(is).map((row) => row.id);
  return {
    add: ids((r) => r.member === 'add'),
    remove: ids((r) => r.member === 'remove'),
    grant: ids((r) => r.admin === 'grant'),
    revoke: ids((r) => r.admin === 'revoke'),
  };
}

async function forgetIdle(db: Sql, draftId: string): Promise<void> {
  await db
    .deleteFrom('chat_draft_person')
    .where('draft_id', '=', draftId)
    .where('member', 'is', null)
    .where('admin', 'is', null)
    .where('ticked', 'is', false)
    .where('picked', 'is', false)
    .execute();
}
