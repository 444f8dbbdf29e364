import { z } from 'zod';
import { dayIn } from '../../../src/clock.ts';
import { CHAT_TYPES } from '../../../src/desired/model.ts';
import { Refusal } from '../../../src/refusal.ts';
import { typedDay } from '../../../src/text/clean-text.ts';
import { daysAhead } from '../../read/days-ahead.ts';
import { authorOf } from '../../rights.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { formOf } from '../form.ts';
import { type ConsoleContext, goTo, page } from '../page.ts';
import { ADMINS } from '../visitor.ts';
import { aheadBody } from './ahead.ts';

/** «План на дату» (J5): the days on which something changes, and the plan of any day. Nothing is applied here. */
export function aheadRoutes(parts: ConsoleParts): void {
  const { commands, screens } = parts;
  screens.get('/manage/ahead', ADMINS, (c) => show(parts, c));

  screens.post('/manage/ahead', ADMINS, async (c) => {
    const { caller } = c.get('visitor');
    const typed = z.string().safeParse((await formOf(c)).get('asOf')).data;
    const asOf = typed && typedDay(typed);
    if (!asOf) return show(parts, c, 'Укажите дату: ДД.ММ.ГГГГ');
    try {
      const id = await commands.initialize({
        ...{ schoolId: caller.schoolId, types: [...CHAT_TYPES], dryRun: true, strict: false, asOf },
        by: authorOf(caller),
      });
      return goTo(c, `/manage/operations/${id}`);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return goTo(c, '/manage/ahead', { kind: 'bad', title: error.title });
    }
  });
}

async function show({ ctx }: ConsoleParts, c: ConsoleContext, error?: string): Promise<Response> {
  const { school } = c.get('visitor');
  const today = dayIn(school.timeZone, ctx.clock.now());
  const days = await daysAhead(ctx.db.of(school.id), school.id, today);
  return page({
    c,
    title: 'План на дату',
    section: 'manage',
    crumbs: [{ label: 'Управление чатами', href: '/manage' }],
    body: aheadBody({ today, days, ...(error ? { error } : {}) }),
    styles: ['manage.css'],
    ...(error ? { status: 422 as const } : {}),
  });
}
