import type { Context } from '../src/context.ts';
import { formerAmong } from '../src/store/queries/former-ids.ts';

/** Gives what turns a person's id that a caller has named, and that may be a former one, into the id of now (K4). */
export async function currentIds(
  ctx: Context,
  schoolId: string,
  named: readonly string[],
): Promise<(id: string) => string> {
  const former = await formerAmong(ctx.db.of(schoolId), schoolId, named);
  return (id) => former.get(id)?.id ?? id;
}
