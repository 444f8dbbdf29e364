import { Migration } from '@mikro-orm/migrations';

/** The class whose chats go on with this one (K4), and the statement that says so. */
export class Continues extends Migration {
  override up(): void {
    this.addSql(`
      alter table class add column continues text, add column continues_at timestamptz, add column continues_by text;
      create index class_continuing on class (school_id, continues) where continues is not null`);
  }
}
