import { Migration } from '@mikro-orm/migrations';

/** Requests that may come twice, and what the first one was answered (dashboard/idempotency.ts). */
export class FirstAnswers extends Migration {
  override up(): void {
    this.addSql(`
      create table first_answer (
        digest text primary key,
        fingerprint text not null,
        began_at timestamptz not null,
        expires_at timestamptz not null,
        answer_sealed text
      );
      create index first_answer_by_end on first_answer (expires_at)`);
  }
}
