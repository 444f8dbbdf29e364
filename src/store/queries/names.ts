import { sql } from 'kysely';
import type { Sql } from '../database.ts';
import { shownName } from './person-columns.ts';

/** What ids of one school are called: read when something is shown, never stored beside it (rule 11). */
export interface Names {
  people: ReadonlyMap<string, string>;
  classes: ReadonlyMap<string, string>;
  groups: ReadonlyMap<string, string>;
  orders: ReadonlyMap<string, { number: string | null; date: string | null }>;
}

export interface NameIds {
  people: Iterable<string>;
  classes: Iterable<string>;
  groups: Iterable<string>;
  orders: Iterable<string>;
}

/** One statement a kind; ids that nobody bears are missing from the maps. Also names those who have left. */
export async function findNames(db: Sql, schoolId: string, ids: NameIds): Promise<Names> {
  const wanted = (some: Iterable<string>) => sql`any(${[...new Set(some)]}::text[])`;
  const people = await sql<{ id: string; name: string }>`select p.id, ${shownName} as name
    from person p where p.school_id = ${schoolId} and p.id = ${wanted(ids.people)}`.execute(db);
  const classes = await sql<{ id: string; name: string }>`select id, title as name
    from class where school_id = ${schoolId} and id = ${wanted(ids.classes)}`.execute(db);
  const groups = await sql<{ id: string; name: string }>`select id, title as name
    from subject_group where school_id = ${schoolId} and id = ${wanted(ids.groups)}`.execute(db);
  const orders = await sql<{ id: string; number: string | null; date: string | null }>`
    select id, number, issued_on as date
    from roster_order where school_id = ${schoolId} and id = ${wanted(ids.orders)}`.execute(db);
  return {
    people: new Map(people.rows.map((r) => [r.id, r.name])),
    classes: new Map(classes.rows.map((r) => [r.id, r.name])),
    groups: new Map(groups.rows.map((r) => [r.id, r.name])),
    orders: new Map(orders.rows.map((r) => [r.id, { number: r.number, date: r.date }])),
  };
}
