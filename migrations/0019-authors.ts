import { Migration } from '@mikro-orm/migrations';

/** Every line of the journal says whose act it is: one that does not is refused, `unknown` is for those from before. */
export class Authors extends Migration {
  override up(): void {
    this.addSql(`
      alter table journal alter column author_kind drop default;
      do $$
      declare
        one record;
      begin
        -- A partition has the default that the table had when it was made.
        for one in select inhrelid::regclass as part from pg_inherits where inhparent = 'public.journal'::regclass loop
          execute format('alter table %s alter column author_kind drop default', one.part);
        end loop;
      end $$;
      alter table journal add check (author_kind in ('system', 'unknown') or author_id is not null)`);
  }
}
