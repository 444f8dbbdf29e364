import { Client } from 'pg';
import type { Context } from '../../src/context.ts';
import type { Database, Sql } from '../../src/store/database.ts';

/** A test looks at all schools at once, and puts into their tables what it needs. */
export function everywhere(world: Database | Pick<Context, 'db'>): Sql {
  return ('db' in world ? world.db : world).across('figures');
}

/** What only the tables' owner may do: a fault that is built into the schema. */
export async function asOwner({ config }: Pick<Context, 'config'>, statement: string): Promise<void> {
  const owner = new Client({ connectionString: config.database.url! });
  // Another such statement may cut this connection. The statement under way fails with it.
  owner.on('error', () => undefined);
  await owner.connect();
  try {
    await owner.query(statement);
  } finally {
    await owner.end();
  }
}
