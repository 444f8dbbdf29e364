import { Migration } from '@mikro-orm/migrations';

/** A look may show people in a chat before any plan has judged them (src/rows/sferum-member.ts). */
export class Unjudged extends Migration {
  override up(): void {
    this.addSql('alter table sferum_member add column unjudged boolean not null default false');
  }
}
