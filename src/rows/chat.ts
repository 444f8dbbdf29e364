/**
 * Only this file and the files named `chat-….ts` beside it write the table `chat`. A row moves in five ways:
 *
 *   life (here: `deleting_since`, `deleted_at`, `recreate`)
 *     none, deleted    ──keepPlanned, makeByHand──► wanted
 *     wanted           ──markDeleting─────────────► being deleted
 *     being deleted    ──markDeleted──────────────► deleted: the row stays as the memory of it
 *     Where `recreate` is false, the rules alone do not bring the chat back (G1). `archived` says that the class is
 *     over, so that the chat gains nobody any more (D9).
 *
 *   creation at Sferum (chat-creation.ts: `creation`, `creation_…`, `owner_id`, `peer_id`, `given_up`)
 *     none              ──intendCreations──► creating, or unknown where a look comes first
 *     creating          ──endAttempts──────► none: refused, or never sent · unknown: nobody knows what came of it
 *     creating, unknown ──noteCreated──────► created
 *     unknown           ──giveUpAttempts───► none; the attempt is remembered (`given_up`) until forgetAttempts
 *     created           ──markDeleted, makeAnew, dropAbandoned, and a deleted row's return──► none
 *     `creation_fence` rises with each attempt, so that a late answer to an earlier one changes no row. Chats at Sferum
 *     that we have given up and that no row may take stand in `abandoned` (chat-abandoned.ts).
 *
 *   work (chat-outbox.ts: `generation`, `settled_generation`, `queued_at`, `not_before`, `attempts`, `waits_for`)
 *     settled  ──moveGenerations──────► due: `generation` is ahead of `settled_generation`
 *     due      ──giveOut──────────────► in hand: `queued_at`
 *     in hand  ──settleChats──────────► settled, or due where the generation has moved meanwhile
 *     in hand  ──postponeChats, letGo──► due, not before `not_before`
 *     A chat that settles as failing is set aside. `not_before` says when it is taken up again, and the pause grows each
 *     time (`set_aside_times`). chat-delay.ts measures how long an order takes to arrive (`caused_at`).
 *
 *   knowledge of the live chat (chat-seen.ts: `seen_at`, `look_again_at`, `sferum_title` and the like)
 *     unknown: `seen_at` null, it is read first  ──noteRead, settleChats, postponeChats──► known, as of `seen_at`
 *     known    ──noteDoubt, doubtAll, readFirst, noteCreated, makeAnew──► unknown
 *     At `look_again_at` a write in doubt must have taken effect, and the chat is read once more.
 *
 *   condition, what people are told (chat-condition.ts: `condition`, `condition_…`)
 *     any but failing, deleting  ──moveGenerations──► behind
 *     any      ──settleChats──► synced, held, archived, failing · ──postponeChats──► behind, failing
 *     any      ──markDeleting──► deleting · ──noteLost──► failing · held ──endHolds──► synced
 */
import { sql } from 'kysely';
import type { ChatType } from '../desired/model.ts';
import type { Sql } from '../store/database.ts';
import type { NewIds } from '../store/renaming.ts';
import { inChunks, tableOf } from '../store/rows.ts';
import { titleKey } from '../text/title-key.ts';
import { NONE_AT_SFERUM } from './chat-creation.ts';

/** A chat as a plan wants it. */
interface PlannedChat {
  id: string;
  key: string | null;
  type: ChatType;
  classId: string | null;
  groupId: string | null;
  title: string;
  archived: boolean;
  warning: string | null;
}

/** Makes or changes rows as planned. A chat may go on under another key (K4). It gives them no work: the caller calls moveGenerations for that. */
export async function keepPlanned(
  tx: Sql,
  schoolId: string,
  chats: readonly PlannedChat[],
  at: Date,
): Promise<void> {
  const rows = chats.map((chat) => ({
    ...{
      id: chat.id,
      key: chat.key,
      type: chat.type,
      class_id: chat.classId,
      subject_group_id: chat.groupId,
    },
    ...{ title: chat.title, title_key: titleKey(chat.title), archived: chat.archived, warning: chat.warning },
  }));
  await inChunks(rows, (json) =>
    sql`insert into chat (id, school_id, key, type, class_id, subject_group_id, title, title_key, archived, warning,
        created_at, generation)
      select id, ${schoolId}, key, type, class_id, subject_group_id, title, title_key, archived, warning, ${at}, 0
      from jsonb_to_recordset(${json}) as r(id uuid, key text, type text, class_id text, subject_group_id text,
        title text, title_key text, archived boolean, warning text)
      on conflict (id) do update set
        -- A chat that goes on with another class or group keeps its id (K4).
        key = excluded.key, subject_group_id = excluded.subject_group_id,
        class_id = excluded.class_id, title = excluded.title, title_key = excluded.title_key,
        archived = excluded.archived, warning = excluded.warning,
        -- A deleted automatic chat that comes back (G1) is a new chat at Sferum.
        creation = case when chat.deleted_at is null then chat.creation else 'none' end,
        peer_id = case when chat.deleted_at is null then chat.peer_id end,
        title_by_hand = chat.title_by_hand and chat.deleted_at is null,
        condition = case when chat.deleted_at is null then chat.condition else 'behind' end,
        condition_message = case when chat.deleted_at is null then chat.condition_message end,
        deleted_at = null, deleting_since = null`.execute(tx),
  );
}

/** A chat as a person makes it (E1–E3). */
interface HandMadeChat {
  id: string;
  /** Null for a manual chat, which has a name and a list of its own (D10). */
  key: string | null;
  type: ChatType;
  classId: string | null;
  groupId: string | null;
  title: string;
  authorId: string;
}

/** Makes rows, or brings back the rows of deleted automatic chats. Sferum gets a new chat in both cases. */
export async function makeByHand(
  tx: Sql,
  schoolId: string,
  chats: readonly HandMadeChat[],
  at: Date,
): Promise<void> {
  const types = {
    ...{ id: 'uuid', key: 'text', type: 'text', classId: 'text', groupId: 'text', title: 'text' },
    ...{ titleKey: 'text', authorId: 'text' },
  };
  const made = chats.map((chat) => ({ ...chat, titleKey: titleKey(chat.title) }));
  await sql`
    insert into chat (id, school_id, key, type, class_id, subject_group_id, title, title_key, title_by_hand, author_id,
      created_at, generation, condition_since)
    select id, ${schoolId}, key, type, "classId", "groupId", title, "titleKey", key is null,
      case when key is null then "authorId" end, ${at}, 0, ${at}
    from ${tableOf('r', types, made)}
    on conflict (id) do update set title = excluded.title, title_key = excluded.title_key, title_by_hand = false,
      class_id = excluded.class_id, deleting_since = null, deleted_at = null, recreate = true, archived = false,
      ${NONE_AT_SFERUM}, owner_id = null, seen_at = null,
      warning = null, condition = 'behind', condition_reason = null, condition_message = null,
      condition_since = excluded.condition_since`.execute(tx);
}

/** Gives a chat a new name. A name that a person gave (`byHand`) no longer follows the roster (C1). */
export async function rename(
  tx: Sql,
  chats: readonly { id: string; title: string; byHand: boolean }[],
): Promise<void> {
  const types = { id: 'uuid', title: 'text', titleKey: 'text', byHand: 'bool' };
  const named = chats.map((chat) => ({ ...chat, titleKey: titleKey(chat.title) }));
  await sql`update chat c set title = r.title, title_key = r."titleKey", title_by_hand = r."byHand"
    from ${tableOf('r', types, named)} where c.id = r.id`.execute(tx);
}

/** The texts of a row without the names that must be forgotten. `place` is its `ctid`, valid within the transaction. */
interface Cleaned {
  place: string;
  title: string;
  conditionMessage: string | null;
}

/** Writes the cleaned texts and returns the rows. The next job replaces the title at Sferum and that of a creation. */
export async function forgetInWords(
  tx: Sql,
  schoolId: string,
  chats: readonly Cleaned[],
): Promise<{ id: string; deleted: boolean }[]> {
  const types = { place: 'tid', title: 'text', titleKey: 'text', conditionMessage: 'text' };
  const cleaned = chats.map((chat) => ({ ...chat, titleKey: titleKey(chat.title) }));
  const { rows } = await sql<{ id: string; deleted: boolean }>`
    update chat c set title = r.title, title_key = r."titleKey", condition_message = r."conditionMessage",
      creation_title = case when creation = 'created' then null else creation_title end,
      sferum_title = case when deleted_at is null then sferum_title end
    from ${tableOf('r', types, cleaned)}
    where c.ctid = r.place and c.school_id = ${schoolId}
    returning c.id, c.deleted_at is not null as deleted`.execute(tx);
  return rows;
}

/** Marks chats as being deleted until Sferum has confirmed it (G1). Returns those that were not marked before. */
export async function markDeleting(
  tx: Sql,
  schoolId: string,
  ids: readonly string[],
  { recreate, at }: { recreate: boolean; at: Date },
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    update chat set deleting_since = ${at}, recreate = ${recreate}, condition = 'deleting',
      condition_reason = null, condition_message = 'Удаляется: ждём подтверждения Сферума.', condition_since = ${at}
    where id = any(${[...ids]}::uuid[]) and school_id = ${schoolId} and deleting_since is null
    returning id`.execute(tx);
  return rows.map(({ id }) => id);
}

/**
 * Marks chats as deleted, once they are gone from Sferum. Their chats there count as abandoned, because an older
 * listing may still show them. Returns the ids of the chats that were being deleted.
 */
export async function markDeleted(tx: Sql, ids: readonly string[], at: Date): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    update chat set deleted_at = ${at}, ${NONE_AT_SFERUM},
      abandoned = case when peer_id is null then abandoned
        else abandoned || jsonb_build_object('ownerId', owner_id, 'peerId', peer_id, 'done', true) end,
      link_due = false, handover_since = null, lacks_admin = false, look_again_at = null,
      foreign_title = null, foreign_title_times = 0
    where id = any(${[...ids]}::uuid[]) and deleting_since is not null returning id`.execute(tx);
  return rows.map(({ id }) => id);
}

/** Moves the stored times of all schools that lie ahead back by the step of the database's clock (reliability 20). */
export async function moveTimesBack(tx: Sql, stepMs: number): Promise<void> {
  const step = sql`${stepMs}::float8 * interval '1 millisecond'`;
  const now = sql`clock_timestamp()`;
  await sql`update chat set not_before = case when not_before > ${now} then not_before - ${step} else not_before end,
      queued_at = case when queued_at > ${now} then null else queued_at end,
      seen_at = least(seen_at, ${now}), look_again_at = case when look_again_at > ${now} then look_again_at - ${step} else look_again_at end,
      handover_since = least(handover_since, ${now}),
      creation_at = case when creation_at > ${now} then creation_at - ${step} else creation_at end
    where greatest(not_before, queued_at, seen_at, look_again_at, handover_since, creation_at) > ${now}`.execute(
    tx,
  );
  await sql`update chat set given_up = (select jsonb_agg(case when (g->>'at')::timestamptz > ${now}
      then g || jsonb_build_object('at', (g->>'at')::timestamptz - ${step}) else g end order by n)
      from jsonb_array_elements(given_up) with ordinality e(g, n))
    where given_up <> '[]' and exists (select from jsonb_array_elements(given_up) g where (g->>'at')::timestamptz > ${now})`.execute(
    tx,
  );
}

/** Puts the authors' new ids in (K4). */
export async function renameChatAuthors(tx: Sql, schoolId: string, ids: NewIds): Promise<void> {
  const author = sql`c.author_id`;
  await sql`update chat c set author_id = ${ids.of(author)}
    where c.school_id = ${schoolId} and ${ids.has(author)}`.execute(tx);
}
