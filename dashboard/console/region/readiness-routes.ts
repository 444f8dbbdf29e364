import { z } from 'zod';
import { nextFirstOfSeptember } from '../../../src/clock.ts';
import { askAbout, isAskedAbout } from '../../../src/outbox/count-figures.ts';
import { momentOf, timeIn } from '../../../src/store/school-day.ts';
import { typedDay } from '../../../src/text/clean-text.ts';
import { listReadiness, SCHOOL_READINESS } from '../../read/readiness.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { formOf } from '../form.ts';
import { liveOfRegion } from '../live.ts';
import { goTo, page } from '../page.ts';
import { hrefOf } from '../parts/links.ts';
import { readinessTitle } from '../parts/readiness-words.ts';
import { SCHOOLS_ASKED } from './query.ts';
import { READINESS_PATH, readinessBody, readinessSubtitle } from './readiness.ts';

const query = z.object({
  day: z.string().optional(),
  state: z.enum(SCHOOL_READINESS).optional().catch(undefined),
  ...SCHOOLS_ASKED,
});

/** «Готовность к 1 сентября» of all schools, or to another day (K4). */
export function regionReadinessRoutes({ screens, ctx }: ConsoleParts): void {
  screens.ofRegion.get(READINESS_PATH, async (c) => {
    const { day: typed, ...asked } = query.parse(c.req.query());
    const usual = nextFirstOfSeptember(momentOf(ctx));
    const day = comingDay(typed, timeIn(null, momentOf(ctx)).today) ?? usual;
    const filter = { ...asked, day };
    const live = await liveOfRegion({ ctx });
    const listed = await listReadiness(ctx.db.across('operator-view'), { ...filter, only: null });
    const view = { ...listed, filter, isOther: day !== usual, isAsked: await isAskedAbout(ctx, day) };
    return page({
      c,
      section: 'readiness',
      title: readinessTitle(day),
      subtitle: readinessSubtitle(view),
      body: readinessBody(view),
      live,
    });
  });
  screens.ofRegion.post(READINESS_PATH, async (c) => {
    const typed = z
      .string()
      .optional()
      .catch(undefined)
      .parse((await formOf(c)).get('day'));
    const day = comingDay(typed, timeIn(null, momentOf(ctx)).today);
    if (day) await askAbout(ctx, day);
    return goTo(c, hrefOf(READINESS_PATH, { day }));
  });
}

/** Gives the day that was typed. Undefined where it is no day, or is past. */
export function comingDay(typed: string | undefined, today: string): string | undefined {
  const day = typed === undefined ? undefined : typedDay(typed);
  return day && day >= today ? day : undefined;
}
