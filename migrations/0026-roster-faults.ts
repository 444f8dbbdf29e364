import { Migration } from '@mikro-orm/migrations';

/**
 * Every row of a list that was refused or lost a field can be fetched by page, and not only the first ones. It names
 * nobody.
 */
const faults = `
create table roster_fault (
  operation_id uuid not null references operation on delete cascade,
  list text not null check (list in ('rejected', 'lost', 'links')),
  chunk int not null,
  rows jsonb not null,
  primary key (operation_id, list, chunk)
);
`;

export class RosterFaults extends Migration {
  override up(): void {
    this.addSql(faults);
  }
}
