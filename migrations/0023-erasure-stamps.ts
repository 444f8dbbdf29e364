import { Migration } from '@mikro-orm/migrations';
import { pastWall } from './past-wall.ts';

/** K6: what stays of the erased outlives a change of SECRETS_KEY, and says which statements about them are old. */
const erasureStamps = `
-- The key of the hashes of erased ids, a school's own; sealed by SECRETS_KEY.
create table erasure_key (
  school_id text primary key references school,
  key_sealed text not null
);

-- When he departed: what was said of him until then is out of date, whenever it is heard.
alter table erased add column departed_at timestamptz;
${pastWall(['erased'], 'update erased set departed_at = erased_at')};
alter table erased alter column departed_at set not null;
create index erased_by_departure on erased (school_id, departed_at);

-- A plan, an answer and a breach call a VK ID stranger, userId or strangerId. Nothing but these is changed, and no
-- profile that is linked to somebody who is here.
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
        then to_jsonb(0) else value end) from jsonb_each(j.details))
    where j.school_id = school and (j.details->>'userId' = any(forgotten) or j.details->>'strangerId' = any(forgotten)
      or j.details->>'stranger' = any(forgotten));
  get diagnostics changed = row_count;
  return changed;
end $$;
`;

export class ErasureStamps extends Migration {
  override up(): void {
    this.addSql(erasureStamps);
  }
}
