import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { settleParents } from '../rows/operation-import.ts';

/** Gives the imports of several schools the state that their schools' have, at each round of the relay. */
export async function settleImports(ctx: Context): Promise<void> {
  await settleParents(ctx.db.across('import'), new Date(ctx.clock.now()));
}

/** What is left of files and staged rows whose imports have ended otherwise than by being applied. */
export async function dropLeftovers(ctx: Context): Promise<void> {
  const ended = sql`o.state in ('succeeded', 'failed', 'cancelled')`;
  for (const table of ['roster_file', 'staged_roster']) {
    await sql`delete from ${sql.table(table)} t using operation o where o.id = t.operation_id and ${ended}`.execute(
      ctx.db.across('import'),
    );
  }
}
