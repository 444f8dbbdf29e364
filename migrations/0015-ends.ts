import { Migration } from '@mikro-orm/migrations';

/** What has passed its term is found by an index, so that a day's end costs what is due (src/ending/ends.ts). */
const ends = `
create index enrollment_gone on enrollment (school_id, gone_at) where not present;
create index guardian_gone on guardian (school_id, gone_at) where not present;
create index class_gone on class (school_id, gone_at) where not present;
create index subject_group_gone on subject_group (school_id, gone_at) where not present;
create index lesson_by_end on lesson (school_id, coalesce(ends_at, gone_at));
create index chat_deleted on chat (school_id, deleted_at) where deleted_at is not null;
create index chat_draft_by_use on chat_draft (school_id, touched_at);
create index received_event_by_time on received_event (school_id, received_at);
`;

export class Ends extends Migration {
  override up(): void {
    this.addSql(ends);
  }
}
