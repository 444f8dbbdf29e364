import { Migration } from '@mikro-orm/migrations';
import { pastWall } from './past-wall.ts';

/**
 * The column says whose profile the messenger's answer is about. An index on it finds a person's lines, whatever else
 * was noted in the person's chats. Inside `details` no index finds them behind the wall.
 */
const column = `
alter table journal add column vk_user_id bigint;
drop index journal_by_person;
create index journal_by_person on journal (school_id, person_id, id desc) include (chat_id) where person_id is not null;
create index journal_by_profile on journal (school_id, vk_user_id, id desc) where vk_user_id is not null;

create or replace function forget_profiles(school text, profiles bigint[]) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  forgotten text[] := array(select p::text from unnest(profiles) p where not exists (
    select from public.profile_link l join public.person o on o.school_id = l.school_id and o.id = l.person_id
    where l.school_id = school and l.present and o.present and l.vk_user_id = p));
  changed bigint;
begin
  update public.journal j set details = (
      select jsonb_object_agg(key, case when key in ('userId', 'strangerId', 'stranger') and value #>> '{}' = any(forgotten)
        then to_jsonb(0) else value end) from jsonb_each(j.details)),
      vk_user_id = case when j.vk_user_id::text = any(forgotten) then 0 else j.vk_user_id end
    where j.school_id = school and (j.details->>'userId' = any(forgotten) or j.details->>'strangerId' = any(forgotten)
      or j.details->>'stranger' = any(forgotten));
  get diagnostics changed = row_count;
  return changed;
end $$;
`;

const filled = `update journal set vk_user_id = (details->>'userId')::bigint where details ? 'userId'`;

export class JournalByProfile extends Migration {
  override up(): void {
    this.addSql(column);
    this.addSql(pastWall(['journal'], filled));
  }
}
