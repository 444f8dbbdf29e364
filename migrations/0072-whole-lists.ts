import { Migration } from '@mikro-orm/migrations';
import { pastWall } from './past-wall.ts';

/**
 * When each whole list was made: by them a late list is found its place between the others (src/roster/runs.ts).
 * `unit_id`: the group whose list an event said; empty for a roster of the school.
 *
 * A run of an enrollment now knows who began it, because two lists may have one time. Null: an import.
 * `gone_from_by = 'order:'`: no list before this absence had the pupil. It counts from an order.
 */
export class WholeLists extends Migration {
  override up(): void {
    this.addSql(`
      create table whole_list (
        school_id text not null references school (id),
        unit_id text not null,
        listed_at timestamptz not null,
        listed_by text not null,
        primary key (school_id, unit_id, listed_at, listed_by)
      );
      create index whole_list_by_time on whole_list (school_id, listed_at);

      alter table enrollment add column stated_from_by text, add column gone_from_by text;

      create or replace function keep_enrollment_runs() returns trigger language plpgsql as $$
      begin
        if (new.stated_at, new.stated_by) is distinct from (old.stated_at, old.stated_by) then
          if not old.present then
            new.stated_from_at := new.stated_at;
            new.stated_from_by := case when new.stated_by not like '%import:%' then new.stated_by end;
            if old.stated_at is null and new.gone_at is not null then
              new.gone_from_at := coalesce(old.gone_from_at, new.gone_at);
              new.gone_from_by := 'order:';
            end if;
          elsif old.stated_from_at is null then
            new.stated_from_at := old.stated_at;
            new.stated_from_by := case when old.stated_by not like '%import:%' then old.stated_by end;
          end if;
        end if;
        if (new.gone_at, new.gone_by) is distinct from (old.gone_at, old.gone_by) then
          if old.present or old.gone_at is null then
            new.gone_from_at := new.gone_at;
            new.gone_from_by := case when new.gone_by not like '%import:%' then new.gone_by end;
          elsif old.gone_from_at is null then
            new.gone_from_at := old.gone_at;
            new.gone_from_by := case when old.gone_by not like '%import:%' then old.gone_by end;
          end if;
        end if;
        return new;
      end $$;

      drop trigger enrollment_runs on enrollment;
      create trigger enrollment_runs before update of stated_at, gone_at on enrollment for each row
        when (not (old.present and new.stated_from_at is not null and new.gone_at is not distinct from old.gone_at
          and new.gone_by is not distinct from old.gone_by))
        execute function keep_enrollment_runs();
    `);
    this.addSql(
      pastWall(
        ['school', 'subject_group', 'whole_list'],
        `insert into whole_list
         select id, '', roster_taken_at, coalesce(roster_by, 'import:') from school where roster_taken_at is not null
         union select school_id, id, listed_at, listed_by from subject_group
           where listed_at is not null and listed_by is not null`,
      ),
    );
  }
}
