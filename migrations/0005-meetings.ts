import { Migration } from '@mikro-orm/migrations';

/**
 * What a lesson's distance meeting is to be, and every call that was ever started for it. A call's row stands
 * before its one request leaves: VK can neither list calls nor tell two requests apart.
 */
const meetings = `
create table meeting (
  school_id text not null references school,
  lesson_id text not null,
  -- null: the default name, which follows the lesson (I3).
  title text,
  author_id text not null,
  asked_at timestamptz not null,
  -- «Удалить»; asked for again it is the same row.
  deleted_at timestamptz,

  -- The outbox: generation moves with every change of what must be; due_at: when the next look is due, null: never
  -- by itself (a change of the lesson sets it).
  generation bigint not null default 1,
  due_at timestamptz,
  queued_at timestamptz,
  attempts int not null default 0,

  -- As a chat's: synced · behind · failing
  condition text not null default 'synced',
  condition_reason text,
  condition_message text,
  condition_since timestamptz not null,
  primary key (school_id, lesson_id)
);
create index meeting_due on meeting (due_at) where due_at is not null;

create table meeting_call (
  id uuid primary key,
  school_id text not null,
  lesson_id text not null,
  -- starting · open (its link is the one that is shown) · ending · ended · lost (out of our reach: reported)
  state text not null check (state in ('starting', 'open', 'ending', 'ended', 'lost')),
  -- When the intent was committed.
  started_at timestamptz not null,
  call_id text,
  join_link text,
  foreign key (school_id, lesson_id) references meeting
);
-- One link is ever shown (I8): a lesson has one call that has one or may be given one.
create unique index meeting_call_shown on meeting_call (school_id, lesson_id) where state in ('starting', 'open');
create index meeting_call_by_lesson on meeting_call (school_id, lesson_id);

create index lesson_by_group on lesson (school_id, subject_group_id, starts_at) where present;
create index lesson_by_teacher on lesson (school_id, teacher_id, starts_at) where present;
`;

export class Meetings extends Migration {
  override up(): void {
    this.addSql(meetings);
  }
}
