import type { Author } from '../author.ts';
import type { Context } from '../context.ts';
import { type DesiredChat, idOfDesired } from '../desired/model.ts';
import type { Action, ChatPlan } from '../plan/model.ts';
import { keepPlanned } from '../rows/chat.ts';
import { moveGenerations } from '../rows/chat-outbox.ts';
import { dropExceptions } from '../rows/exception.ts';
import { type Line, noteLines, noteWithWords } from '../rows/journal.ts';
import { putOnLists, takeOffLists } from '../rows/membership.ts';
import { addPlanned, adoptPlanned } from '../rows/operation-chat.ts';
import { moveRevision } from '../rows/school.ts';
import { holdMembers, type MemberOfChat, markJudged, welcome } from '../rows/sferum-member.ts';
import type { Priority } from '../sferum/gateway.ts';
import type { Sql } from '../store/database.ts';
import { sure } from '../sure.ts';
import { reportBreaches } from './check-invariants.ts';
import { membershipChanges } from './membership-changes.ts';
import type { SchoolPlan } from './plan-school.ts';

export interface Application {
  /** What the change comes from, for the journal: `initialization:<id>`, `event:<id>`, `import:<id>` … */
  cause: string;
  author: Author;
  priority: Priority;
  /** The operation that follows these chats until they are done and owns the removals that the guard holds (F4). */
  operationId: string | null;
  /** The dry run that has shown this very plan (`digestOf`). */
  shown?: string | null;
  at: Date;
  /** «Строго по спискам СГО» (D7): drops the exceptions of the planned automatic chats. */
  dropsExceptions?: boolean;
}

/**
 * Writes a plan into the lists of СГО and moves the generation, which is the outbox entry, of every chat it touches
 * (rule 3). Nothing goes to Sferum here: the chats' jobs bring it there. `tx` must hold the school. Returns the number
 * of chats that now have something to follow.
 */
export async function applyPlan(
  ctx: Context,
  tx: Sql,
  school: SchoolPlan,
  how: Application,
): Promise<number> {
  const { newChatId } = school;
  const changes = membershipChanges(school.desired, school.chats, school.plan, how.operationId, newChatId);
  const written = await writeChats(tx, school, newChatId, how);
  await takeOffLists(tx, changes.deletes);
  await putOnLists(tx, school.schoolId, changes.upserts);
  const { schoolId } = school;
  await markJudged(tx, schoolId, removals(school));
  const holding = await holdMembers(tx, { schoolId, operationId: how.operationId }, heldStrangers(school));
  await welcome(tx, schoolId, added(school));
  if (how.dropsExceptions) await followRulesAlone(tx, school, how);
  // A chat in which a removal is newly held needs its job, because only the job sets the condition «held».
  const touched = new Set([...changes.chatIds, ...holding]);
  for (const chat of school.plan.chats) if (chat.actions.some((a) => !a.held)) touched.add(chat.chatId);
  const continued = goneOn(school);
  for (const { chatId } of continued) touched.add(chatId);
  // A chat that was archived or taken back into use needs its job too, because only the job sets its condition (D9).
  for (const { id, archived } of school.desired) {
    if (id !== null && school.chats.get(id)?.archived !== archived) touched.add(id);
  }
  await moveGenerations(tx, touched, how);
  await writeJournal(tx, school, how, continued);
  await reportBreaches(ctx, tx, { ...school, ...how });
  if (how.operationId !== null) {
    const { chats } = school.plan;
    const operation = { schoolId, id: how.operationId };
    if (how.shown) await adoptPlanned(tx, operation, { shown: how.shown, chats, touched });
    else await addPlanned(tx, operation, chats, touched);
  }
  if (touched.size > 0 || written > 0) await moveRevision(tx, school.schoolId);
  return touched.size;
}

/** Writes the chats that are new or described otherwise, and returns their number. */
async function writeChats(
  tx: Sql,
  school: SchoolPlan,
  newChatId: (key: string) => string,
  how: Application,
): Promise<number> {
  const changed = school.desired.filter((chat) => chatDiffers(chat, school.chats.get(chat.id ?? '')));
  await keepPlanned(
    tx,
    school.schoolId,
    changed.map((chat) => ({ ...chat, id: idOfDesired(chat, newChatId) })),
    how.at,
  );
  return changed.length;
}

function chatDiffers(
  chat: DesiredChat,
  stored: SchoolPlan['chats'] extends ReadonlyMap<string, infer C> ? C | undefined : never,
): boolean {
  return (
    !stored ||
    stored.key !== chat.key ||
    stored.title !== chat.title ||
    stored.classId !== chat.classId ||
    stored.archived !== chat.archived ||
    stored.warning !== chat.warning
  );
}

/** Drops the exceptions. The journal keeps what they were, because undoing the initialisation restores them (J4). */
async function followRulesAlone(tx: Sql, school: SchoolPlan, how: Application): Promise<void> {
  const ids = school.desired.flatMap(({ key, id }) => (key === null ? [] : (id ?? [])));
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
 * Gives the people whose removal is held although they are not in the list: strangers, and people of the school who are
 * in a chat that is not theirs. They have no row of the list to mark, so their row of Sferum's side is marked.
 */
function heldStrangers({ chats, plan }: SchoolPlan): MemberOfChat[] {
  return plan.chats.flatMap(({ chatId, actions }) =>
    actions
      .filter((a) => a.held && !(a.personId && chats.get(chatId)?.members.has(a.personId)))
      .map((a) => ({ chatId, userId: a.strangerId, personId: a.personId })),
  );
}

/** The people whom the plan takes out, held or not. */
function removals({ plan }: SchoolPlan): MemberOfChat[] {
  return plan.chats.flatMap(({ chatId, actions }) =>
    actions
      .filter((a) => a.action === 'remove')
      .map((a) => ({ chatId, userId: a.strangerId, personId: a.personId })),
  );
}

/**
 * Gives the people whom the plan adds to chats that exist. `tried` is false for a person whom Sferum cannot be asked to
 * add yet. A new chat is left out, because none of its members is known.
 */
function added({ chats, plan }: SchoolPlan) {
  const known = plan.chats.filter(({ chatId }) => chats.has(chatId));
  return known.flatMap(({ chatId, actions }) =>
    actions
      .filter((a) => a.action === 'add')
      .map((a) => ({ chatId, personId: sure(a.personId), tried: a.pending === undefined })),
  );
}

/** The chats that go on with another class or group (K4), with the key that they had. */
function goneOn({ desired, chats }: SchoolPlan): { chatId: string; from: string; to: string }[] {
  return desired.flatMap(({ id, key }) => {
    const from = chats.get(id ?? '')?.key;
    return id !== null && key !== null && from && from !== key ? [{ chatId: id, from, to: key }] : [];
  });
}

async function writeJournal(
  tx: Sql,
  school: SchoolPlan,
  how: Application,
  continued: ReturnType<typeof goneOn>,
): Promise<void> {
  const lines = school.plan.chats.flatMap((chat) => chat.actions.map((action) => lineOf(chat, action)));
  const moves = continued.map(({ chatId, ...details }) => ({ what: 'continue', chatId, details }));
  await noteLines(tx, { ...how, schoolId: school.schoolId }, [...moves, ...lines]);
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
