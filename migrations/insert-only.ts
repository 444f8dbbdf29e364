/** Written once and kept as written: the application's roles may add rows to these tables and read them, no more. */
export const INSERT_ONLY = ['journal', 'access_record'] as const;

/** The roles that the application takes on. A database where they were not made has only one role, the owner. */
const APPLICATION_ROLES = ['sferum_app', 'sferum_every_school'] as const;

const list = (names: readonly string[]) => names.map((name) => `'${name}'`).join(', ');

/**
 * Takes from the application's roles every right to change rows of these tables, and from everybody but the owner all
 * rights on their partitions. So rows are reached only through the table. It must run after everything that grants
 * rights on all tables.
 */
export const REVOKE_CHANGES = `
do $$
declare
  one record;
begin
  for one in select t.name, r.rolname from unnest(array[${list(INSERT_ONLY)}]) as t(name)
      join pg_roles r on r.rolname in (${list(APPLICATION_ROLES)}) loop
    execute format('revoke update, delete, truncate, references, trigger on public.%I from %I', one.name, one.rolname);
  end loop;
  for one in select i.inhrelid::regclass as part from pg_inherits i
      where i.inhparent in (select ('public.' || name)::regclass from unnest(array[${list(INSERT_ONLY)}]) as t(name)) loop
    perform public.close_partition(one.part);
  end loop;
end $$`;
