import { sql } from 'kysely';
import { chatKey } from '../desired/model.ts';
import type { Sql } from '../store/database.ts';

/** Classes that continue one another (K4), and the keys that their chats and those of their groups may have. */
export interface Kin {
  classIds: ReadonlySet<string>;
  keys: readonly string[];
}

/**
 * Gives the classes that the classes of these chats continue, or that continue them, in any number of steps. Which of
 * them has the chats is decided for all of them together. With `groups` it looks also where no chat of a group is asked
 * for. Empty where no class of the chats continues another.
 */
export async function kinOf(
  db: Sql,
  schoolId: string,
  { ids, keys, groups }: { ids: readonly string[]; keys: readonly string[]; groups?: boolean },
): Promise<Kin> {
  const unit = sql`substr(key, position(':' in key) + 1)`;
  const { rows } = await sql<{ id: string; groups: string[] }>`
    with recursive asked as materialized (
      select key from chat where school_id = ${schoolId} and id = any(${[...ids]}::uuid[]) and key is not null
      union select unnest(${[...keys]}::text[])
    ), own as (
      select ${unit} as id from asked where key like 'class:%' or key like 'parents:%'
      union select g.class_id from asked join subject_group g on g.school_id = ${schoolId} and g.id = ${unit}
        where key like 'subject:%' and g.class_id is not null
    ), edge as materialized (
      select id, continues from class where school_id = ${schoolId} and continues is not null
      union all select new_id, old_id from class_match where school_id = ${schoolId} and state = 'open'
    ), kin as (
      select id from own where exists (select from edge)
      union select case when e.id = k.id then e.continues else e.id end
        from kin k join edge e on e.id = k.id or e.continues = k.id
    )
    select id, array(select g.id from subject_group g where g.school_id = ${schoolId} and g.class_id = kin.id
        and (${groups ?? false} or exists (select from asked where key like 'subject:%'))) as groups
    from kin where exists (select from edge e where e.id = kin.id or e.continues = kin.id)`.execute(db);
  return {
    classIds: new Set(rows.map(({ id }) => id)),
    keys: rows.flatMap(({ id, groups }) => [
      chatKey('class', id),
      chatKey('parents', id),
      ...groups.map((group) => chatKey('subject', group)),
    ]),
  };
}
