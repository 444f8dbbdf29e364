import { Migration } from '@mikro-orm/migrations';

/**
 * D13: roles, teachers and places with dates count on their days. What lies beyond the day for which a row was last
 * worked out stands beside it (src/roster/settle-days.ts). Null: nothing does. A person who holds no role on the day is
 * not present.
 */
const dated = `
alter table person add column dated_roles jsonb;
alter table class add column dated_teachers jsonb;
alter table subject_group add column dated_teachers jsonb;
alter table enrollment add column dated_spans jsonb;

alter table person drop column present;
alter table person add column present boolean generated always as (stated_at is not null and cardinality(roles) > 0
  and (gone_at is null or (stated_at, stated_by) >= (gone_at, gone_by))) stored;
create index person_by_name on person (school_id, name_key, id) where present;
create index person_gone on person (school_id, gone_at) where not present;

create index person_dated on person (school_id) where dated_roles is not null;
create index class_dated on class (school_id) where dated_teachers is not null;
create index subject_group_dated on subject_group (school_id) where dated_teachers is not null;
create index enrollment_dated on enrollment (school_id) where dated_spans is not null;
`;

export class DatedFacts extends Migration {
  override up(): void {
    this.addSql(dated);
  }
}
