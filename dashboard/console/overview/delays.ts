import { DAY_MS } from '../../../src/clock.ts';
import { type DelaysOfDay, delaysByDay } from '../../read/delays.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { html } from '../html.ts';
import { page } from '../page.ts';
import { count, day } from '../parts/numbers.ts';
import { emptyState } from '../parts/states.ts';
import { dataTable } from '../parts/table.ts';
import { ADMINS } from '../visitor.ts';
import { delayText } from './words.ts';

const DAYS = 30;

/** «От приказа до чата» (J9): how long chats took to follow orders, by day. */
export function delayRoutes({ screens, ctx }: ConsoleParts): void {
  screens.get('/delays', ADMINS, async (c) => {
    const { id: schoolId, timeZone } = c.get('visitor').school;
    const from = new Date(ctx.clock.now() - DAYS * DAY_MS);
    const days = await delaysByDay(ctx.db.of(schoolId), { schoolId, timeZone }, from);
    return page({
      c,
      section: 'overview',
      title: 'От приказа до чата',
      subtitle:
        'Сколько времени проходит, пока чат в Сферуме станет таким, как велит приказ или изменение в СГО. За 30 дней.',
      crumbs: [{ label: 'Обзор', href: '/overview' }],
      body:
        days.length === 0
          ? emptyState({ title: 'За 30 дней ни приказов, ни изменений не было' })
          : html`<div class="compact">${table(days)}</div>`,
    });
  });
}

function table(days: readonly DelaysOfDay[]) {
  const text = (seconds: number | null) => (seconds === null ? '–' : delayText(seconds * 1000));
  return dataTable<DelaysOfDay>({
    caption: 'Задержка по дням, новые сверху',
    rows: days,
    columns: [
      { head: 'День', phone: 'title', cell: (one) => day(one.day) },
      { head: 'Обновлено чатов', numeric: true, cell: (one) => count(one.count) },
      { head: 'Половина – до', numeric: true, cell: (one) => text(one.p50Seconds) },
      { head: '95 из 100 – до', numeric: true, cell: (one) => text(one.p95Seconds) },
      { head: 'Дольше всего', numeric: true, cell: (one) => text(one.maxSeconds) },
    ],
  });
}
