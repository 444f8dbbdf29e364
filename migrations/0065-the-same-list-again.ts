import { Migration } from '@mikro-orm/migrations';

/**
 * A list that says the same as the newest whole one is known by its digest, and only moves the stamps of its rows
 * (src/roster/same-list.ts). `roster_by` and `roster_taken_at` are the stamp that those rows bear.
 *
 * A row of an enrollment that is stated once more has nothing to keep where it is stated since an earlier time: what
 * the trigger would set is there already. Most rows of a list are such rows, so the function is not called for them.
 */
export class TheSameListAgain extends Migration {
  override up(): void {
    this.addSql(`
      alter table school add column roster_by text, add column roster_digest text;

      drop trigger enrollment_runs on enrollment;
      create trigger enrollment_runs before update of stated_at, gone_at on enrollment for each row
        when (not (old.present and new.stated_from_at is not null and new.gone_at is not distinct from old.gone_at))
        execute function keep_enrollment_runs();
    `);
  }
}
