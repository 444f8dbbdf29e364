import { Migration } from '@mikro-orm/migrations';

/** A school's chats as «Управление чатами» lists and counts them: a page is read from here, the others' rows are not. */
const order = `
create index chat_in_order on chat (school_id, title_key collate "C", id) include (type) where deleted_at is null;
`;

export class ChatOrder extends Migration {
  override up(): void {
    this.addSql(order);
  }
}
