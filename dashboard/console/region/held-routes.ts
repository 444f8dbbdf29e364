import { z } from 'zod';
import type { DecidedMany } from '../../../src/operations/decide-many.ts';
import { type HeldOperation, heldEverywhere } from '../../read/held-everywhere.ts';
import { authorOf } from '../../rights.ts';
import type { ConsoleParts } from '../console-parts.ts';
import type { Flash } from '../flash.ts';
import { type ConsoleContext, goTo, page } from '../page.ts';
import { counted } from '../parts/numbers.ts';
import { heldBody, heldQuestion, isRemoval, needsTyping, peopleWord, totalOf } from './held.ts';

const AT = '/schools/held';

/** What waits for a decision in all schools, and decisions about many of them at once (K1). */
export function heldRoutes({ screens, ctx, commands }: ConsoleParts): void {
  const db = ctx.db.across('operator-view');
  const ask = (c: ConsoleContext, held: readonly HeldOperation[], error?: string) =>
    page({
      c,
      section: 'held',
      title: `Исключить ${peopleWord(totalOf(held).people)}?`,
      crumbs: [{ label: 'Ждут решения', href: AT }],
      body: heldQuestion(held, c.get('visitor').school.timeZone, error),
      ...(error ? { status: 422 as const } : {}),
    });

  screens.ofRegion.get(AT, async (c) => {
    const held = await heldEverywhere(db);
    const removals = held.filter(isRemoval);
    if (c.req.query('all') === '1' && removals.length > 0) return ask(c, removals);
    const { schools } = totalOf(held);
    return page({
      c,
      section: 'held',
      title: 'Ждут решения',
      subtitle:
        held.length > 0
          ? `В ${counted(schools, 'школе', 'школах', 'школах')}. Добавления уже выполнены, никто не исключён.`
          : undefined,
      body: heldBody(held, c.get('visitor').school.timeZone),
    });
  });

  screens.ofRegion.post(AT, async (c) => {
    const form = await c.req.formData();
    const ids = z.array(z.uuid()).catch([]).parse(form.getAll('operation'));
    const held = (await heldEverywhere(db, ids)).filter(isRemoval);
    const decision = z.enum(['approve', 'reject']).safeParse(form.get('do')).data;
    if (held.length === 0) return goTo(c, AT, nothing(ids.length));
    if (!decision) return ask(c, held);
    const { people } = totalOf(held);
    const problem = decision === 'approve' ? problemOf(form, people) : undefined;
    if (problem) return ask(c, held, problem);
    const caller = c.get('caller');
    const operationIds = held.map(({ id }) => id);
    const decided = await commands.decideMany({ decision, operationIds, within: '*', by: authorOf(caller) });
    return goTo(c, AT, said(decision, held, decided));
  });
}

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

function said(
  decision: 'approve' | 'reject',
  held: readonly HeldOperation[],
  { decided, refused }: DecidedMany,
): Flash {
  const ids = new Set(decided.map(({ operationId }) => operationId));
  const { people, schools } = totalOf(held.filter(({ id }) => ids.has(id)));
  const where = counted(schools, 'школе', 'школах', 'школах');
  const title =
    decision === 'approve' ? `Исключаем ${peopleWord(people)} в ${where}` : `Все остаются: решено в ${where}`;
  if (refused.length === 0) return { kind: 'good', title };
  return {
    kind: 'warn',
    title,
    text: `Решено раньше или занято: ${counted(refused.length, 'решение', 'решения', 'решений')}.`,
  };
}
