import { Migration } from '@mikro-orm/migrations';

/** What each process tells of itself with its sign of life: how it asks Sferum (src/recent-calls.ts). */
export class ProcessFigures extends Migration {
  override up(): void {
    this.addSql(`alter table process add column figures jsonb not null default '{}',
      add column started_at timestamptz not null default now()`);
  }
}
