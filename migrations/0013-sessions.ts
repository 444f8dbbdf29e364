import { Migration } from '@mikro-orm/migrations';

/** Sessions that end by themselves when nobody uses them, and that their person sees and ends. */
const sessions = `
alter table console_session add column id uuid not null default gen_random_uuid(),
  -- Moves at most once a minute; what a page does by itself is no use.
  add column used_at timestamptz not null default now(),
  add column browser text,
  -- How an operator showed СГО who he is (RFC 9470, RFC 8176).
  add column acr text, add column amr text[];
create unique index console_session_by_id on console_session (id);
create index console_session_by_subject on console_session (school_id, subject);

-- A token that СГО's link has brought is no Bearer any more, whether it opened a session or not.
alter table used_token add column opened boolean not null default true;

alter table school add column session_idle_minutes int check (session_idle_minutes between 5 and 480);
`;

export class Sessions extends Migration {
  override up(): void {
    this.addSql(sessions);
  }
}
