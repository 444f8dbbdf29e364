import { Migration } from '@mikro-orm/migrations';

/** People are picked by name and role out of this index alone. The rows of all people of a school are four times as big. */
export class PeopleByName extends Migration {
  override up(): void {
    this.addSql(`
      drop index person_by_name;
      create index person_by_name on person (school_id, name_key collate "C", id) include (roles) where present`);
  }
}
