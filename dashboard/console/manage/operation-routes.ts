import { z } from 'zod';
import type { Ground } from '../../../src/desired/model.ts';
import type { Action } from '../../../src/plan/model.ts';
import { notFound, Refusal } from '../../../src/refusal.ts';
import { saw } from '../../access.ts';
import { idsOf } from '../../api/grounds.ts';
import { findNames } from '../../read/names.ts';
import { planChats, planOfChat, planPeople } from '../../read/plan-read.ts';
import { findRun, heldChats, progressByType, type Run } from '../../read/runs.ts';
import { authorOf } from '../../rights.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { type Html, html } from '../html.ts';
import { type ConsoleContext, goTo, page } from '../page.ts';
import { linkButton, submitButton } from '../parts/button.ts';
import { moment } from '../parts/numbers.ts';
import { withSought } from '../sought.ts';
import { ADMINS } from '../visitor.ts';
import { runChoice } from './initialize.ts';
import { type Counts, type PlanFilter, planBody, planFigures } from './plan.ts';
import { planQuery } from './query.ts';
import {
  askedAt,
  heldPart,
  isNothing,
  isUndoable,
  planNotices,
  problemNotices,
  progressPart,
  resultFigures,
  runActions,
  runHref,
  runningBody,
} from './run.ts';
import { isOpen, runTitle } from './run-words.ts';

const REFRESH_SECONDS = 3;
const crumbsOf = (run: Run) => [{ label: 'Управление чатами', href: '/manage' }, askedAt(run)];

/** Shows a plan, a run, what it holds and its end under one address, so that a person can leave and come back. */
export function operationRoutes(parts: ConsoleParts): void {
  const { ctx, commands, screens } = parts;
  const at = '/manage/operations/:id';
  screens.get(at, ADMINS, async (c) => show(parts, c, await runOf(parts, c)));

  screens.get(`${at}/progress`, ADMINS, async (c) => {
    const run = await runOf(parts, c);
    c.header('Cache-Control', 'no-store');
    return c.html(
      progressPart(run, await progressByType(ctx.db.of(run.schoolId), run.schoolId, run.id), ctx.clock.now()),
    );
  });

  screens.get(`${at}/undo`, ADMINS, async (c) => {
    const run = await runOf(parts, c);
    if (!isUndoable(run)) return goTo(c, runHref(run.id));
    return page({
      c,
      title: 'Отменить прогон?',
      section: 'manage',
      crumbs: [...crumbsOf(run), { label: runTitle(run), href: runHref(run.id) }],
      body: undoQuestion(run),
      styles: ['manage.css'],
    });
  });

  const change = (name: string, work: (run: Run, c: ConsoleContext) => Promise<string>) =>
    screens.post(`${at}/${name}`, ADMINS, async (c) => {
      const run = await runOf(parts, c);
      try {
        return goTo(c, runHref(await work(run, c)));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return goTo(c, runHref(run.id), { kind: 'bad', title: error.title });
      }
    });
  const by = (c: ConsoleContext) => authorOf(c.get('visitor').caller);
  change('apply', (run, c) => commands.initialize({ schoolId: run.schoolId, plan: run.id, by: by(c) }));
  change('undo', (run, c) => commands.undo({ schoolId: run.schoolId, operationId: run.id, by: by(c) }));
  change('cancel', async (run, c) => {
    await commands.cancel({ schoolId: run.schoolId, operationId: run.id, by: by(c) });
    return run.id;
  });
  change('decide', async (run, c) => {
    const body = await c.req.formData();
    const decision = z.enum(['approve', 'reject']).safeParse(body.get('do')).data;
    // A named chat that is none never means «all chats».
    const chat = z
      .uuid()
      .optional()
      .safeParse(body.get('chat') ?? undefined);
    if (!decision || !chat.success) throw new Refusal(400, 'invalid', 'Запрос составлен неверно');
    await commands.decide({
      schoolId: run.schoolId,
      operationId: run.id,
      decision,
      chatIds: chat.data === undefined ? null : [chat.data],
      by: by(c),
    });
    return run.id;
  });
}

async function runOf({ ctx }: ConsoleParts, c: ConsoleContext): Promise<Run> {
  const { schoolId } = c.get('visitor').caller;
  const id = z.uuid().safeParse(c.req.param('id')).data;
  const run = id === undefined ? null : await findRun(ctx.db.of(schoolId), schoolId, id);
  if (!run) throw notFound();
  return run;
}

async function show(parts: ConsoleParts, c: ConsoleContext, run: Run): Promise<Response> {
  const { school } = c.get('visitor');
  return page({
    c,
    title: runTitle(run),
    subtitle: html`${[runChoice(run)].filter(Boolean).map((text) => html`${text} · `)}${moment(run.createdAt, school.timeZone)}`,
    section: 'manage',
    crumbs: crumbsOf(run),
    actions: runActions(run),
    body: await bodyOf(parts, c, run),
    styles: ['manage.css'],
    scripts: ['manage.js'],
    ...(isOpen(run) ? { refreshSeconds: REFRESH_SECONDS } : {}),
  });
}

async function bodyOf(parts: ConsoleParts, c: ConsoleContext, run: Run): Promise<Html> {
  const { ctx } = parts;
  const { schoolId } = run;
  const db = ctx.db.of(schoolId);
  saw(c, schoolId, []);
  if (isOpen(run)) return runningBody(run, await progressByType(db, schoolId, run.id), ctx.clock.now());
  const filter = planQuery.parse(withSought(c, c.req.query(), 'text'));
  if (run.dryRun) {
    if (run.state !== 'succeeded') return html`${problemNotices(run)}`;
    const plan = isNothing(run) ? '' : await planPart(parts, c, run, filter);
    return html`${planNotices(run)}${planFigures(run.result as Counts | null)}${plan}`;
  }
  const held = run.state === 'held' ? await heldChats(db, schoolId, run.id) : [];
  const grounds = held.flatMap((chat) => chat.people.flatMap((person) => person.grounds));
  const ids = idsOf(grounds);
  const people = [...ids.people, ...held.flatMap((chat) => chat.people.map((person) => person.personId))];
  saw(c, schoolId, people);
  const names = await findNames(db, { sees: 'school', schoolId }, { ...ids, people });
  const plan = run.following ? await planPart(parts, c, run, filter) : '';
  return html`${problemNotices(run)}${heldPart(run, held, names)}${resultFigures(run)}${run.following ? html`<h2>Что сделано</h2>` : ''}${plan}`;
}

async function planPart(
  { ctx }: ConsoleParts,
  c: ConsoleContext,
  run: Run,
  filter: PlanFilter,
): Promise<Html> {
  const { schoolId } = run;
  const db = ctx.db.of(schoolId);
  const byChat = filter.view === 'chats';
  const chats = byChat ? await planChats(db, schoolId, run.id, filter) : null;
  const people = byChat ? null : await planPeople(db, schoolId, run.id, filter);
  const opened = byChat && filter.open ? await planOfChat(db, schoolId, run.id, filter.open) : null;
  const actions: readonly Action[] =
    opened?.actions ?? people?.items.flatMap((p) => p.actions.map((a) => a.action)) ?? [];
  saw(
    c,
    schoolId,
    actions.flatMap(({ personId }) => personId ?? []),
  );
  return planBody({
    ...{ operationId: run.id, filter, chats, people },
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

function undoQuestion(run: Run): Html {
  return html`<form method="post" action="${runHref(run.id)}/undo" class="panel ask">
<p>Чаты, созданные этим прогоном, будут удалены вместе с перепиской. Добавленные им люди выйдут из чатов, убранные вернутся; сброшенное вручную восстановится.</p>
<p>Выбывшие, отвязавшие профиль и посторонние не вернутся. Отменить прогон можно один раз.</p>
<div class="actions">${submitButton({ label: 'Отменить прогон', kind: 'danger' })}${linkButton({ label: 'Не отменять', href: runHref(run.id) })}</div></form>`;
}
