import { Migration } from '@mikro-orm/migrations';

/**
 * A school's open operations are found by the school, and whether an operation has a chat left by the chats that are
 * left. So the end of one operation looks at no other school, and the end of one chat at none that is done.
 */
export class OperationsDue extends Migration {
  override up(): void {
    this.addSql(`
      drop index operation_open;
      create index operation_open on operation (school_id) where state in ('queued', 'running', 'held');
      create index operation_chat_followed on operation_chat (operation_id) where generation is not null and done_at is null`);
  }
}
