import { Migration } from '@mikro-orm/migrations';

/** Who last stated a person's sex and birth date, because a statement of the person may leave them out. */
const parts = `
alter table person add column sex_at timestamptz, add column sex_by text,
  add column birth_date_at timestamptz, add column birth_date_by text;
update person set sex_at = stated_at, sex_by = stated_by where sex is not null;
update person set birth_date_at = stated_at, birth_date_by = stated_by where birth_date is not null;
`;

export class PersonParts extends Migration {
  override up(): void {
    this.addSql(parts);
  }
}
