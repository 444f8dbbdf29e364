import { Migration } from '@mikro-orm/migrations';

/** The few chats that need somebody, counted in the navigation of every page of an administrator. */
const attention = `
create index chat_needs_somebody on chat (school_id)
  where deleted_at is null and (condition = 'failing' or warning is not null);
`;

export class AttentionIndex extends Migration {
  override up(): void {
    this.addSql(attention);
  }
}
