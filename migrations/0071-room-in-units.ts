import { Migration } from '@mikro-orm/migrations';

/**
 * The same room in the tables of classes and groups as migration 0037 leaves in those of people and places: the new
 * stamp of a row that a list repeats stays on its page, and no index is written.
 */
export class RoomInUnits extends Migration {
  override up(): void {
    this.addSql(`
      alter table class set (fillfactor = 45);
      alter table subject_group set (fillfactor = 45)`);
  }
}
