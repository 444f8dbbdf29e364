import { Migration } from '@mikro-orm/migrations';

/**
 * Facts carry stamps (at, by): of several statements on one fact the greatest wins, so a repeated, late or
 * reordered statement cannot do harm. `stated_*` is the last presence, `gone_*` the last absence.
 */
const facts = `
create table school (
  id text primary key,
  name text not null,
  time_zone text,
  early_entry_minutes int not null default 0 check (early_entry_minutes between 0 and 60),
  limits jsonb not null default '{}',
  -- D0: the chat types whose first initialisation was applied.
  switched_on text[] not null default '{}',
  -- Moves with every change of what decides membership; a plan made at another revision is out of date (F3).
  revision bigint not null default 0,
  roster_taken_at timestamptz,
  -- The day the desired state was last computed for; another day may end or begin something by itself (D6, D11).
  computed_on date,
  created_at timestamptz not null default now()
);

create table person (
  school_id text not null references school,
  id text not null,
  family_name text not null default '',
  given_name text not null default '',
  middle_name text not null default '',
  sex text check (sex in ('male', 'female')),
  birth_date date,
  roles text[] not null default '{}',
  -- Folded for search and order (B4): lower case, ё = е, look-alike Latin letters as Cyrillic.
  name_key text not null default '',
  stated_at timestamptz, stated_by text, gone_at timestamptz, gone_by text,
  present boolean generated always as (stated_at is not null and (gone_at is null or (stated_at, stated_by) >= (gone_at, gone_by))) stored,
  primary key (school_id, id)
);
create index person_by_name on person (school_id, name_key, id) where present;

-- A homeroom. Homeroom teachers are part of the class's statement, pupils are enrollments.
create table class (
  school_id text not null references school,
  id text not null,
  title text not null default '',
  grade text,
  homeroom_teacher_ids text[] not null default '{}',
  starts_on date, ends_on date,
  stated_at timestamptz, stated_by text, gone_at timestamptz, gone_by text,
  present boolean generated always as (stated_at is not null and (gone_at is null or (stated_at, stated_by) >= (gone_at, gone_by))) stored,
  primary key (school_id, id)
);

create table subject_group (
  school_id text not null references school,
  id text not null,
  title text not null default '',
  subject text not null default '',
  class_id text,
  teacher_ids text[] not null default '{}',
  starts_on date, ends_on date,
  stated_at timestamptz, stated_by text, gone_at timestamptz, gone_by text,
  present boolean generated always as (stated_at is not null and (gone_at is null or (stated_at, stated_by) >= (gone_at, gone_by))) stored,
  primary key (school_id, id)
);
create index subject_group_by_class on subject_group (school_id, class_id);

-- A pupil in a class (unit 'class') or a subject group (unit 'group'). No foreign keys: a reference to an id not known yet waits for it.
create table enrollment (
  school_id text not null references school,
  unit text not null check (unit in ('class', 'group')),
  unit_id text not null,
  student_id text not null,
  begins_on date, ends_on date,
  stated_at timestamptz, stated_by text, gone_at timestamptz, gone_by text,
  present boolean generated always as (stated_at is not null and (gone_at is null or (stated_at, stated_by) >= (gone_at, gone_by))) stored,
  primary key (school_id, unit, unit_id, student_id)
);
create index enrollment_by_student on enrollment (school_id, student_id);

create table guardian (
  school_id text not null references school,
  guardian_id text not null,
  student_id text not null,
  stated_at timestamptz, stated_by text, gone_at timestamptz, gone_by text,
  present boolean generated always as (stated_at is not null and (gone_at is null or (stated_at, stated_by) >= (gone_at, gone_by))) stored,
  primary key (school_id, guardian_id, student_id)
);
create index guardian_by_student on guardian (school_id, student_id);

-- «order» is a word of SQL. items: [{studentId, classId, toClassId, subjectGroupIds}]. A cancellation may come first: issued_at is null then.
create table roster_order (
  school_id text not null references school,
  id text not null,
  number text,
  issued_on date,
  kind text check (kind in ('enrollment', 'withdrawal', 'transfer')),
  effective_on date,
  items jsonb not null default '[]',
  student_ids text[] not null default '{}',
  issued_at timestamptz, issued_by text,
  cancelled_at timestamptz, cancelled_by text,
  primary key (school_id, id)
);
create index roster_order_by_student on roster_order using gin (student_ids);
create index roster_order_by_day on roster_order (school_id, effective_on);

-- A5–A7. present: linked now. A row without a profile is a remembered unlinking.
create table profile_link (
  school_id text not null references school,
  person_id text not null,
  vk_user_id bigint,
  stated_at timestamptz, stated_by text, gone_at timestamptz, gone_by text,
  present boolean generated always as (stated_at is not null and (gone_at is null or (stated_at, stated_by) >= (gone_at, gone_by))) stored,
  primary key (school_id, person_id)
);
create index profile_link_by_profile on profile_link (vk_user_id) where present;

-- Events seen (V1): an id seen before is a duplicate.
create table received_event (
  school_id text not null references school,
  id text not null,
  type text not null,
  time timestamptz not null,
  received_at timestamptz not null,
  primary key (school_id, id)
);
`;

const sferum = `
-- Where a school's chats live. Tokens are sealed with SECRETS_KEY.
create table sferum_account (
  school_id text primary key references school,
  community_id bigint not null,
  owner_id bigint not null,
  token_kind text not null check (token_kind in ('user', 'community')),
  access_token_sealed text not null,
  calls_token_sealed text,
  requests_per_second real not null,
  -- ok · paused (VK asks us to wait) · broken (a person must act); with its reason and since when
  status text not null default 'ok',
  status_reason text,
  status_since timestamptz not null default now(),
  -- After the owner was replaced nothing is created anew until somebody confirms.
  creations_confirmed boolean not null default true
);

-- The pace of a token, kept across processes by this database's clock. key: a digest of the token.
create table sferum_pace (
  key text primary key,
  next_slot_at timestamptz not null,
  paused_until timestamptz,
  pause_reason text
);
`;

const chats = `
create table chat (
  id uuid primary key,
  school_id text not null references school,
  -- Unique key of an automatic chat (D1–D5); null: manual (D10).
  key text,
  type text not null check (type in ('staff', 'class', 'parents', 'subject')),
  class_id text,
  subject_group_id text,
  title text not null,
  title_key text not null,
  title_by_hand boolean not null default false,
  author_id text,
  archived boolean not null default false,
  -- G1: deletion asked; gone once Sferum has confirmed. recreate: back at the next initialisation, or never.
  deleting_since timestamptz,
  deleted_at timestamptz,
  recreate boolean not null default true,
  created_at timestamptz not null,
  warning text,

  -- The outbox, one entry a chat (rule 3): generation moves in the transaction that changes what is desired;
  -- settled_generation follows once Sferum holds it (or a condition says why not).
  generation bigint not null default 1,
  settled_generation bigint not null default 0,
  queued_at timestamptz,
  cause text not null default '',
  priority text not null default 'bulk',
  attempts int not null default 0,
  not_before timestamptz,

  -- Creation at Sferum: none → creating → created, or unknown (reliability.md V2).
  creation text not null default 'none' check (creation in ('none', 'creating', 'created', 'unknown')),
  creation_fence bigint not null default 0,
  creation_title text,
  creation_at timestamptz,
  creation_looks int not null default 0,
  owner_id bigint,
  peer_id bigint,
  sferum_title text,
  invite_link text,
  seen_at timestamptz,

  -- synced · behind · held · failing · archived · deleting
  condition text not null default 'behind',
  condition_reason text,
  condition_message text,
  condition_since timestamptz not null default now(),
  unique (school_id, key)
);
create index chat_by_school on chat (school_id, type) where deleted_at is null;
create index chat_due on chat (priority, not_before) where generation > settled_generation;
create index chat_in_flight on chat (school_id) where queued_at is not null;
create unique index chat_by_peer on chat (owner_id, peer_id) where peer_id is not null;
-- One creation of a title under way per account: the title itself is then the marker by which an orphan is found.
create unique index chat_creation_under_way on chat (owner_id, creation_title) where creation in ('creating', 'unknown');

-- The СГО side of membership (rule 10).
create table membership (
  chat_id uuid not null references chat,
  person_id text not null,
  school_id text not null,
  admin boolean not null default false,
  grounds jsonb not null default '[]',
  -- The operation that holds this person's removal (F4).
  held_by uuid,
  primary key (chat_id, person_id)
);
create index membership_by_person on membership (school_id, person_id);

-- D7, D10: by hand.
create table exception (
  chat_id uuid not null references chat,
  person_id text not null,
  school_id text not null,
  member text check (member in ('added', 'excluded')),
  admin text check (admin in ('granted', 'revoked')),
  author_id text not null,
  reason text,
  at timestamptz not null,
  primary key (chat_id, person_id)
);
create index exception_by_person on exception (school_id, person_id);

-- Sferum's side, with the time it was seen. state: in · waiting (invited) · refused · left
create table sferum_member (
  chat_id uuid not null references chat,
  vk_user_id bigint not null,
  school_id text not null,
  admin boolean not null default false,
  state text not null check (state in ('in', 'waiting', 'refused', 'left')),
  reason text,
  tries int not null default 0,
  -- The operation that holds this stranger's removal (F4).
  held_by uuid,
  seen_at timestamptz not null,
  primary key (chat_id, vk_user_id)
);
create index sferum_member_by_profile on sferum_member (school_id, vk_user_id);
`;

const operations = `
create table operation (
  id uuid primary key,
  school_id text references school,
  kind text not null,
  state text not null default 'queued' check (state in ('queued', 'running', 'held', 'succeeded', 'failed', 'cancelled')),
  -- What was asked (types, strict, day, plan …). Ids only.
  params jsonb not null default '{}',
  done int not null default 0,
  total int not null default 0,
  result jsonb,
  problems jsonb not null default '[]',
  created_by text not null,
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  -- The revision of the school and the day its plan was made for.
  revision bigint,
  day date
);
create index operation_by_school on operation (school_id, created_at desc);
create index operation_open on operation (state) where state in ('queued', 'running', 'held');

-- The roster file of an import, until it has been read.
create table roster_file (
  operation_id uuid primary key references operation on delete cascade,
  taken_at timestamptz not null,
  body bytea not null
);

-- A plan by chat, in order; actions hold ids, names are looked up when read.
create table operation_chat (
  operation_id uuid not null references operation on delete cascade,
  chat_id uuid not null,
  school_id text not null,
  ordinal int not null,
  first_action int not null,
  type text not null,
  title text not null,
  actions jsonb not null,
  -- The generation that carries it out; done once the chat has settled it. null: nothing to do.
  generation bigint,
  done_at timestamptz,
  api_calls int not null default 0,
  problem jsonb,
  primary key (operation_id, chat_id)
);
create index operation_chat_pending on operation_chat (chat_id) where generation is not null and done_at is null;
create index operation_chat_order on operation_chat (operation_id, first_action);

-- J1: append-only; ids only.
create table journal (
  id bigint generated always as identity primary key,
  school_id text not null,
  at timestamptz not null,
  chat_id uuid,
  person_id text,
  -- what: create rename add remove grant revoke delete (decided), sferum-… (what Sferum answered), exception, order …
  what text not null,
  cause text not null,
  details jsonb not null default '{}'
);
create index journal_by_chat on journal (chat_id, id desc);
create index journal_by_person on journal (school_id, person_id, id desc);
-- What was removed lately counts against the school's limit (F4).
create index journal_removals on journal (school_id, at) where what = 'remove';
create index journal_by_school on journal (school_id, id desc);

-- Console sessions and tokens used once (jti).
create table used_token (jti text primary key, expires_at timestamptz not null);
create table setting (key text primary key, value jsonb not null);
`;

export class Initial extends Migration {
  override up(): void {
    for (const part of [facts, sferum, chats, operations]) this.addSql(part);
  }
}
