import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { settleParents } from '../rows/operation-import.ts';

/** True in SQL where an import of several schools follows its schools' operations. */
export const parentsAreOpen = () => sql<boolean>`exists (select from operation o
  where o.state in ('queued', 'running', 'held') and o.school_id is null and o.params ? 'schools')`;

/** Derives the state of each import of several schools from its schools' operations. */
export async function settleImports(ctx: Context): Promise<void> {
  await settleParents(ctx.db.across('import'), new Date(ctx.clock.now()));
}

const OF_IMPORTS = ['roster_file', 'staged_roster'];

/** True in SQL where an import has files or staged rows. */
export const hasLeftovers = sql<boolean>`(${sql.join(
  OF_IMPORTS.map((table) => sql`exists (select from ${sql.table(table)})`),
  sql` or `,
)})`;

/** Deletes the files and staged rows of imports that ended without being applied (K6). */
export async function dropLeftovers(ctx: Context): Promise<void> {
  const ended = sql`o.state in ('succeeded', 'failed', 'cancelled')`;
  for (const table of OF_IMPORTS) {
    await sql`delete from ${sql.table(table)} t using operation o where o.id = t.operation_id and ${ended}`.execute(
      ctx.db.across('import'),
    );
  }
}
