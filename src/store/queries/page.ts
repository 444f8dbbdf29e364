import { type RawBuilder, sql } from 'kysely';

/** Pages are counted from 1. */
export interface Page {
  page: number;
  perPage: number;
}

export interface Listed<Item> {
  items: Item[];
  total: number;
}

/** The end of a statement that reads one page. Pages count from 1. */
export function limitTo({ page, perPage }: Page): RawBuilder<unknown> {
  return sql`limit ${perPage} offset ${(page - 1) * perPage}`;
}

/**
 * Turns the rows of `(select count(*) as total from found) left join page on true` into a list. The total comes with
 * every row, and alone (`id` null) where the page is empty.
 */
export function listed<Row extends { total: number; id: string | null }, Item>(
  rows: readonly Row[],
  item: (row: Row & { id: string }) => Item,
): Listed<Item> {
  const present = rows.filter((row): row is Row & { id: string } => row.id !== null);
  return { items: present.map(item), total: rows[0]?.total ?? 0 };
}
