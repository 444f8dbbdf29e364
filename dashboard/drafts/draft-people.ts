/**
 * Whom a draft concerns: the people who are ticked among the members, picked in the picker, and staged to be added,
 * removed, made admins or made plain members. A person whom a request names is staged only where the rights of that
 * moment allow it (`among`).
 */
import { type RawBuilder, sql } from 'kysely';
import type { Sql } from '../../src/store/database.ts';
import { isOnlyPupil } from '../../src/store/queries/person-columns.ts';
import { oneRow } from '../../src/store/rows.ts';

/** What is marked in which draft. A form may name anybody, so `among` selects the ids that may be marked. */
interface Marking {
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

/** Marks all these people, as far as they may be marked (`among`). */
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

/** Takes a mark from everybody. A person without a mark and a change is forgotten. */
export async function unmarkAll(db: Sql, draftId: string, what: 'ticked' | 'picked'): Promise<void> {
  await db
    .updateTable('chat_draft_person')
    .set({ [what]: false })
    .where('draft_id', '=', draftId)
    .execute();
  await forgetIdle(db, draftId);
}

/** Counts the ticked people. */
export async function countTicked(db: Sql, draftId: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from chat_draft_person where draft_id = ${draftId} and ticked`.execute(db);
  return oneRow(rows).n;
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

/** What the buttons above the members do with the ticked people. Afterwards nobody is ticked. */
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
    skipped = oneRow(rows).n;
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

interface StagedPeople {
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
