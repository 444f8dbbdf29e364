import { Migration } from '@mikro-orm/migrations';

/**
 * A table asks for new statistics once so many of its rows, and a tenth of all, have changed since it was last
 * analysed.
 */
const CHANGED_ROWS = 500;

/**
 * Statistics are refreshed of the tables whose changes ask for it, by one process at a time: what that costs follows
 * what changes. (`refresh_statistics` analysed all of them at each call, and calls waited for each other.)
 */
export class StatisticsAsked extends Migration {
  override up(): void {
    this.addSql(`
      create or replace function refresh_statistics() returns void language plpgsql security definer
        set search_path = pg_catalog, public as $$
      declare changed name;
      begin
        if not pg_try_advisory_xact_lock(hashtext('refresh_statistics')) then return; end if;
        for changed in
          select relname from pg_class where relnamespace = 'public'::regnamespace
            and relname in ('person', 'class', 'subject_group', 'enrollment', 'guardian', 'profile_link', 'chat',
              'membership', 'sferum_member', 'operation_chat')
            and pg_stat_get_mod_since_analyze(oid) > ${CHANGED_ROWS} + greatest(reltuples, 0) / 10
        loop execute format('analyze %I', changed); end loop;
      end $$`);
  }
}
