import { Migration } from '@mikro-orm/migrations';

/**
 * Since when an enrollment has been stated, or absent, without a break. By that it is known what a cancelled order had
 * brought or taken (src/desired/orders.ts, rule 6). A trigger keeps it, because imports, whole lists and events all
 * write here. Null: since the only statement there is.
 */
export class EnrollmentRuns extends Migration {
  override up(): void {
    this.addSql(`
      alter table enrollment add column stated_from_at timestamptz, add column gone_from_at timestamptz;

      create function keep_enrollment_runs() returns trigger language plpgsql as $$
      begin
        if new.stated_at is distinct from old.stated_at then
          new.stated_from_at := case when old.present then coalesce(old.stated_from_at, old.stated_at) else new.stated_at end;
        end if;
        if new.gone_at is distinct from old.gone_at then
          new.gone_from_at := case when old.present or old.gone_at is null then new.gone_at
            else coalesce(old.gone_from_at, old.gone_at) end;
        end if;
        return new;
      end $$;

      create trigger enrollment_runs before update of stated_at, gone_at on enrollment
        for each row execute function keep_enrollment_runs();
    `);
  }
}
