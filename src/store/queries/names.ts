import { sql } from 'kysely';
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
  const wanted = (some: Iterable<string>) => sql`any(${[...new Set(some)]}::text[])`;
  const people = await sql<{ id: string; name: string }>`select p.id, ${shownName} as name
    from person p where p.school_id = ${schoolId} and p.id = ${wanted(ids.people)}`.execute(db);
  const classes = await sql<{ id: string; name: string }>`select id, title as name
    from class where school_id = ${schoolId} and id = ${wanted(ids.classes)}`.execute(db);
  const groups = await sql<{ id: string; name: string }>`select id, title as name
    from subject_group where school_id = ${schoolId} and id = ${wanted(ids.groups)}`.execute(db);
  const orders = await sql<{ id: string; number: string | null; issuedOn: string | null }>`
    select id, number, issued_on as "issuedOn"
    from roster_order where school_id = ${schoolId} and id = ${wanted(ids.orders)}`.execute(db);
  const person = new Map(people.rows.map((r) => [r.id, r.name]));
  const schoolClass = new Map(classes.rows.map((r) => [r.id, r.name]));
  const group = new Map(groups.rows.map((r) => [r.id, r.name]));
  const order = new Map(orders.rows.map((r) => [r.id, { number: r.number, issuedOn: r.issuedOn }]));
  return {
    person: (id) => person.get(id) || id,
    schoolClass: (id) => schoolClass.get(id) || id,
    group: (id) => group.get(id) || id,
    order: (id) => order.get(id),
  };
}
