import type { Context } from '../context.ts';
import { countSchool, schoolsToCount } from '../rows/school-figures.ts';
import { momentOf } from '../store/school-day.ts';

/** So many schools are counted in one sweep, so that a region that is new delays nothing else for long. */
const SCHOOLS_AT_ONCE = 100;

/** Counts the schools whose figures are out of date (K1). The sweep calls it. */
export async function countSchools(ctx: Context): Promise<void> {
  const moment = momentOf(ctx);
  for (const id of await schoolsToCount(ctx.db.across('figures'), moment, SCHOOLS_AT_ONCE)) {
    await countSchool(ctx.db.of(id), id, moment);
  }
}
