import { Migration } from '@mikro-orm/migrations';

/**
 * An import of several schools has an operation for each of them under a parent that belongs to no school. What a file
 * says is kept by school as it was read, until it is applied; the file itself goes as soon as that is done.
 */
const bySchool = `
-- A school's first import has its operation before the school is there.
alter table operation drop constraint operation_school_id_fkey;
alter table operation add column parent_id uuid references operation on delete cascade;
create index operation_by_parent on operation (parent_id) where parent_id is not null;

-- Columns of the files that the product does not use never come here (src/roster/staged.ts).
create table staged_roster (
  operation_id uuid not null references operation on delete cascade,
  school_id text not null,
  kind text not null check (kind in ('school', 'people', 'units', 'pupils', 'teachers', 'guardians', 'unclear', 'rejected')),
  chunk int not null,
  rows jsonb not null,
  primary key (operation_id, kind, chunk)
);
`;

export class RosterBySchool extends Migration {
  override up(): void {
    this.addSql(bySchool);
  }
}
