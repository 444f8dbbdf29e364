import type { Author } from '../author.ts';
import type { Context } from '../context.ts';
import type { DesiredChat } from '../desired/model.ts';
import type { Asked } from '../desired/without-lists.ts';
import { applyPlan } from '../planning/apply-plan.ts';
import { holdingOperation } from '../planning/holding.ts';
import { planSchool, type SchoolPlan } from '../planning/plan-school.ts';
import { setExceptions } from '../rows/exception.ts';
import { type Doing, noteLines, noteWithWords, type Words } from '../rows/journal.ts';
import { moveRevision } from '../rows/school.ts';
import type { Sql } from '../store/database.ts';
import type { Kept } from './by-hand.ts';
import { CHAT_MAX_PEOPLE, refuse } from './change-refusals.ts';
import type { ChatToChange } from './standings.ts';

/** Who changes what, when and why. `cause` is what the journal calls the change. */
export interface HandWork {
  schoolId: string;
  chat: Pick<ChatToChange, 'id' | 'type'>;
  cause: string;
  by: Author;
  reason: string | null;
  at: Date;
}

const doingOf = ({ schoolId, cause, by, at }: Omit<HandWork, 'chat'>): Doing => ({
  ...{ schoolId, cause, author: by, at },
});

/** Writes exceptions with author, time and reason (D7), and their lines of the journal. The caller holds the school. */
export async function saveExceptions(
  tx: Sql,
  { schoolId, chat, ...work }: HandWork,
  after: ReadonlyMap<string, Kept>,
): Promise<void> {
  const rows = [...after].map(([personId, kept]) => ({ chatId: chat.id, personId, ...kept }));
  await noteLines(
    tx,
    doingOf({ schoolId, ...work }),
    rows.map(({ chatId, personId, member, admin }) => ({
      ...{ what: 'exception', chatId, personId, details: { member, admin } },
    })),
  );
  const by = { schoolId, authorId: work.by.id, reason: work.reason, at: work.at };
  await setExceptions(tx, by, rows);
}

/** What a person wrote with a change, beside its reason. */
type ChangeText = Required<Omit<Words, 'reason'>>;

/**
 * Notes one line for the change. The lines of what followed bear the same cause. What the person wrote stands beside
 * the line, where it can be erased.
 */
export async function noteChange(
  tx: Sql,
  { schoolId, chat, ...work }: HandWork,
  text: ChangeText,
): Promise<void> {
  const details = text.title === null ? {} : { renamed: true };
  const words = { ...text, reason: work.reason };
  await noteWithWords(tx, doingOf({ schoolId, ...work }), [
    { what: 'change', chatId: chat.id, details, words },
  ]);
  await moveRevision(tx, schoolId);
}

/**
 * Plans the chat as rules and exceptions want it now. `asked`: the people whom the change is about. A pause of the
 * lists (K3) does not hold them back. A chat without a desired state is a bug of ours and throws.
 */
export async function planChat(
  ctx: Context,
  tx: Sql,
  { schoolId, chat }: Pick<HandWork, 'schoolId' | 'chat'>,
  { asked, strict = false }: { asked: Asked; strict?: boolean },
): Promise<{ school: SchoolPlan; desired: DesiredChat }> {
  const school = await planSchool(ctx, tx, {
    schoolId,
    types: [chat.type],
    strict,
    day: null,
    recreate: false,
    refusedAgain: true,
    asked,
    only: new Set([chat.id]),
  });
  const desired = school.desired.find(({ id }) => id === chat.id);
  if (!desired) throw new Error('an existing chat has no desired state');
  return { school, desired };
}

/** Throws Refusal where the change would not bring what was asked. `added`: people asked for by name. */
export function assertPossible(desired: DesiredChat, added: readonly string[]): void {
  const departed = added.filter((id) => !desired.members.has(id));
  if (departed.length > 0) throw refuse('person-departed', departed);
  if (added.length > 0 && desired.members.size > CHAT_MAX_PEOPLE) throw refuse('chat-full');
}

/**
 * Applies the plan of one chat. The guard never holds what was asked by hand. The plan may find something else:
 * strangers, or a type that has not followed the roster yet. That passes the guard as usual, as an operation of its
 * own.
 */
export async function applyChange(
  ctx: Context,
  tx: Sql,
  school: SchoolPlan,
  { cause, by, at }: HandWork,
): Promise<void> {
  const operationId = await holdingOperation(ctx, tx, school, { kind: 'drift', by, cause, at });
  await applyPlan(ctx, tx, school, { cause, author: by, priority: 'person', operationId, at });
}
