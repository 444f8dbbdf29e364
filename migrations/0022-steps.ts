import { Migration } from '@mikro-orm/migrations';

/**
 * D14: one step that fails keeps no other. Since when an admin who must go waits for his successor; whether the
 * owning account alone administers the chat; whether the invite link is to be made anew since somebody was taken out.
 */
const steps = `
alter table chat add column handover_since timestamptz;
alter table chat add column lacks_admin boolean not null default false;
alter table chat add column link_due boolean not null default false;
`;

export class Steps extends Migration {
  override up(): void {
    this.addSql(steps);
  }
}
