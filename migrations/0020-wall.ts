import { Migration } from '@mikro-orm/migrations';

/**
 * The wall between schools is put up after the migrations (src/store/wall.ts). For it, the people of a draft get a
 * column of their school. The tables' owner refreshes the planner's statistics, because the application is another
 * role.
 */
const wall = `
alter table chat_draft_person add column school_id text not null default '';
update chat_draft_person p set school_id = d.school_id from chat_draft d where d.id = p.draft_id;
alter table chat_draft_person alter column school_id set default current_setting('app.school', true);

create function refresh_statistics() returns void language sql security definer set search_path = pg_catalog, public as $$
  analyze person, class, subject_group, enrollment, guardian, profile_link, chat, membership, sferum_member
$$;
`;

export class Wall extends Migration {
  override up(): void {
    this.addSql(wall);
  }
}
