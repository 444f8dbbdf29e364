import { Migration } from '@mikro-orm/migrations';

/**
 * Who is told what waits for a person (K2).
 *   told_reason    what is open now: a school (null: the service itself), a kind and a reason
 *   webhook        a receiver of a school, or of all schools (null)
 *   told_choice    how a person wants to be told; an operator of all schools has no school
 *   told_delivery  the outbox of messages, and what came of them; next_at null: nothing more is done
 */
export class Told extends Migration {
  override up(): void {
    this.addSql(`
      create table told_reason (
        id bigint generated always as identity primary key,
        school_id text references school (id),
        kind text not null,
        reason text not null,
        since timestamptz not null,
        items int not null,
        chat_ids uuid[] not null default '{}',
        operation_id uuid,
        seen_at timestamptz not null,
        told_at timestamptz,
        gone_at timestamptz
      );
      create unique index told_reason_once on told_reason ((coalesce(school_id, '')), kind, reason);

      create table webhook (
        id uuid primary key,
        school_id text references school (id),
        url text not null,
        kinds text[] not null,
        secret_sealed text not null,
        former_secret_sealed text,
        former_until timestamptz,
        created_at timestamptz not null,
        ended_at timestamptz
      );
      create index webhook_by_school on webhook (school_id);

      create table told_choice (
        id bigint generated always as identity primary key,
        school_id text references school (id),
        subject text not null,
        role text not null,
        email text,
        kinds text[] not null,
        daily boolean not null,
        summed_on date
      );
      create unique index told_choice_once on told_choice ((coalesce(school_id, '')), subject, (role = 'operator'));

      create table told_delivery (
        id uuid primary key,
        school_id text references school (id),
        webhook_id uuid references webhook (id) on delete cascade,
        choice_id bigint references told_choice (id) on delete cascade,
        type text not null,
        body text not null,
        created_at timestamptz not null,
        attempts int not null default 0,
        next_at timestamptz,
        state text not null default 'waiting' check (state in ('waiting', 'delivered', 'failed')),
        answer text,
        tried_at timestamptz,
        check ((webhook_id is null) <> (choice_id is null))
      );
      create index told_delivery_next on told_delivery (next_at) where next_at is not null;
      create index told_delivery_of_webhook on told_delivery (webhook_id, next_at) where next_at is not null;
      create index told_delivery_of_choice on told_delivery (choice_id, next_at);
      create index told_delivery_log on told_delivery (webhook_id, created_at desc, id);

      create index journal_breaches on journal (at) where what = 'invariant'`);
  }
}
