import type { Context } from '../src/context.ts';
import { formerAmong } from '../src/store/queries/former-ids.ts';

/**
 * Gives the function that turns the id by which a caller names a person into the person's id of now (K4). The caller
 * may name a former one.
 */
export async function currentIds(
  ctx: Context,
  schoolId: string,
  named: readonly string[],
): Promise<(id: string) => string> {
  const former = await formerAmong(ctx.db.of(schoolId), schoolId, named);
  return (id) => former.get(id)?.id ?? id;
}
