/** K4: how ready one school is, counted when somebody asks. It only reads. */
import type { Context } from '../context.ts';
import type { Day } from '../desired/model.ts';
import { type Foreseen, foresee } from './foresee.ts';

/** What is being counted in this process. A second question meanwhile gets the same answer. */
const counting = new WeakMap<Context, Map<string, Promise<Foreseen>>>();

/** Plans one school for the day, once for all who ask at the same time. */
export async function schoolReadiness(ctx: Context, schoolId: string, day: Day): Promise<Foreseen> {
  const running = counting.get(ctx) ?? new Map<string, Promise<Foreseen>>();
  counting.set(ctx, running);
  const key = JSON.stringify([schoolId, day]);
  const known = running.get(key);
  if (known) return known;
  const asked = foresee(ctx, schoolId, day).finally(() => running.delete(key));
  running.set(key, asked);
  return asked;
}
