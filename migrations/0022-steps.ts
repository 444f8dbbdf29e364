import { Migration } from '@mikro-orm/migrations';

/**
 * D14: one step that fails keeps no other from being made. The columns say since when an admin who must go waits for a
 * successor, whether the owning account alone administers the chat, and whether the invite link must be made anew
 * because somebody was taken out.
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
