import { Migration } from '@mikro-orm/migrations';

/**
 * Sessions are rows, not sealed cookies: signing out ends one for good, wherever its cookie went, and a link to
 * VK ID that is under way has a place that only its person reaches. Both keep digests: who reads the tables can
 * neither enter nor finish somebody's linking.
 */
const console = `
create table console_session (
  -- SHA-256 of the cookie's value.
  digest bytea primary key,
  -- As in the token: '*' is an operator's; he then works in chosen_school_id.
  school_id text not null,
  subject text not null,
  role text not null,
  chosen_school_id text references school,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index console_session_by_end on console_session (expires_at);

-- A2: between leaving for VK ID and coming back; used once.
create table profile_linking (
  -- SHA-256 of the state.
  digest bytea primary key,
  school_id text not null references school,
  person_id text not null,
  -- PKCE's secret, under SECRETS_KEY.
  verifier_sealed text not null,
  expires_at timestamptz not null
);
create index profile_linking_by_end on profile_linking (expires_at);
create index used_token_by_end on used_token (expires_at);
`;

export class Console extends Migration {
  override up(): void {
    this.addSql(console);
  }
}
