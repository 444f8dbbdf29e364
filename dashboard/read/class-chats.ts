import { sql } from 'kysely';
import type { ChatType } from '../../src/desired/model.ts';
import type { Sql } from '../../src/store/database.ts';
import { maySeeChat, type Viewer } from '../../src/store/queries/viewer.ts';

export interface ClassChat {
  classId: string;
  id: string;
  type: ChatType;
}

/** Gives the chats of pupils and of parents of these classes that the viewer may see. */
export async function chatsOfClasses(
  db: Sql,
  viewer: Viewer,
  classIds: readonly string[],
): Promise<ClassChat[]> {
  const { rows } = await sql<ClassChat>`
    select c.class_id as "classId", c.id, c.type from chat c
    where c.school_id = ${viewer.schoolId} and c.deleted_at is null and c.key is not null
      and c.type in ('class', 'parents') and c.class_id = any(${[...classIds]}::text[]) and ${maySeeChat(viewer)}
    order by c.type`.execute(db);
  return rows;
}
