import { Migration } from '@mikro-orm/migrations';

/** Classes that new ones may continue, and what was decided (K4). A new class has one proposal. */
export class ClassMatch extends Migration {
  override up(): void {
    this.addSql(`
      create table class_match (
        school_id text not null references school(id),
        new_id text not null,
        old_id text not null,
        common integer not null,
        old_pupils integer not null,
        new_pupils integer not null,
        state text not null default 'open' check (state in ('open', 'continued', 'other')),
        proposed_at timestamptz not null,
        decided_at timestamptz,
        primary key (school_id, new_id)
      )`);
  }
}
