/** «Сверить сейчас» (K7) as the API and the console ask for it: who asks, about which chats, and how long they wait. */

import { z } from 'zod';
import type { Author } from '../src/author.ts';
import { allowedChats } from '../src/chats/allowed-chats.ts';
import { findPerson, listPersonChats } from '../src/chats/person-chats.ts';
import { may } from '../src/chats/rights.ts';
import { findChatToChange } from '../src/chats/standings.ts';
import type { Commands } from '../src/commands.ts';
import type { Context } from '../src/context.ts';
import type { CheckResult } from '../src/planning/check-result.ts';
import { notFound } from '../src/refusal.ts';
import type { Viewer } from '../src/store/queries/viewer.ts';
import { answerSoon } from './answer-soon.ts';
import { type CheckRow, findCheck } from './read/checks.ts';
import { assertSeen, isSeen } from './read/person-seen.ts';

export interface Checking {
  ctx: Context;
  commands: Commands;
  viewer: Viewer;
  by: Author;
}

export interface Check {
  operationId: string;
  /** Null while the check goes on. */
  result: CheckResult | null;
}

/** Checks chats. Throws Refusal: 404 where the school lacks one, 403 where the viewer may not change its members. */
export async function checkChats(asked: Checking, chatIds: readonly string[]): Promise<Check> {
  const { ctx, viewer } = asked;
  if (!z.array(z.uuid()).min(1).safeParse(chatIds).success) throw notFound();
  const chats = await allowedChats(ctx.db.of(viewer.schoolId), viewer, chatIds, 'change-members');
  return check(asked, { chatIds: chats.map(({ id }) => id), personId: null });
}

/**
 * Checks those of a person's chats that the viewer may see. Throws Refusal(404), also where the viewer may not see the
 * person.
 */
export async function checkPerson(asked: Checking, personId: string): Promise<Check> {
  const { ctx, viewer } = asked;
  const db = ctx.db.of(viewer.schoolId);
  const person = await findPerson(db, viewer.schoolId, personId);
  if (!person) throw notFound();
  const chats = await listPersonChats(db, viewer, person.id, undefined);
  await assertSeen(ctx, viewer, person, chats);
  const chatIds = chats.filter(({ deleting }) => !deleting).map((chat) => chat.chatId);
  return check(asked, { chatIds, personId: person.id });
}

/** Whether the viewer might ask for this check now. A viewer who may not any more cannot read its result either. */
export async function mayStillCheck(
  { ctx, viewer }: Pick<Checking, 'ctx' | 'viewer'>,
  { chatIds, personId }: CheckRow['about'],
): Promise<boolean> {
  const db = ctx.db.of(viewer.schoolId);
  if (personId !== null) {
    const person = await findPerson(db, viewer.schoolId, personId);
    const chats = await listPersonChats(db, viewer, personId, undefined);
    const seen = new Set(chats.map(({ chatId }) => chatId));
    return (
      person !== null && chatIds.every((id) => seen.has(id)) && (await isSeen(ctx, viewer, person, chats))
    );
  }
  for (const chatId of chatIds) {
    const found = await findChatToChange(db, viewer, chatId);
    if (!found || !may(found.standings, 'change-members')) return false;
  }
  return true;
}

async function check(
  { ctx, commands, viewer: { schoolId, sees }, by }: Checking,
  about: { chatIds: string[]; personId: string | null },
): Promise<Check> {
  const operationId = await commands.check({ schoolId, ...about, by, joinsAny: sees === 'school' });
  const over = await answerSoon(ctx, async () => {
    const found = await findCheck(ctx.db.of(schoolId), schoolId, operationId);
    return found?.result || found?.failure ? found : null;
  });
  return { operationId, result: over?.result ?? null };
}
