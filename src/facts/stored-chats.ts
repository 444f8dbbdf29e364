import { type RawBuilder, sql } from 'kysely';
import type { ChatFact, ChatType, CurrentMember, ExceptionFact, Ground } from '../desired/model.ts';
import { LEAVES_RESPECTED } from '../plan/leaves.ts';
import type { LiveState } from '../plan/model.ts';
import type { LiveMember, SferumActual } from '../plan/steps.ts';
import type { Sql } from '../store/database.ts';

/** A chat as СГО and Sferum hold it now. Plans are made from it. */
export interface StoredChat extends ChatFact {
  archived: boolean;
  warning: string | null;
  /** Null until Sferum has created the chat. */
  sferum: SferumActual | null;
}

interface DeletedChat {
  id: string;
  key: string;
  /** False means «не создавать снова» (G1). */
  recreate: boolean;
  /** False: the chat is still being deleted at Sferum, and cannot come back before that is over. */
  isGone: boolean;
}

/** Which chats of a school are meant: by type, or some by id and by key. */
type ChatScope =
  | { types: readonly ChatType[]; allManual?: boolean }
  | { ids: readonly string[]; keys?: readonly string[] };

/**
 * Gives the chats of a school that are neither deleted nor being deleted, with both sides of their membership.
 * Refusals from before `refusedSince` are left out, because those people are to be tried again.
 */
export async function loadChats(
  db: Sql,
  schoolId: string,
  scope: ChatScope,
  refusedSince: Date | null = null,
): Promise<StoredChat[]> {
  const chosen =
    'types' in scope
      ? sql`(c.type = any(${[...scope.types]}) or ${scope.allManual ?? false} and c.key is null)`
      : sql`(c.id = any(${[...scope.ids]}::uuid[]) or c.key = any(${[...(scope.keys ?? [])]}))`;
  const chats = await readChats(db, schoolId, chosen);
  const membersOf = await readLists(db, schoolId, chosen);
  const exceptionsOf = await readExceptions(db, schoolId, chosen);
  const observedIn = await readObserved(db, schoolId, chosen, refusedSince);
  return chats.map((c) => ({
    id: c.id,
    key: c.key,
    type: c.type,
    classId: c.class_id,
    groupId: c.subject_group_id,
    title: c.title,
    titleByHand: c.title_by_hand,
    archived: c.archived,
    warning: c.warning,
    exceptions: exceptionsOf.get(c.id) ?? [],
    members: membersOf.get(c.id) ?? new Map(),
    sferum:
      c.creation === 'created'
        ? { title: c.sferum_title ?? '', members: observedIn.get(c.id) ?? new Map() }
        : null,
  }));
}

/** Each reader takes the same choice of chats, `chosen`, in which the chat is called `c`. */
async function readChats(db: Sql, schoolId: string, chosen: RawBuilder<unknown>) {
  const { rows } = await sql<{
    id: string;
    key: string | null;
    type: ChatType;
    class_id: string | null;
    subject_group_id: string | null;
    title: string;
    title_by_hand: boolean;
    archived: boolean;
    warning: string | null;
    creation: string;
    sferum_title: string | null;
  }>`select id, key, type, class_id, subject_group_id, title, title_by_hand, archived, warning, creation, sferum_title
    from chat c where school_id = ${schoolId} and deleting_since is null and deleted_at is null and ${chosen}
    order by id`.execute(db);
  return rows;
}

async function readLists(db: Sql, schoolId: string, chosen: RawBuilder<unknown>) {
  const members = await sql<{
    chat_id: string;
    person_id: string;
    admin: boolean;
    grounds: Ground[];
    held_by: string | null;
  }>`select m.chat_id, m.person_id, m.admin, m.grounds, m.held_by
    from membership m join chat c on c.id = m.chat_id where c.school_id = ${schoolId} and ${chosen}`.execute(
    db,
  );
  return grouped(members.rows, (r): [string, CurrentMember] => [
    r.person_id,
    { admin: r.admin, grounds: r.grounds, heldBy: r.held_by },
  ]);
}

async function readExceptions(db: Sql, schoolId: string, chosen: RawBuilder<unknown>) {
  const exceptions = await sql<{
    chat_id: string;
    person_id: string;
    member: ExceptionFact['member'];
    admin: ExceptionFact['admin'];
  }>`select e.chat_id, e.person_id, e.member, e.admin
    from exception e join chat c on c.id = e.chat_id where c.school_id = ${schoolId} and ${chosen}`.execute(
    db,
  );
  const exceptionsOf = new Map<string, ExceptionFact[]>();
  for (const { chat_id, person_id, member, admin } of exceptions.rows) {
    const list = exceptionsOf.get(chat_id) ?? [];
    list.push({ personId: person_id, member, admin });
    exceptionsOf.set(chat_id, list);
  }
  return exceptionsOf;
}

async function readObserved(
  db: Sql,
  schoolId: string,
  chosen: RawBuilder<unknown>,
  refusedSince: Date | null,
) {
  const observed = await sql<{
    chat_id: string;
    vk_user_id: string;
    admin: boolean;
    state: LiveState;
    held: boolean;
  }>`select s.chat_id, s.vk_user_id, s.admin, s.state, s.held_by is not null as held
    from sferum_member s join chat c on c.id = s.chat_id where c.school_id = ${schoolId} and ${chosen}
      and not (s.state = 'left' and s.tries < ${LEAVES_RESPECTED})
      and not (s.state = 'refused' and s.seen_at < coalesce(${refusedSince}::timestamptz, '-infinity'))`.execute(
    db,
  );
  return grouped(observed.rows, (r): [number, LiveMember] => [
    Number(r.vk_user_id),
    { admin: r.admin, state: r.state, ...(r.held ? { held: true } : {}) },
  ]);
}

/**
 * Gives the automatic chats that were deleted by hand. Their keys are taken until an initialisation brings them back
 * (G1).
 */
export async function loadDeletedChats(
  db: Sql,
  schoolId: string,
  keys?: readonly string[],
): Promise<DeletedChat[]> {
  const { rows } = await sql<DeletedChat>`
    select id, key, recreate, deleted_at is not null as "isGone" from chat
    where school_id = ${schoolId} and key is not null and (deleted_at is not null or deleting_since is not null)
      ${keys ? sql`and key = any(${[...keys]})` : sql``}
  `.execute(db);
  return rows;
}

/**
 * Gives who is linked to which profile (A5): everybody, or these people and the people who have one of these
 * profiles.
 */
export async function loadLinks(
  db: Sql,
  schoolId: string,
  of?: { people: readonly string[]; profiles: readonly number[] },
): Promise<Map<string, number>> {
  const { rows } = await sql<{ person_id: string; vk_user_id: string }>`
    select person_id, vk_user_id from profile_link where school_id = ${schoolId} and present
      ${of ? sql`and (person_id = any(${[...of.people]}) or vk_user_id = any(${[...of.profiles]}::bigint[]))` : sql``}`.execute(
    db,
  );
  return new Map(rows.map((r) => [r.person_id, Number(r.vk_user_id)]));
}

/**
 * Gives those of the profiles that somebody of the school unlinked (A5) or gave up for another, even if somebody else
 * has them now.
 */
export async function loadUnlinked(
  db: Sql,
  schoolId: string,
  profiles: readonly number[],
): Promise<Set<number>> {
  const { rows } = await sql<{ vk_user_id: string }>`
    select vk_user_id from profile_link
    where school_id = ${schoolId} and not present and vk_user_id = any(${[...profiles]}::bigint[])
    union select vk_user_id from profile_claim
    where school_id = ${schoolId} and state = 'former' and vk_user_id = any(${[...profiles]}::bigint[])`.execute(
    db,
  );
  return new Set(rows.map((r) => Number(r.vk_user_id)));
}

function grouped<Row extends { chat_id: string }, K, V>(
  rows: readonly Row[],
  entry: (row: Row) => [K, V],
): Map<string, Map<K, V>> {
  const groups = new Map<string, Map<K, V>>();
  for (const row of rows) {
    let group = groups.get(row.chat_id);
    if (!group) {
      group = new Map();
      groups.set(row.chat_id, group);
    }
    const [key, value] = entry(row);
    group.set(key, value);
  }
  return groups;
}
