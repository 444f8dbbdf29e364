/** People's new ids in SQL, for the statements of src/rows and matching/rename-people.ts that put them in (K4). */
import { type RawBuilder, sql } from 'kysely';

/** A person's id and the one that takes its place. */
export interface Renaming {
  oldId: string;
  newId: string;
}

export interface NewIds {
  /** True where the expression is an id that is replaced. */
  has(id: RawBuilder<unknown>): RawBuilder<boolean>;
  /** The id that takes the place of the expression's. Where none does, the expression's own. */
  of(id: RawBuilder<unknown>): RawBuilder<string>;
  /** A list of ids with the new ones in the old ones' places. */
  inList(ids: RawBuilder<unknown>): RawBuilder<string[]>;
  /** True where a list names one that is replaced. */
  named(ids: RawBuilder<unknown>): RawBuilder<boolean>;
  /** A list of objects with the new ids in this field. */
  inObjects(list: RawBuilder<unknown>, field: string): RawBuilder<unknown>;
  /** True where an object of a list has one that is replaced in this field. */
  inField(list: RawBuilder<unknown>, field: string): RawBuilder<boolean>;
}

/** Makes them of the pairs. These travel as one JSON object, so that each row costs one look-up. */
export function newIdsOf(pairs: readonly Renaming[]): NewIds {
  const ids = sql`${JSON.stringify(Object.fromEntries(pairs.map(({ oldId, newId }) => [oldId, newId])))}::jsonb`;
  const of = (id: RawBuilder<unknown>) => sql<string>`coalesce(${ids} ->> (${id}), ${id})`;
  const has = (id: RawBuilder<unknown>) => sql<boolean>`coalesce(${ids} ? (${id}), false)`;
  const elements = (list: RawBuilder<unknown>) =>
    sql`jsonb_array_elements(case when jsonb_typeof(${list}) = 'array' then ${list} else '[]' end)`;
  return {
    of,
    has,
    inList: (list) =>
      sql`array(select ${of(sql`x`)} from unnest(${list}) with ordinality u(x, n) order by n)`,
    named: (list) => sql`exists (select from unnest(${list}) u(x) where ${has(sql`x`)})`,
    inObjects: (list, field) => {
      const own = sql`o->>${sql.lit(field)}`;
      return sql`(select coalesce(jsonb_agg(case when ${has(sql`(${own})`)}
        then o || jsonb_build_object(${sql.lit(field)}::text, ${ids}->(${own})) else o end order by n), '[]')
        from ${elements(list)} with ordinality e(o, n))`;
    },
    inField: (list, field) =>
      sql`exists (select from ${elements(list)} e(o) where ${has(sql`(o->>${sql.lit(field)})`)})`,
  };
}
