import type { Context } from '../context.ts';
import type { Sql } from '../store/database.ts';

/** Carries what the work came to out of a transaction that is rolled back. */
class RolledBack<Result> extends Error {
  readonly result: Result;

  constructor(result: Result) {
    super('looked at, not applied');
    this.result = result;
  }
}

/**
 * Does the work itself in a transaction that is rolled back, and gives what it would come to. It holds the school as
 * long as the work itself would.
 */
export async function rehearse<Result>(
  { db }: Context,
  schoolId: string,
  work: (tx: Sql) => Promise<Result>,
): Promise<Result> {
  try {
    return await db.holdingSchool(schoolId, async ({ sql: tx }): Promise<never> => {
      throw new RolledBack(await work(tx));
    });
  } catch (thrown) {
    // It was thrown above, with a result of this work.
    if (thrown instanceof RolledBack) return thrown.result as Result;
    throw thrown;
  }
}
