import { Migration } from '@mikro-orm/migrations';

/** A school's own windows in which lists move nobody (K3). The region's stand in `setting`, under «pauses». */
export class Pauses extends Migration {
  override up(): void {
    this.addSql(`alter table school add column pauses jsonb not null default '[]'`);
  }
}
