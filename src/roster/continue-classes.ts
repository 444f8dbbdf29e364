import { sql } from 'kysely';
import type { Sql } from '../store/database.ts';

/**
 * States, by a person's decision, which classes go on with the chats of which (K4). A later statement of СГО about the
 * same class outweighs it.
 */
export async function continueClasses(
  tx: Sql,
  schoolId: string,
  pairs: readonly { newId: string; oldId: string }[],
  { at, by }: { at: Date; by: string },
): Promise<void> {
  await sql`update class c set continues = r."oldId", continues_at = ${at}, continues_by = ${by}
    from jsonb_to_recordset(${JSON.stringify(pairs)}::jsonb) as r("newId" text, "oldId" text)
    where c.school_id = ${schoolId} and c.id = r."newId"`.execute(tx);
}
