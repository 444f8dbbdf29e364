import { Migration } from '@mikro-orm/migrations';

/** The trace that a row's work goes on with (W3C traceparent), so that every job of it, given out again too, keeps it. */
export class Traces extends Migration {
  override up(): void {
    for (const table of ['chat', 'operation', 'meeting']) {
      this.addSql(`alter table ${table} add column traceparent text`);
    }
  }
}
