import { z } from 'zod';
import type { Ground } from '../../../src/desired/model.ts';
import type { Action } from '../../../src/plan/model.ts';
import { notFound, Refusal } from '../../../src/refusal.ts';
import { saw } from '../../access.ts';
import { idsOf } from '../../api/grounds.ts';
import { findNames } from '../../read/names.ts';
import {
  findOperationView,
  heldChats,
  type OperationView,
  progressByType,
} from '../../read/operation-views.ts';
import { planChats, planOfChat, planPeople } from '../../read/plan-read.ts';
import { authorOf } from '../../rights.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { type Html, html } from '../html.ts';
import { type ConsoleContext, goTo, page } from '../page.ts';
import { linkButton, submitButton } from '../parts/button.ts';
import { moment } from '../parts/numbers.ts';
import { withSought } from '../sought.ts';
import { ADMINS } from '../visitor.ts';
import { operationChoice } from './initialize.ts';
import {
  askedAt,
  heldPart,
  isNothing,
  isUndoable,
  operationActions,
  operationHref,
  planNotices,
  problemNotices,
  progressPart,
  resultFigures,
  runningBody,
} from './operation.ts';
import { isOpen, operationTitle } from './operation-words.ts';
import { type Counts, type PlanFilter, planBody, planFigures } from './plan.ts';
import { planQuery } from './query.ts';

const REFRESH_SECONDS = 3;
const crumbsOf = (operation: OperationView) =>
  operation.kind === 'initialization'
    ? [{ label: 'Управление чатами', href: '/manage' }, askedAt(operation)]
    : [{ label: 'Работы', href: '/operations' }];

/** Shows a plan, an operation, what it holds and its end under one address, so that a person can leave and come back. */
export function operationRoutes(parts: ConsoleParts): void {
  const { ctx, commands, screens } = parts;
  const at = '/manage/operations/:id';
  screens.get(at, ADMINS, async (c) => show(parts, c, await operationOf(parts, c)));

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

  screens.get(`${at}/undo`, ADMINS, async (c) => {
    const operation = await operationOf(parts, c);
    if (!isUndoable(operation)) return goTo(c, operationHref(operation.id));
    return page({
      c,
      title: 'Отменить прогон?',
      section: 'manage',
      crumbs: [
        ...crumbsOf(operation),
        { label: operationTitle(operation), href: operationHref(operation.id) },
      ],
      body: undoQuestion(operation),
      styles: ['manage.css'],
    });
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
  change('undo', (operation, c) =>
    commands.undo({ schoolId: operation.schoolId, operationId: operation.id, by: by(c) }),
  );
  change('cancel', async (operation, c) => {
    await commands.cancel({ schoolId: operation.schoolId, operationId: operation.id, by: by(c) });
    return operation.id;
  });
  change('decide', async (operation, c) => {
    const body = await c.req.formData();
    const decision = z.enum(['approve', 'reject']).safeParse(body.get('do')).data;
    // A named chat that is none never means «all chats».
    const chat = z
      .uuid()
      .optional()
      .safeParse(body.get('chat') ?? undefined);
    if (!decision || !chat.success) throw new Refusal(400, 'invalid', 'Запрос составлен неверно');
    await commands.decide({
      schoolId: operation.schoolId,
      operationId: operation.id,
      decision,
      chatIds: chat.data === undefined ? null : [chat.data],
      by: by(c),
    });
    return operation.id;
  });
}

async function operationOf({ ctx }: ConsoleParts, c: ConsoleContext): Promise<OperationView> {
  const { schoolId } = c.get('visitor').caller;
  const id = z.uuid().safeParse(c.req.param('id')).data;
  const operation = id === undefined ? null : await findOperationView(ctx.db.of(schoolId), schoolId, id);
  if (!operation) throw notFound();
  return operation;
}

async function show(parts: ConsoleParts, c: ConsoleContext, operation: OperationView): Promise<Response> {
  const { school } = c.get('visitor');
  return page({
    c,
    title: operationTitle(operation),
    subtitle: html`${[operationChoice(operation)].filter(Boolean).map((text) => html`${text} · `)}${moment(operation.createdAt, school.timeZone)}`,
    section: 'manage',
    crumbs: crumbsOf(operation),
    actions: operationActions(operation),
    body: await bodyOf(parts, c, operation),
    styles: ['manage.css'],
    scripts: ['manage.js'],
    ...(isOpen(operation) ? { refreshSeconds: REFRESH_SECONDS } : {}),
  });
}

async function bodyOf(parts: ConsoleParts, c: ConsoleContext, operation: OperationView): Promise<Html> {
  const { ctx } = parts;
  const { schoolId } = operation;
  const db = ctx.db.of(schoolId);
  saw(c, schoolId, []);
  if (isOpen(operation))
    return runningBody(operation, await progressByType(db, schoolId, operation.id), ctx.clock.now());
  const filter = planQuery.parse(withSought(c, c.req.query(), 'text'));
  if (operation.dryRun) {
    if (operation.state !== 'succeeded') return html`${problemNotices(operation)}`;
    const plan = isNothing(operation) ? '' : await planPart(parts, c, operation, filter);
    return html`${planNotices(operation)}${planFigures(operation.result as Counts | null)}${plan}`;
  }
  const held = operation.state === 'held' ? await heldChats(db, schoolId, operation.id) : [];
  const grounds = held.flatMap((chat) => chat.people.flatMap((person) => person.grounds));
  const ids = idsOf(grounds);
  const people = [...ids.people, ...held.flatMap((chat) => chat.people.map((person) => person.personId))];
  saw(c, schoolId, people);
  const names = await findNames(db, { sees: 'school', schoolId }, { ...ids, people });
  const plan = operation.following ? await planPart(parts, c, operation, filter) : '';
  return html`${problemNotices(operation)}${heldPart(operation, held, names)}${resultFigures(operation)}${operation.following ? html`<h2>Что сделано</h2>` : ''}${plan}`;
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
  const chats = byChat ? await planChats(db, schoolId, operation.id, filter) : null;
  const people = byChat ? null : await planPeople(db, schoolId, operation.id, filter);
  const opened = byChat && filter.open ? await planOfChat(db, schoolId, operation.id, filter.open) : null;
  const actions: readonly Action[] =
    opened?.actions ?? people?.items.flatMap((p) => p.actions.map((a) => a.action)) ?? [];
  saw(
    c,
    schoolId,
    actions.flatMap(({ personId }) => personId ?? []),
  );
  return planBody({
    ...{ operationId: operation.id, filter, chats, people },
    open: opened ? { chatId: filter.open!, actions: opened.actions } : null,
    names: await namesIn(ctx.db.of(schoolId), schoolId, actions),
  });
}

function namesIn(db: Parameters<typeof findNames>[0], schoolId: string, actions: readonly Action[]) {
  const grounds: Ground[] = actions.flatMap((action) => [...action.grounds]);
  const ids = idsOf(grounds);
  return findNames(
    db,
    { sees: 'school', schoolId },
    {
      ...ids,
      people: [...ids.people, ...actions.flatMap(({ personId }) => personId ?? [])],
      orders: [...ids.orders, ...actions.flatMap(({ ending }) => ending?.orderId ?? [])],
    },
  );
}

function undoQuestion(operation: OperationView): Html {
  return html`<form method="post" action="${operationHref(operation.id)}/undo" class="panel ask">
<p>Чаты, созданные этим прогоном, будут удалены вместе с перепиской. Добавленные им люди выйдут из чатов, убранные вернутся; сброшенное вручную восстановится.</p>
<p>Выбывшие, отвязавшие профиль и посторонние не вернутся. Отменить прогон можно один раз.</p>
<div class="actions">${submitButton({ label: 'Отменить прогон', kind: 'danger' })}${linkButton({ label: 'Не отменять', href: operationHref(operation.id) })}</div></form>`;
}
