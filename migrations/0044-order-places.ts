import { Migration } from '@mikro-orm/migrations';
import { pastWall } from './past-wall.ts';

/**
 * What each order says of each of its pupils' places, as rows: an event finds the orders of a few pupils or units by
 * plain indexes, whatever was ordered before. Behind the wall the indexes of arrays and JSON documents are not used,
 * because their operators are not leakproof, so every order of the school was read at every event.
 *
 * A trigger keeps the rows: orders are written by events, by erasure and by the end of their term.
 *   enters       the order puts the pupil there; else it takes the pupil out, or only names the place
 *   unit school  the pupil leaves every place
 * The days are the order's own: with them few orders are read.
 */
const places = `
create table order_place (
  school_id text not null references school (id),
  student_id text not null,
  order_id text not null,
  unit text not null check (unit in ('class', 'group', 'school')),
  unit_id text not null,
  enters boolean not null,
  effective_on date,
  issued_at timestamptz,
  cancelled_at timestamptz,
  primary key (school_id, student_id, unit, unit_id, order_id, enters)
);
create index order_place_by_unit on order_place (school_id, unit, unit_id, student_id)
  include (order_id, enters, effective_on, issued_at, cancelled_at);
create index order_place_by_order on order_place (school_id, order_id);

create function places_of_order(kind text, items jsonb)
returns table (student_id text, unit text, unit_id text, enters boolean)
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select distinct i."studentId", p.unit, p.unit_id, p.enters
  from jsonb_to_recordset(items) as i("studentId" text, "classId" text, "toClassId" text, "subjectGroupIds" jsonb)
  cross join lateral (
    select 'class' as unit, i."classId" as unit_id, kind = 'enrollment' as enters
    union all select 'class', i."toClassId", true where kind = 'transfer'
    union all select 'group', g, kind <> 'withdrawal' from jsonb_array_elements_text(i."subjectGroupIds") g
    union all select 'school', '', false where kind = 'withdrawal' and i."classId" is null) p
  where p.unit_id is not null and kind is not null
$$;

create function keep_order_places() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if tg_op <> 'INSERT' then
    delete from order_place where school_id = old.school_id and order_id = old.id;
  end if;
  if tg_op <> 'DELETE' then
    insert into order_place (school_id, student_id, order_id, unit, unit_id, enters, effective_on, issued_at, cancelled_at)
    select new.school_id, p.student_id, new.id, p.unit, p.unit_id, p.enters, new.effective_on, new.issued_at, new.cancelled_at
    from places_of_order(new.kind, new.items) p;
  end if;
  return null;
end $$;
create trigger order_places after insert or delete or update on roster_order
  for each row execute function keep_order_places();

drop index roster_order_by_item, roster_order_by_student;
-- A roster asks for the withdrawals that were cancelled after it was taken.
create index order_place_by_cancellation on order_place (school_id, cancelled_at) where cancelled_at is not null;
`;

const filled = `
  insert into order_place (school_id, student_id, order_id, unit, unit_id, enters, effective_on, issued_at, cancelled_at)
  select o.school_id, p.student_id, o.id, p.unit, p.unit_id, p.enters, o.effective_on, o.issued_at, o.cancelled_at
  from roster_order o cross join lateral places_of_order(o.kind, o.items) p`;

export class OrderPlaces extends Migration {
  override up(): void {
    this.addSql(places);
    this.addSql(pastWall(['roster_order', 'order_place'], filled));
  }
}
