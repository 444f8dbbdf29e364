import { Migration } from '@mikro-orm/migrations';

const lessons = `
create table lesson (
  school_id text not null references school,
  id text not null,
  subject_group_id text not null default '',
  teacher_id text not null default '',
  starts_at timestamptz, ends_at timestamptz,
  topic text,
  stated_at timestamptz, stated_by text, gone_at timestamptz, gone_by text,
  present boolean generated always as (stated_at is not null and (gone_at is null or (stated_at, stated_by) >= (gone_at, gone_by))) stored,
  primary key (school_id, id)
);
create index lesson_by_time on lesson (school_id, starts_at) where present;
`;

const following = `
-- The newest whole list of a group's pupils: whoever was not stated since is not in it, in whatever order it is heard.
alter table subject_group add listed_at timestamptz, add listed_by text;

-- J9: what an unsettled chat follows came into force (or, if later, arrived) then; of several the first. null: nothing such.
alter table chat add caused_at timestamptz;
create table order_delay (
  school_id text not null references school,
  chat_id uuid not null,
  caused_at timestamptz not null,
  settled_at timestamptz not null
);
create index order_delay_by_school on order_delay (school_id, settled_at);

-- What a change must look up to plan no more chats than it touches.
create index roster_order_by_item on roster_order using gin (items jsonb_path_ops);
create index person_in_staff on person (school_id) where roles && '{teacher,administrator}';
`;

export class Lessons extends Migration {
  override up(): void {
    for (const part of [lessons, following]) this.addSql(part);
  }
}
