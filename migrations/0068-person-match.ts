import { Migration } from '@mikro-orm/migrations';

/**
 * People whom a list may name under new ids, and what was decided (K4). A pair that was found to be one person is kept:
 * the old id stands in the journal and may still come in a late event.
 */
export class PersonMatch extends Migration {
  override up(): void {
    this.addSql(`
      create table person_match (
        school_id text not null references school(id),
        old_id text not null,
        new_id text not null,
        evidence text[] not null,
        doubt text check (doubt in ('namesake', 'profile')),
        state text not null default 'open' check (state in ('open', 'same', 'other')),
        operation_id uuid not null,
        proposed_at timestamptz not null,
        decided_at timestamptz,
        primary key (school_id, old_id, new_id)
      );
      create unique index person_match_same on person_match (school_id, old_id) where state = 'same';
      create index person_match_former on person_match (school_id, new_id) where state = 'same';
    `);
  }
}
