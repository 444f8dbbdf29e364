import { sql } from 'kysely';
import type { App } from '../../../src/app.ts';
import { nextFirstOfSeptember } from '../../../src/clock.ts';
import { schoolsToCount } from '../../../src/rows/school-figures.ts';
import { schoolsToForesee } from '../../../src/rows/school-readiness.ts';
import { momentOf } from '../../../src/store/school-day.ts';
import { everywhere } from '../../support/everywhere.ts';

const LOOK_EVERY_MS = 1_000;
/** A school that changed is counted a minute later, so rest does not begin before that. */
const SOON_MS = 120_000;

/** Waits until no school is to be counted now or within the next minute. The program counts by itself. */
export async function untilCounted({ ctx }: App): Promise<void> {
  for (;;) {
    const soon = { ...momentOf(ctx), nowMs: ctx.clock.now() + SOON_MS };
    const days = sql`select ${nextFirstOfSeptember(soon)}::date as day`;
    const { rows } = await sql<{ some: boolean }>`
      select exists (${schoolsToCount(soon, 1)}) or exists (${schoolsToForesee(days, soon, 1)}) as some`.execute(
      everywhere(ctx),
    );
    if (!rows[0]!.some) return;
    await ctx.clock.sleep(LOOK_EVERY_MS);
  }
}
