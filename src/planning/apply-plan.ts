import { sql } from 'kysely';
import type { Author } from '../author.ts';
import type { Context } from '../context.ts';
import type { DesiredChat } from '../desired/model.ts';
import type { Action, ChatPlan } from '../plan/model.ts';
import { keepPlanned } from '../rows/chat.ts';
import { moveGenerations } from '../rows/chat-outbox.ts';
import { dropExceptions } from '../rows/exception.ts';
import { type Line, noteLines, noteWithWords } from '../rows/journal.ts';
import { putOnLists, takeOffLists } from '../rows/membership.ts';
import { addPlanned } from '../rows/operation-chat.ts';
import { moveRevision } from '../rows/school.ts';
import type { Priority } from '../sferum/gateway.ts';
import type { Sql } from '../store/database.ts';
import { inChunks } from '../store/rows.ts';
import { reportBreaches } from './check-invariants.ts';
import { membershipChanges } from './membership-changes.ts';
import { chatIdOf, type SchoolPlan } from './plan-school.ts';

export interface Application {
  /** Whose doing it is, for the journal: `initialization:<id>`, `event:<id>`, `import:<id>` … */
  cause: string;
  author: Author;
  priority: Priority;
  /** Follows the chats to their end, and holds what the guard holds. */
  operationId: string | null;
  at: Date;
  /** «Строго по спискам СГО» (D7): exceptions on the planned automatic chats are gone after it. */
  dropsExceptions?: boolean;
}

/**
 * Writes a plan into the СГО side and moves the generation of every chat it touches – the outbox entry – in the
 * transaction `tx`, which holds the school. Sferum follows by the chats' jobs. Returns how many chats will.
 */
export async function applyPlan(
  ctx: Context,
  tx: Sql,
  school: SchoolPlan,
  how: Application,
): Promise<number> {
  const newChatId = (key: string) => chatIdOf(school.schoolId, key);
  const changes = membershipChanges(school.desired, school.chats, school.plan, how.operationId, newChatId);
  await writeChats(tx, school, newChatId, how);
  await takeOffLists(tx, changes.deletes);
  await putOnLists(tx, school.schoolId, changes.upserts);
  const holding = await holdStrangers(tx, school, how.operationId);
  await welcome(tx, school);
  if (how.dropsExceptions) await followRulesAlone(tx, school, how);
  // The job of a chat where something is held anew says so by the chat's condition.
  const touched = new Set([...changes.chatIds, ...holding]);
  for (const chat of school.plan.chats) if (chat.actions.some((a) => !a.held)) touched.add(chat.chatId);
  // Its job has nothing to do at Sferum then, but says by the chat's condition that it is over, or goes on (D9).
  for (const { id, archived } of school.desired) {
    if (id !== null && school.chats.get(id)?.archived !== archived) touched.add(id);
  }
  await moveGenerations(tx, touched, how);
  await writeJournal(tx, school, how);
  await reportBreaches(ctx, tx, { ...school, ...how });
  if (how.operationId !== null) {
    await addPlanned(tx, { schoolId: school.schoolId, id: how.operationId }, school.plan.chats, touched);
  }
  if (touched.size > 0) {
    await moveRevision(tx, school.schoolId);
  }
  return touched.size;
}

async function writeChats(tx: Sql, school: SchoolPlan, newChatId: (key: string) => string, how: Application) {
  const changed = school.desired.filter((chat) => chatDiffers(chat, school.chats.get(chat.id ?? '')));
  await keepPlanned(
    tx,
    school.schoolId,
    changed.map((chat) => ({ ...chat, id: chat.id ?? newChatId(chat.key!) })),
    how.at,
  );
}

function chatDiffers(
  chat: DesiredChat,
  stored: SchoolPlan['chats'] extends ReadonlyMap<string, infer C> ? C | undefined : never,
): boolean {
  return (
    !stored ||
    stored.title !== chat.title ||
    stored.classId !== chat.classId ||
    stored.archived !== chat.archived ||
    stored.warning !== chat.warning
  );
}

/** The journal keeps what they were, for undoing the run (J4). */
async function followRulesAlone(tx: Sql, school: SchoolPlan, how: Application): Promise<void> {
  const ids = school.desired.filter((chat) => chat.key !== null && chat.id !== null).map((chat) => chat.id!);
  const dropped = await dropExceptions(tx, ids);
  await noteWithWords(
    tx,
    { ...how, schoolId: school.schoolId },
    dropped.map(({ chatId, personId, reason, ...details }) => ({
      ...{ what: 'exception-dropped', chatId, personId, details, words: { reason, personIds: [personId] } },
    })),
  );
}

/**
 * Who is not listed and whose removal waits: strangers, and people whom the school knows in a chat that is not theirs.
 * Returns the chats where somebody waits anew.
 */
async function holdStrangers(
  tx: Sql,
  { schoolId, chats, plan }: SchoolPlan,
  operationId: string | null,
): Promise<Set<string>> {
  const held = plan.chats.flatMap(({ chatId, actions }) =>
    actions
      .filter((a) => a.held && !(a.personId && chats.get(chatId)?.members.has(a.personId)))
      .map((a) => ({ chatId, userId: a.strangerId, personId: a.personId })),
  );
  const chatIds = new Set<string>();
  await inChunks(held, async (json) => {
    const { rows } = await sql<{ chatId: string }>`update sferum_member s set held_by = ${operationId}
      from jsonb_to_recordset(${json}) as r("chatId" uuid, "userId" bigint, "personId" text)
        left join profile_link l on l.school_id = ${schoolId} and l.person_id = r."personId" and l.present
      where s.chat_id = r."chatId" and s.vk_user_id = coalesce(r."userId", l.vk_user_id) and s.held_by is null
      returning s.chat_id as "chatId"`.execute(tx);
    for (const { chatId } of rows) chatIds.add(chatId);
  });
  return chatIds;
}

/** Who is to be added is no stranger any more whose removal waits; and where Sferum refused him once he is tried again. */
async function welcome(tx: Sql, { schoolId, plan }: SchoolPlan): Promise<void> {
  const added = plan.chats.flatMap(({ chatId, actions }) =>
    actions
      .filter((a) => a.action === 'add')
      .map((a) => ({ chatId, personId: a.personId, tried: a.pending === undefined })),
  );
  const rowOf = sql`s.chat_id = r."chatId" and s.vk_user_id = l.vk_user_id
    and l.school_id = ${schoolId} and l.person_id = r."personId" and l.present`;
  await inChunks(added, async (json) => {
    const r = sql`jsonb_to_recordset(${json}) as r("chatId" uuid, "personId" text, tried boolean), profile_link l`;
    await sql`update sferum_member s set held_by = null from ${r} where ${rowOf} and s.held_by is not null`.execute(
      tx,
    );
    await sql`delete from sferum_member s using ${r} where ${rowOf} and r.tried and s.state = 'refused'`.execute(
      tx,
    );
  });
}

async function writeJournal(tx: Sql, school: SchoolPlan, how: Application): Promise<void> {
  const lines = school.plan.chats.flatMap((chat) => chat.actions.map((action) => lineOf(chat, action)));
  await noteLines(tx, { ...how, schoolId: school.schoolId }, lines);
}

function lineOf(chat: ChatPlan, a: Action): Line {
  return {
    chatId: chat.chatId,
    personId: a.personId,
    what: a.held ? `hold-${a.action}` : a.action,
    details: {
      ...(a.grounds.length > 0 ? { grounds: a.grounds } : {}),
      ...(a.ending ? { ending: a.ending } : {}),
      ...(a.strangerId === undefined ? {} : { stranger: a.strangerId }),
      ...(a.pending ? { pending: a.pending } : {}),
    },
  };
}
