import { sql } from 'kysely';
import type { Sql } from '../store/database.ts';
import { titleKey } from '../text/title-key.ts';

/** Finds another chat of the school whose name reads the same (case, ё, look-alike letters) (E3). */
export async function sameTitled(
  tx: Sql,
  schoolId: string,
  title: string,
  exceptId: string | null,
): Promise<string | null> {
  const { rows } = await sql<{ id: string }>`
    select id from chat where school_id = ${schoolId} and title_key = ${titleKey(title)}
      and deleting_since is null and deleted_at is null and id is distinct from ${exceptId}::uuid
    order by id limit 1`.execute(tx);
  return rows[0]?.id ?? null;
}
