import { sql } from 'kysely';
import type { Context } from '../../src/context.ts';
import { everywhere } from './everywhere.ts';

/** What looks, quiet times and late effects of creations wait for has passed. */
export async function letTimePass(ctx: Context): Promise<void> {
  await sql`update chat set not_before = null, creation_at = creation_at - interval '10 minutes',
    given_up = (select coalesce(jsonb_agg(g || jsonb_build_object('at', (g->>'at')::timestamptz - interval '10 minutes')), '[]')
      from jsonb_array_elements(given_up) g)`.execute(everywhere(ctx));
}
