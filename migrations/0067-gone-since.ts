import { Migration } from '@mikro-orm/migrations';

const TABLES = ['person', 'guardian', 'class', 'subject_group'];

/**
 * Since when a person, a tie, a class or a group has been gone without a break. Each list that lacks a row says anew
 * that it is gone, so `gone_at` moves with every night, and no term counted from it would ever be over (K6). Null:
 * since the only statement there is. An enrollment has the same since migration 0006.
 */
export class GoneSince extends Migration {
  override up(): void {
    this.addSql(`
      create function keep_gone_run() returns trigger language plpgsql as $$
      begin
        new.gone_from_at := case when coalesce(old.present, false) or old.gone_at is null then new.gone_at
          else coalesce(old.gone_from_at, old.gone_at) end;
        return new;
      end $$;
    `);
    for (const table of TABLES) {
      this.addSql(`
        alter table ${table} add column gone_from_at timestamptz;
        create trigger gone_run before update of gone_at on ${table} for each row
          when (new.gone_at is distinct from old.gone_at) execute function keep_gone_run();
      `);
    }
  }
}
