import { z } from 'zod';
import type { Names } from '../../../src/plan/describe.ts';
import { Refusal } from '../../../src/refusal.ts';
import { plural } from '../../../src/text/plural.ts';
import { idsOf } from '../../api/grounds.ts';
import { findNames } from '../../read/names.ts';
import { type HeldChat, heldChats, type OperationView } from '../../read/operation-views.ts';
import { authorOf } from '../../rights.ts';
import { noteShown } from '../../trail/shown-people.ts';
import type { ConsoleParts } from '../console-parts.ts';
import type { Flash } from '../flash.ts';
import { formOf, invalid } from '../form.ts';
import { type ConsoleContext, goTo, page } from '../page.ts';
import { approvalAnchor } from '../parts/approval.ts';
import { ADMINS } from '../visitor.ts';
import { showAcceptance } from './acceptance-routes.ts';
import { approveQuestion, asksAboutPeople, type HeldView, removalsIn, SAME_PEOPLE } from './held.ts';
import { crumbsOf, operationOf, sectionOf } from './operation-of.ts';
import { operationHref, operationTitle } from './operation-words.ts';
import { planQuery } from './query.ts';
import { chats, people } from './words.ts';

/** What an operation holds, decided by a person (F4, J2, J3). An approval waits before it acts; a rejection does not. */
export function decisionRoutes(parts: ConsoleParts): void {
  const { screens } = parts;
  const at = '/manage/operations/:id';
  screens.get(`${at}/approve`, ADMINS, async (c) => {
    const operation = await operationOf(parts, c);
    if (operation.state === 'held' && asksAboutPeople(operation)) return c.redirect(SAME_PEOPLE);
    if (operation.state === 'held' && operation.incomplete) return showAcceptance(parts, c, operation);
    const { open, names } = await heldOf(parts, c, operation);
    return page({
      c,
      title: 'Исключить всех?',
      section: sectionOf(operation),
      crumbs: [
        ...crumbsOf(operation),
        { label: operationTitle(operation), href: operationHref(operation.id) },
      ],
      body: approveQuestion({ operation, names, filter: branchOf(c) }, open),
      styles: ['manage.css'],
    });
  });

  screens.post(`${at}/decide`, ADMINS, (c) => decide(parts, c));
  screens.post(`${at}/take-back`, ADMINS, (c) => takeBack(parts, c));
}

async function decide(parts: ConsoleParts, c: ConsoleContext): Promise<Response> {
  const operation = await operationOf(parts, c);
  const body = await formOf(c);
  const decision = z.enum(['approve', 'reject']).safeParse(body.get('do')).data;
  // A value that names no chat never means «all chats».
  const chat = z
    .uuid()
    .optional()
    .safeParse(body.get('chat') ?? undefined);
  if (!decision || !chat.success) throw invalid();
  const chatIds = chat.data === undefined ? null : [chat.data];
  return decision === 'approve'
    ? approve(parts, c, operation, chatIds)
    : reject(parts, c, operation, chatIds);
}

async function takeBack(parts: ConsoleParts, c: ConsoleContext): Promise<Response> {
  const { id: operationId, schoolId } = await operationOf(parts, c);
  const approvalId = z.uuid().safeParse((await formOf(c)).get('approval')).data;
  if (approvalId === undefined) throw invalid();
  return said(c, operationId, async () => {
    const by = authorOf(c.get('visitor').caller);
    await parts.commands.takeBackApproval({ schoolId, operationId, approvalId, by });
    return {
      kind: 'info',
      title: 'Решение отменено',
      text: 'Никто не исключён. Исключения снова ждут решения.',
    };
  });
}

async function approve(
  { commands }: ConsoleParts,
  c: ConsoleContext,
  { id: operationId, schoolId }: OperationView,
  chatIds: readonly string[] | null,
): Promise<Response> {
  let approvalId = '';
  const refused = await said(c, operationId, async () => {
    const by = authorOf(c.get('visitor').caller);
    approvalId = await commands.approveLater({ schoolId, operationId, chatIds, by });
    return null;
  });
  return approvalId === '' ? refused : goTo(c, operationHref(operationId) + approvalAnchor(approvalId));
}

async function reject(
  parts: ConsoleParts,
  c: ConsoleContext,
  operation: OperationView,
  asked: readonly string[] | null,
): Promise<Response> {
  const { id: operationId, schoolId } = operation;
  const { open } = await heldOf(parts, c, operation);
  const kept = open.filter(({ chatId }) => asked === null || asked.includes(chatId));
  // «Оставить всех» says nothing about chats whose approval waits.
  const chatIds = asked ?? (open.length > 0 ? open.map(({ chatId }) => chatId) : null);
  return said(c, operationId, async () => {
    const by = authorOf(c.get('visitor').caller);
    await parts.commands.decide({ schoolId, operationId, decision: 'reject', chatIds, by });
    const [first, ...others] = kept;
    if (!first) return { kind: 'good', title: 'Отклонено' };
    const where = others.length === 0 ? `в чате «${first.title}»` : chats(kept.length);
    const n = removalsIn(kept);
    const word = plural(n, 'Оставлен', 'Оставлены', 'Оставлены');
    return { kind: 'good', title: `${word}: ${people(n)}, ${where}` };
  });
}

/** Leads back to the operation, with a message beside its buttons. A refusal says itself what is wrong. */
async function said(
  c: ConsoleContext,
  operationId: string,
  work: () => Promise<Omit<Flash, 'at'> | null>,
): Promise<Response> {
  try {
    const message = await work();
    return goTo(c, operationHref(operationId), message ? { ...message, at: 'held' } : undefined);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return goTo(c, operationHref(operationId), { kind: 'bad', title: error.title, at: 'held' });
  }
}

/** Gives the type and class to which the address limits the chats. */
export function branchOf(c: ConsoleContext): HeldView['filter'] {
  const { type, class: unit } = planQuery.parse(c.req.query());
  return { type, class: unit };
}

/** What the operation holds, what of it nobody has decided, and the names of the people. */
export async function heldOf(
  { ctx }: ConsoleParts,
  c: ConsoleContext,
  operation: OperationView,
): Promise<{ held: HeldChat[]; open: HeldChat[]; names: Names }> {
  const { schoolId, state } = operation;
  const db = ctx.db.of(schoolId);
  const held = state === 'held' ? await heldChats(db, schoolId, operation.id) : [];
  const ids = idsOf(held.flatMap((chat) => chat.people.flatMap((person) => person.grounds)));
  const shown = [...ids.people, ...held.flatMap((chat) => chat.people.map((person) => person.personId))];
  const authors = operation.awaiting.map(({ by }) => by.id);
  const names = await findNames(db, { sees: 'school', schoolId }, { ...ids, people: [...shown, ...authors] });
  noteShown(c, schoolId, names.people);
  const awaited = new Set(operation.awaiting.flatMap(({ chatIds }) => chatIds ?? []));
  return { held, open: held.filter(({ chatId }) => !awaited.has(chatId)), names };
}
