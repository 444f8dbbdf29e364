import type { Sql } from '../store/database.ts';
import { titleKey } from '../text/title-key.ts';

/** Finds another chat of the school whose name reads the same (case, ё, look-alike letters) (E3). */
export async function sameTitled(
  tx: Sql,
  schoolId: string,
  title: string,
  exceptId: string | null,
): Promise<string | null> {
  const chat = await tx
    .selectFrom('chat')
    .select('id')
    .where('school_id', '=', schoolId)
    .where('title_key', '=', titleKey(title))
    .where('deleting_since', 'is', null)
    .where('deleted_at', 'is', null)
    .where('id', 'is distinct from', exceptId)
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
  return chat?.id ?? null;
}
