import { z } from 'zod';
import type { DecidedMany } from '../../../src/operations/decide-many.ts';
import { Refusal } from '../../../src/refusal.ts';
import { awaitingApprovals } from '../../read/awaiting-approvals.ts';
import { type HeldOfRegion, heldEverywhere } from '../../read/held-everywhere.ts';
import { authorOf } from '../../rights.ts';
import type { ConsoleParts } from '../console-parts.ts';
import type { Flash } from '../flash.ts';
import { formOf, invalid } from '../form.ts';
import { html } from '../html.ts';
import { liveOfRegion } from '../live.ts';
import { type ConsoleContext, goTo, page, saidAt } from '../page.ts';
import { approvalAnchor, refreshWhile } from '../parts/approval.ts';
import { counted } from '../parts/numbers.ts';
import { awaitingPart, heldBody, heldQuestion, isRemoval, needsTyping, peopleWord, totalOf } from './held.ts';

const AT = '/schools/held';

/** What waits for a decision in all schools, and decisions about many of them at once (K1). */
export function heldRoutes(parts: ConsoleParts): void {
  const { ofRegion } = parts.screens;
  ofRegion.get(AT, (c) => showHeld(parts, c));
  ofRegion.post(AT, (c) => decideMarked(parts, c));
  ofRegion.post(`${AT}/take-back`, (c) => takeBack(parts, c));
}

const heldOf = ({ ctx }: ConsoleParts, ids?: readonly string[]) =>
  heldEverywhere(ctx.db.across('operator-view'), ids);

async function showHeld(parts: ConsoleParts, c: ConsoleContext): Promise<Response> {
  const { ctx } = parts;
  const live = await liveOfRegion({ ctx });
  const held = await heldOf(parts);
  const removals = held.filter(isRemoval);
  if (c.req.query('all') === '1' && removals.length > 0) return ask(c, removals);
  const { schools } = totalOf(held);
  // What waits as a whole is shown in its school.
  const approvals = await awaitingApprovals(ctx.db.across('operator-view'), null);
  const awaiting = approvals.filter(({ people }) => people > 0);
  const waits = awaitingPart(awaiting, timeZoneOf(c), ctx.clock.now());
  const list = held.length === 0 && awaiting.length > 0 ? '' : heldBody(held, timeZoneOf(c));
  return page({
    c,
    section: 'held',
    live,
    title: 'Ждут решения',
    subtitle:
      held.length > 0
        ? `В ${counted(schools, 'школе', 'школах', 'школах')}. Добавления уже выполнены, никто не исключён.`
        : undefined,
    body: html`${saidAt(c, 'held')}${waits}${list}`,
    ...refreshWhile(awaiting),
  });
}

/** Asks before many people are removed. It shows what was wrong in an earlier answer. */
function ask(c: ConsoleContext, held: readonly HeldOfRegion[], error?: string): Response | Promise<Response> {
  return page({
    c,
    section: 'held',
    title: `Исключить ${peopleWord(totalOf(held).people)}?`,
    crumbs: [{ label: 'Ждут решения', href: AT }],
    body: heldQuestion(held, timeZoneOf(c), error),
    ...(error ? { status: 422 as const } : {}),
  });
}

/** Decides about the operations that were marked. A rejection acts at once. Before an approval the page asks first. */
async function decideMarked(parts: ConsoleParts, c: ConsoleContext): Promise<Response> {
  const form = await formOf(c);
  const ids = z.array(z.uuid()).catch([]).parse(form.getAll('operation'));
  const held = (await heldOf(parts, ids)).filter(isRemoval);
  const decision = z.enum(['approve', 'reject']).safeParse(form.get('do')).data;
  if (held.length === 0) return goTo(c, AT, nothing(ids.length));
  if (!decision) return ask(c, held);
  const problem = decision === 'approve' ? problemOf(form, totalOf(held).people) : undefined;
  if (problem) return ask(c, held, problem);
  const operationIds = held.map(({ id }) => id);
  const many = { operationIds, within: '*', by: authorOf(c.get('caller')) };
  if (decision === 'reject')
    return goTo(c, AT, kept(held, await parts.commands.decideMany({ decision, ...many })));
  const { approvalId, decided, refused } = await parts.commands.approveManyLater(many);
  const some = refused.length > 0 ? notAll(refused.length) : undefined;
  // A message at a place of its own would take the focus from the way back.
  return goTo(c, decided.length > 0 ? AT + approvalAnchor(approvalId) : AT, some);
}

async function takeBack({ commands }: ConsoleParts, c: ConsoleContext): Promise<Response> {
  const approvalId = z.uuid().safeParse((await formOf(c)).get('approval')).data;
  if (approvalId === undefined) throw invalid();
  try {
    const { decided, refused } = await commands.takeBackMany({
      ...{ approvalId, within: '*', by: authorOf(c.get('caller')) },
    });
    return goTo(c, AT, takenBack(decided.length, refused.length));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return goTo(c, AT, { kind: 'bad', title: error.title, at: 'held' });
  }
}

const timeZoneOf = (c: ConsoleContext) => c.get('visitor').school.timeZone;
const inSchools = (n: number) => counted(n, 'школе', 'школах', 'школах');

function problemOf(form: FormData, people: number): string | undefined {
  if (form.get('people') !== String(people))
    return `Пока вы смотрели, изменилось: теперь ${peopleWord(people)}.`;
  if (needsTyping(people) && String(form.get('typed')).replaceAll(/\s/g, '') !== String(people))
    return `Введите число ${people}.`;
  return undefined;
}

const nothing = (asked: number): Flash =>
  asked > 0
    ? { kind: 'warn', title: 'Решение уже принято', text: 'Выбранное никого не ждёт.' }
    : { kind: 'warn', title: 'Ничего не выбрано', text: 'Отметьте школы, о которых решаете.' };

const notAll = (refused: number): Flash => ({
  kind: 'warn',
  title: `Решено раньше или занято: ${counted(refused, 'решение', 'решения', 'решений')}`,
});

function kept(held: readonly HeldOfRegion[], { decided, refused }: DecidedMany): Flash {
  const ids = new Set(decided.map(({ operationId }) => operationId));
  const title = `Все остаются: решено в ${inSchools(totalOf(held.filter(({ id }) => ids.has(id))).schools)}`;
  if (refused.length === 0) return { kind: 'good', title, at: 'held' };
  return { kind: 'warn', title, text: `${notAll(refused.length).title}.`, at: 'held' };
}

function takenBack(schools: number, refused: number): Flash {
  const began = refused > 0 ? ` Исключение уже началось в ${inSchools(refused)}.` : '';
  const text = `Никто не исключён в ${inSchools(schools)}. Исключения снова ждут решения.${began}`;
  return { kind: refused > 0 ? 'warn' : 'info', title: 'Решение отменено', text, at: 'held' };
}
