import type { Ground } from '../../../src/desired/model.ts';
import type { Action } from '../../../src/plan/model.ts';
import { Refusal } from '../../../src/refusal.ts';
import type { Listed } from '../../../src/store/queries/page.ts';
import { sure } from '../../../src/sure.ts';
import { idsOf } from '../../api/grounds.ts';
import { findNames } from '../../read/names.ts';
import {
  type ChatDecision,
  decisionsOf,
  type OperationView,
  progressByType,
  waitingElsewhere,
} from '../../read/operation-views.ts';
import {
  type PlanChatItem,
  type PlanPersonItem,
  planChats,
  planOfChat,
  planPeople,
} from '../../read/plan-read.ts';
import { authorOf } from '../../rights.ts';
import { noteShown } from '../../trail/shown-people.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { type Html, html } from '../html.ts';
import { liveOfSchool } from '../live.ts';
import { type ConsoleContext, goTo, page, saidAt } from '../page.ts';
import { moment } from '../parts/numbers.ts';
import { withSought } from '../sought.ts';
import { ADMINS } from '../visitor.ts';
import { branchOf, heldOf } from './decision-routes.ts';
import { heldPart } from './held.ts';
import { operationChoice } from './initialize.ts';
import {
  isNothing,
  operationActions,
  planNotices,
  problemNotices,
  progressPart,
  resultFigures,
  runningBody,
} from './operation.ts';
import { crumbsOf, operationOf, sectionOf } from './operation-of.ts';
import { isOpen, operationHref, operationTitle } from './operation-words.ts';
import { type PlanFilter, planBody, planFigures } from './plan.ts';
import { cutTree, shownIn, type TreeType } from './plan-tree.ts';
import { countsOf } from './plan-words.ts';
import { planQuery } from './query.ts';

const REFRESH_SECONDS = 3;
/** Shows a plan, an operation, what it holds and its end under one address, so that a person can leave and come back. */
export function operationRoutes(parts: ConsoleParts): void {
  const { ctx, commands, screens } = parts;
  const at = '/manage/operations/:id';
  screens.get(at, ADMINS, async (c) => {
    const operation = await operationOf(parts, c);
    if (operation.kind === 'check') return goTo(c, `/manage/checks/${operation.id}`);
    return show(parts, c, operation);
  });

  screens.get(`${at}/progress`, ADMINS, async (c) => {
    const operation = await operationOf(parts, c);
    c.header('Cache-Control', 'no-store');
    return c.html(
      progressPart(
        operation,
        await progressByType(ctx.db.of(operation.schoolId), operation.schoolId, operation.id),
        ctx.clock.now(),
      ),
    );
  });

  const change = (name: string, work: (operation: OperationView, c: ConsoleContext) => Promise<string>) =>
    screens.post(`${at}/${name}`, ADMINS, async (c) => {
      const operation = await operationOf(parts, c);
      try {
        return goTo(c, operationHref(await work(operation, c)));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return goTo(c, operationHref(operation.id), { kind: 'bad', title: error.title });
      }
    });
  const by = (c: ConsoleContext) => authorOf(c.get('visitor').caller);
  change('apply', (operation, c) =>
    commands.initialize({ schoolId: operation.schoolId, plan: operation.id, by: by(c) }),
  );
  change('cancel', async (operation, c) => {
    await commands.cancel({ schoolId: operation.schoolId, operationId: operation.id, by: by(c) });
    return operation.id;
  });
}

async function show(parts: ConsoleParts, c: ConsoleContext, operation: OperationView): Promise<Response> {
  const { ctx } = parts;
  const { school } = c.get('visitor');
  const live = await liveOfSchool(parts, c);
  return page({
    c,
    live,
    title: operationTitle(operation),
    subtitle: html`${[operationChoice(operation)].filter(Boolean).map((text) => html`${text} · `)}${moment(operation.createdAt, school.timeZone)}`,
    section: sectionOf(operation),
    crumbs: crumbsOf(operation),
    actions: operationActions(operation, await waitingElsewhere(ctx.db.of(school.id), operation)),
    body: await bodyOf(parts, c, operation),
    styles: ['manage.css'],
    scripts: ['manage.js'],
    ...(isOpen(operation) || operation.awaiting.length > 0 ? { refreshSeconds: REFRESH_SECONDS } : {}),
  });
}

async function bodyOf(parts: ConsoleParts, c: ConsoleContext, operation: OperationView): Promise<Html> {
  const { ctx } = parts;
  const { schoolId } = operation;
  const db = ctx.db.of(schoolId);
  noteShown(c, schoolId, []);
  if (isOpen(operation))
    return runningBody(operation, await progressByType(db, schoolId, operation.id), ctx.clock.now());
  const filter = planQuery.parse(withSought(c, c.req.query(), 'text'));
  if (operation.dryRun) {
    if (operation.state !== 'succeeded') return html`${problemNotices(operation)}`;
    const plan = isNothing(operation) ? '' : await planPart(parts, c, operation, filter);
    return html`${planNotices(operation)}${planFigures(countsOf(operation))}${plan}`;
  }
  const { held, names } = await heldOf(parts, c, operation);
  const { timeZone } = c.get('visitor').school;
  const view = { operation, held, filter: branchOf(c), names, timeZone, nowMs: ctx.clock.now() };
  const plan = operation.following ? await planPart(parts, c, operation, filter) : '';
  return html`${saidAt(c, 'held')}${problemNotices(operation)}${heldPart(view)}${resultFigures(operation)}${operation.following ? html`<h2>Что сделано</h2>` : ''}${plan}`;
}

async function planPart(
  { ctx }: ConsoleParts,
  c: ConsoleContext,
  operation: OperationView,
  filter: PlanFilter,
): Promise<Html> {
  const { schoolId } = operation;
  const db = ctx.db.of(schoolId);
  const byChat = filter.view === 'chats';
  const chats = byChat ? cutTree(await planChats(db, schoolId, operation.id, filter)) : null;
  const people = byChat ? null : await planPeople(db, schoolId, operation.id, filter);
  const opened = byChat && filter.open ? await planOfChat(db, schoolId, operation.id, filter.open) : null;
  const actions: readonly Action[] =
    opened?.actions ?? people?.items.flatMap((p) => p.actions.map((a) => a.action)) ?? [];
  const decisions = operation.dryRun
    ? new Map<string, ChatDecision>()
    : await decisionsOf(db, schoolId, operation.id, chatIdsOf(chats, people));
  const authors = [...decisions.values()].flatMap(({ authorId }) => authorId ?? []);
  const names = await namesIn(db, schoolId, actions, authors);
  noteShown(c, schoolId, names.people);
  return planBody({
    ...{ operation, filter, chats, people, decisions, timeZone: c.get('visitor').school.timeZone },
    open: opened ? { chatId: sure(filter.open), actions: opened.actions } : null,
    names,
  });
}

function chatIdsOf(
  chats: readonly TreeType<PlanChatItem>[] | null,
  people: Listed<PlanPersonItem> | null,
): string[] {
  const ofPeople = people?.items.flatMap((person) => person.actions.map(({ action }) => action.chatId));
  return [...new Set(chats ? shownIn(chats).map(({ id }) => id) : (ofPeople ?? []))];
}

function namesIn(
  db: Parameters<typeof findNames>[0],
  schoolId: string,
  actions: readonly Action[],
  authors: readonly string[],
) {
  const grounds: Ground[] = actions.flatMap((action) => [...action.grounds]);
  const ids = idsOf(grounds);
  return findNames(
    db,
    { sees: 'school', schoolId },
    {
      ...ids,
      people: [...ids.people, ...authors, ...actions.flatMap(({ personId }) => personId ?? [])],
      orders: [...ids.orders, ...actions.flatMap(({ ending }) => ending?.orderId ?? [])],
    },
  );
}
