import { type RawBuilder, sql } from 'kysely';
import type { Names } from '../../plan/describe.ts';
import type { Sql } from '../database.ts';
import { shownName } from './person-columns.ts';

export interface NameIds {
  people: Iterable<string>;
  classes: Iterable<string>;
  groups: Iterable<string>;
  orders: Iterable<string>;
}

/**
 * What ids of one school are called – also of those who have left; an id nobody bears is called by itself. Read
 * when something is shown, never stored beside it (rule 11). One statement a kind.
 */
export async function findNames(db: Sql, schoolId: string, ids: NameIds): Promise<Names> {
  const person = await byId<Named>(
    db,
    ids.people,
    (wanted) => sql`select p.id, ${shownName} as name
    from person p where p.school_id = ${schoolId} and p.id = ${wanted}`,
  );
  const schoolClass = await byId<Named>(
    db,
    ids.classes,
    (wanted) => sql`select id, title as name
    from class where school_id = ${schoolId} and id = ${wanted}`,
  );
  const group = await byId<Named>(
    db,
    ids.groups,
    (wanted) => sql`select id, title as name
    from subject_group where school_id = ${schoolId} and id = ${wanted}`,
  );
  const order = await byId<Order>(
    db,
    ids.orders,
    (wanted) => sql`select id, number, issued_on as "issuedOn"
    from roster_order where school_id = ${schoolId} and id = ${wanted}`,
  );
  return {
    person: (id) => person.get(id)?.name || id,
    schoolClass: (id) => schoolClass.get(id)?.name || id,
    group: (id) => group.get(id)?.name || id,
    order: (id) => order.get(id),
  };
}

interface Named {
  id: string;
  name: string;
}

interface Order {
  id: string;
  number: string | null;
  issuedOn: string | null;
}

/** Nothing is asked where nothing is wanted. */
async function byId<Row extends { id: string }>(
  db: Sql,
  ids: Iterable<string>,
  select: (wanted: RawBuilder<unknown>) => RawBuilder<unknown>,
): Promise<Map<string, Row>> {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return new Map();
  const { rows } = await select(sql`any(${wanted}::text[])`).execute(db);
  return new Map((rows as Row[]).map((row) => [row.id, row]));
}
