import { Migration } from '@mikro-orm/migrations';

/**
 * How ready each school is for a day (K4). A row is made when the day is asked about, and counted in the background;
 * counted_at null: not yet.
 */
export class SchoolReadiness extends Migration {
  override up(): void {
    this.addSql(`
      create table school_readiness (
        school_id text not null references school (id),
        day date not null,
        state text,
        figures jsonb,
        revision bigint,
        counted_at timestamptz,
        primary key (school_id, day)
      )`);
  }
}
