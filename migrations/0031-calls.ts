import { Migration } from '@mikro-orm/migrations';

export class Calls extends Migration {
  override up(): void {
    this.addSql(`
      -- When Sferum last refused this token the right to start calls; null: it has not, or has let it since.
      alter table sferum_account add column calls_refused_at timestamptz;

      -- Of which group and start of its lesson the call is; null: made by an earlier version, and taken for the lesson's.
      alter table meeting_call add column subject_group_id text, add column lesson_starts_at timestamptz,
        -- How often its end was asked for in vain, when last, and whether the school was told.
        add column end_tries int not null default 0, add column end_tried_at timestamptz,
        add column end_refused boolean not null default false`);
  }
}
