import { Migration } from '@mikro-orm/migrations';

/**
 * «Обзор»: how many people of each class are linked, counted with the school, and chats whose admin Sferum lacks are
 * found by the index that finds the others that need somebody.
 */
export class ByClass extends Migration {
  override up(): void {
    this.addSql(`
      alter table school_figures add column by_class jsonb;
      drop index chat_needs_somebody;
      create index chat_needs_somebody on chat (school_id)
        where deleted_at is null and (condition = 'failing' or warning is not null or lacks_admin)`);
  }
}
