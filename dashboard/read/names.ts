import { type RawBuilder, sql } from 'kysely';
import type { Names } from '../../src/plan/describe.ts';
import type { Sql } from '../../src/store/database.ts';
import { formerIds } from '../../src/store/queries/former-ids.ts';
import { shownName } from '../../src/store/queries/person-columns.ts';
import { maySeePerson, type Viewer } from '../../src/store/queries/viewer.ts';

export interface NameIds {
  people: Iterable<string>;
  classes: Iterable<string>;
  groups: Iterable<string>;
  orders: Iterable<string>;
}

/** Who reads the names: a person who sees the whole school, or a teacher, who sees a circle. */
export type NameReader = ({ sees: 'school'; schoolId: string } | Extract<Viewer, { sees: 'circle' }>) & {
  /** Chats that the reader was found to see. Their people are seen too. */
  chatIds?: readonly string[];
  /** A person whom the reader was found to see. */
  personId?: string;
};

export interface SeenNames extends Names {
  /** False: this reader may not know whether there is such a person. */
  sees(personId: string): boolean;
  /** The people whom it can name. An answer that uses it has shown them (K8). */
  people: readonly string[];
}

/** A teacher reads the same of a person outside the circle and of a person who does not exist. */
const UNSEEN = 'имя не показано';

/**
 * Gives the names for ids of one school, also of those who have left. An id without a name stands for itself. A person
 * is named only to those who may see the person (contract, «Who sees whom»). Names are read when something is shown,
 * and never stored beside it (rule 11). It takes one statement for each kind.
 */
export async function findNames(db: Sql, reader: NameReader, ids: NameIds): Promise<SeenNames> {
  const { schoolId } = reader;
  const person = await byId<Named>(
    db,
    ids.people,
    (wanted) => sql`select p.id, ${shownName} as name
    from person p where p.school_id = ${schoolId} and p.id = ${wanted} and ${mayName(reader)}
    union all select f.old_id, ${shownName}
    from ${formerIds(schoolId)} f join person p on p.school_id = ${schoolId} and p.id = f.new_id
    where f.old_id = ${wanted} and ${mayName(reader)}`,
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
    person: (id) => person.get(id)?.name || (reader.sees === 'school' ? id : UNSEEN),
    sees: (id) => reader.sees === 'school' || person.has(id),
    schoolClass: (id) => schoolClass.get(id)?.name || id,
    group: (id) => group.get(id)?.name || id,
    order: (id) => order.get(id),
    people: [...person.keys()],
  };
}

function mayName(reader: NameReader): RawBuilder<unknown> {
  if (reader.sees === 'school') return sql`true`;
  const { chatIds = [], personId = null } = reader;
  return sql`(p.id = ${personId} or ${maySeePerson(reader)}
    or exists (select from membership m where m.chat_id = any(${[...chatIds]}::uuid[]) and m.person_id = p.id))`;
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

/** Asks nothing where no names are wanted. */
async function byId<Row extends { id: string }>(
  db: Sql,
  ids: Iterable<string>,
  select: (wanted: RawBuilder<unknown>) => RawBuilder<unknown>,
): Promise<Map<string, Row>> {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return new Map();
  const { rows } = await select(sql`any(${wanted}::text[])`).execute(db);
  // `select` chooses the columns of a Row.
  return new Map((rows as Row[]).map((row) => [row.id, row]));
}
