/**
 * Statements about rows that are there. The wall between schools hides them from the tables' owner too, who runs
 * migrations: it is opened to him alone, within the migration's transaction. The application stays behind it.
 */
export function pastWall(tables: readonly string[], statements: string): string {
  const each = (force: string) =>
    tables.map((table) => `alter table ${table} ${force} row level security;`).join(' ');
  return `${each('no force')} ${statements}; ${each('force')}`;
}
