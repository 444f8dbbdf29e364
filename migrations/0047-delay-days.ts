import { Migration } from '@mikro-orm/migrations';

/**
 * How long orders took (J9), by day: after a day its delays are counted into one row, so that a figure of many days
 * reads a row a day. `counts` has the number of delays by their bucket (src/store/queries/delay-figures.ts).
 */
export class DelayDays extends Migration {
  override up(): void {
    this.addSql(`
      create table delay_day (
        school_id text not null references school (id),
        day date not null,
        counts jsonb not null,
        most_ms double precision not null,
        primary key (school_id, day)
      )`);
  }
}
