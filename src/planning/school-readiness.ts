/** K4: how ready one school is, counted when it is asked. The row that all schools are shown by is brought up to date. */
import type { Context } from '../context.ts';
import type { Day } from '../desired/model.ts';
import { noteReadiness } from '../rows/school-readiness.ts';
import { type Foreseen, foresee } from './foresee.ts';

/** What is being counted in this process. Who asks for the same meanwhile gets the same answer. */
const counting = new WeakMap<Context, Map<string, Promise<Foreseen>>>();

/** Plans one school for the day, once for all who ask at the same time. */
export async function schoolReadiness(ctx: Context, schoolId: string, day: Day): Promise<Foreseen> {
  const running = counting.get(ctx) ?? new Map<string, Promise<Foreseen>>();
  counting.set(ctx, running);
  const key = JSON.stringify([schoolId, day]);
  const known = running.get(key);
  if (known) return known;
  const asked = count(ctx, schoolId, day).finally(() => running.delete(key));
  running.set(key, asked);
  return asked;
}

async function count(ctx: Context, schoolId: string, day: Day): Promise<Foreseen> {
  const foreseen = await foresee(ctx, schoolId, day);
  await noteReadiness(ctx.db.of(schoolId), { schoolId, day }, foreseen, new Date(ctx.clock.now()));
  return foreseen;
}
