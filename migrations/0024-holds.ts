import { Migration } from '@mikro-orm/migrations';

/** Whose removal waits, and in which operation's question: few rows of two large tables. */
export class Holds extends Migration {
  override up(): void {
    this.addSql(`
      create index membership_held on membership (held_by) where held_by is not null;
      create index sferum_member_held on sferum_member (held_by) where held_by is not null`);
  }
}
