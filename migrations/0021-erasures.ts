import { Migration } from '@mikro-orm/migrations';

/** K6: people who have departed are erased after the school's term; what was done is kept as an act without names. */
const erasures = `
alter table school add column retention_days int check (retention_days between 1 and 3650);

-- Who was erased, by a keyed hash of his id: he has no rights, and an act names him to nobody else.
create table erased (
  school_id text not null references school,
  digest text not null,
  erased_at timestamptz not null,
  primary key (school_id, digest)
);

-- One act an erasure: on what ground, when, whom (hashes), how many rows of what. filed: stands in the file of acts too.
create table erasure (
  id uuid primary key,
  school_id text not null references school,
  at timestamptz not null,
  ground text not null check (ground in ('departed', 'restored')),
  retention_days int not null,
  rows jsonb not null,
  digests text[] not null,
  filed boolean not null default false
);
create index erasure_by_school on erasure (school_id, at desc);
create index erasure_to_file on erasure (id) where not filed;

create index person_gone on person (school_id, gone_at) where not present;
create index journal_text_by_person on journal_text using gin (person_ids);

-- The journal is kept as it was written, but for VK ids of the erased: 0 stands for each. Nothing else can be changed
-- by this, and no profile that is linked to anybody.
create function forget_profiles(school text, profiles bigint[]) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  changed bigint;
begin
  update public.journal j set details = (
      select jsonb_object_agg(key, case when key in ('userId', 'strangerId') and value #>> '{}' = any(profiles::text[])
        then to_jsonb(0) else value end) from jsonb_each(j.details))
    where j.school_id = school and (j.details->>'userId' = any(profiles::text[]) or j.details->>'strangerId' = any(profiles::text[]))
      and not exists (select from public.profile_link l where l.school_id = school and l.present
        and l.vk_user_id::text in (j.details->>'userId', j.details->>'strangerId'));
  get diagnostics changed = row_count;
  return changed;
end $$;
`;

export class Erasures extends Migration {
  override up(): void {
    this.addSql(erasures);
  }
}
