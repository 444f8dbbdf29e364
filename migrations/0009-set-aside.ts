import { Migration } from '@mikro-orm/migrations';

/**
 * A chat that is set aside is taken up again after a while, longer each time. The column counts how often in a row that
 * was. Only its status says that a replaced account waits for confirmation.
 */
const setAside = `
alter table chat add column set_aside_times integer not null default 0;
alter table sferum_account drop column creations_confirmed;
`;

export class SetAside extends Migration {
  override up(): void {
    this.addSql(setAside);
  }
}
