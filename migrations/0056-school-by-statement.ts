import { Migration } from '@mikro-orm/migrations';

/** A list brings tens of thousands of rows of these tables in statements of thousands. */
const LISTED = ['person', 'enrollment', 'guardian'];

/**
 * Asks once a statement, not once a row, whether the school of new rows exists. A foreign key to it was a quarter of
 * the cost of an insert. No row ever changes its school, and a school that has classes or chats cannot be deleted.
 */
export class SchoolByStatement extends Migration {
  override up(): void {
    this.addSql(`
      create function school_is_known() returns trigger language plpgsql as $$
      begin
        if exists (select from (select distinct school_id from stated) s
            where not exists (select from school where id = s.school_id)) then
          raise foreign_key_violation using message = format('a row of %s names no known school', tg_table_name);
        end if;
        return null;
      end $$`);
    for (const table of LISTED) {
      this.addSql(`
        alter table ${table} drop constraint ${table}_school_id_fkey;
        create trigger ${table}_school after insert on ${table} referencing new table as stated
          for each statement execute function school_is_known()`);
    }
  }
}
