import { Migration } from '@mikro-orm/migrations';
import { REVOKE_CHANGES } from './insert-only.ts';

/**
 * Tables by month. A region's journal is hundreds of millions of rows: its end is a partition that is dropped, not rows
 * that are deleted. Partitions are made and dropped by these functions, which are the owner's: the application may
 * neither alter tables nor delete from these.
 *
 * A row whose month has no partition goes to `…_rest` and moves when the month is made: nothing is ever lost or refused.
 * Months are those of UTC.
 */
const functions = `
-- Rows are reached through the table alone: whatever default privileges gave on the partition itself is taken back.
create function close_partition(part regclass) returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  one record;
begin
  for one in select distinct case a.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end as grantee
      from pg_class c cross join aclexplode(c.relacl) a where c.oid = part and a.grantee <> c.relowner loop
    execute format('revoke all on %s from %s', part, one.grantee);
  end loop;
end $$;

create function table_by_month(log text) returns text
language plpgsql immutable set search_path = pg_catalog, public, pg_temp as $$
begin
  if log not in ('journal', 'access_record') then raise exception '% is no table by month', log; end if;
  return log;
end $$;

-- Makes the partition of the month that holds the day. True: it was not there before. Safe from several processes.
create function make_month(log text, day date) returns boolean
language plpgsql security definer set search_path = pg_catalog, public, pg_temp set lock_timeout = '2s' as $$
declare
  starts date := date_trunc('month', day::timestamp)::date;
  from_at text := starts::text || ' 00:00:00+00';
  to_at text := (starts + interval '1 month')::date::text || ' 00:00:00+00';
  part text := table_by_month(log) || to_char(starts, '_YYYY_MM');
begin
  if to_regclass('public.' || part) is not null then return false; end if;
  -- Nobody may have chosen the rest for a row of this month that he has yet to write there: the table itself is locked,
  -- before its parts, as by everybody else, so that nobody waits in a circle.
  execute format('lock table public.%I in access exclusive mode', log);
  if to_regclass('public.' || part) is not null then return false; end if;
  execute format('create table public.%I (like public.%I including defaults including constraints)', part, log);
  execute format('with moved as (delete from public.%I where at >= %L and at < %L returning *)
    insert into public.%I select * from moved', log || '_rest', from_at, to_at, part);
  execute format('alter table public.%I attach partition public.%I for values from (%L) to (%L)', log, part, from_at, to_at);
  perform public.close_partition(('public.' || part)::regclass);
  return true;
end $$;

-- Drops the months before the day's own, and what is as old in the rest. However it is called, the last 90 days by
-- the database's own clock stay: who has taken over the application cannot wipe out his traces.
create function drop_months(log text, day date) returns table (months int, rest_rows bigint)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp set lock_timeout = '2s' as $$
declare
  one record;
  before date := date_trunc('month', day::timestamp)::date;
begin
  if before > (now() at time zone 'UTC')::date - 90 then raise exception 'the last 90 days of % stay', log; end if;
  execute format('lock table public.%I in access exclusive mode', table_by_month(log));
  months := 0;
  for one in select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = ('public.' || log)::regclass and c.relname ~ '_[0-9]{4}_[0-9]{2}$'
        and (to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month')::date <= before order by 1 loop
    execute format('drop table public.%I', one.relname);
    months := months + 1;
  end loop;
  execute format('delete from public.%I where at < %L', log || '_rest', before::text || ' 00:00:00+00');
  get diagnostics rest_rows = row_count;
  return next;
end $$;
`;

const journal = `
alter table journal rename to journal_before;
alter index journal_pkey rename to journal_before_pkey;
drop index journal_by_chat, journal_by_person, journal_by_school, journal_removals;

-- J1, K8: append-only; the bare fact, ids only. What people wrote stands in journal_text.
create table journal (
  id bigint generated always as identity,
  school_id text not null,
  at timestamptz not null,
  chat_id uuid,
  person_id text,
  -- what: create rename add remove grant revoke delete (decided), sferum-… (what Sferum answered), exception, order …
  what text not null,
  cause text not null,
  -- Whose act it is: the id of a person of the roster, the subject of a token, or the part of the system.
  author_id text,
  -- unknown: written before authors were kept.
  author_kind text not null default 'unknown' check (author_kind in ('person', 'operator', 'service', 'system', 'unknown')),
  details jsonb not null default '{}',
  primary key (id, at)
) partition by range (at);
create table journal_rest partition of journal default;
create index journal_by_chat on journal (chat_id, id desc);
create index journal_by_person on journal (school_id, person_id, id desc);
create index journal_by_school on journal (school_id, id desc);
-- What was removed lately counts against the school's limit (F4).
create index journal_removals on journal (school_id, at) where what = 'remove';

-- What people wrote, beside the journal so that it can be erased: the reason of a change or of a dropped exception, a
-- title given by hand and the one before. Free text stands nowhere else but in exception.reason, chat.title,
-- chat_draft.title, operation_chat.title and meeting.title, rows that end with what they are about. person_ids: whom it
-- may name.
create table journal_text (
  journal_id bigint primary key,
  school_id text not null,
  at timestamptz not null,
  -- Of its line, which may be a month away: lines that followed from a change are shown with its reason.
  what text not null,
  cause text not null,
  chat_id uuid,
  person_ids text[] not null default '{}',
  reason text,
  title text,
  title_before text
);
create index journal_text_by_cause on journal_text (school_id, cause);
create index journal_text_by_time on journal_text (at);

alter table operation add column created_by_kind text not null default 'unknown'
  check (created_by_kind in ('person', 'operator', 'service', 'system', 'unknown'));
update operation o set created_by_kind = 'person'
  from person p where p.school_id = o.school_id and p.id = o.created_by;
`;

const moved = `
select make_month('journal', month::date) from (
  select distinct date_trunc('month', at at time zone 'UTC') as month from journal_before order by 1) months;
select make_month('journal', (now() at time zone 'UTC')::date);

insert into journal_text (journal_id, school_id, at, what, cause, chat_id, person_ids, reason, title, title_before)
select b.id, b.school_id, b.at, b.what, b.cause, b.chat_id,
  case when b.person_id is not null then array[b.person_id] else array(
    select distinct e.person_id from journal_before e
    where e.chat_id = b.chat_id and e.cause = b.cause and e.person_id is not null) end,
  b.details->>'reason', b.details->>'title', b.details->>'titleBefore'
from journal_before b
where b.what in ('change', 'exception-dropped')
  and coalesce(b.details->>'reason', b.details->>'title', b.details->>'titleBefore') is not null;

-- A decision's author was not kept: its lines stood under who had begun what was decided.
insert into journal (id, school_id, at, chat_id, person_id, what, cause, author_id, author_kind, details)
overriding system value
select b.id, b.school_id, b.at, b.chat_id, b.person_id, b.what, b.cause, a.author_id,
  case when p.id is not null then 'person' else 'unknown' end,
  case when b.what in ('change', 'exception-dropped')
    then b.details - 'by' - 'reason' - 'title' - 'titleBefore' || case when b.details ? 'title' then '{"renamed": true}' else '{}' end::jsonb
    else b.details - 'by' end
from journal_before b
left join lateral (select coalesce(b.details->>'by', (select c.details->>'by' from journal_before c
    where c.chat_id = b.chat_id and c.cause = b.cause and c.what = 'change' limit 1),
  (select o.created_by from operation o where b.what not like 'sferum-%'
    and split_part(b.cause, ':', 1) in ('initialization', 'import', 'undo', 'deletion')
    and o.id::text = split_part(b.cause, ':', 2))) as author_id) a on true
left join person p on p.school_id = b.school_id and p.id = a.author_id
order by b.id;

select setval(pg_get_serial_sequence('public.journal', 'id'), greatest((select max(id) from journal_before), 1),
  exists (select from journal_before));
drop table journal_before;
`;

const access = `
-- K8: who looked at whose data. One row for one answer; person_ids: the people whom it showed.
create table access_record (
  id bigint generated always as identity,
  at timestamptz not null,
  school_id text not null,
  subject text not null,
  role text not null,
  what text not null,
  person_ids text[] not null default '{}',
  address text,
  primary key (id, at)
) partition by range (at);
create table access_record_rest partition of access_record default;
create index access_record_by_school on access_record (school_id, at desc, id desc);
select make_month('access_record', (now() at time zone 'UTC')::date);
`;

export class Trail extends Migration {
  override up(): void {
    for (const part of [functions, journal, moved, access, REVOKE_CHANGES]) this.addSql(part);
  }
}
