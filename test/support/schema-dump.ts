import { Client } from 'pg';

/** Our tables as the migrations leave them: columns, keys, checks, policies, indexes, sorted, without comments or partitions. */
export async function dumpSchema(databaseUrl: string): Promise<string> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ line: string }>(`
      select line from (select format('%s.%s %s%s%s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
          case when a.attnotnull then ' not null' else '' end,
          coalesce(case when a.attgenerated = 's' then ' generated ' else ' default ' end || pg_get_expr(d.adbin, d.adrelid), '')) as line
        from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
        where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace
      union all
      select format('%s: %s', conrelid::regclass, pg_get_constraintdef(oid)) from pg_constraint
        where connamespace = 'public'::regnamespace and contype <> 'n'
          and not (select relispartition from pg_class where oid = conrelid)
      union all
      select format('%s: POLICY %s TO %s %s', tablename, policyname, roles, qual) from pg_policies where schemaname = 'public'
      union all
      select pg_get_indexdef(i.indexrelid) from pg_index i join pg_class c on c.oid = i.indrelid
        where c.relnamespace = 'public'::regnamespace and not c.relispartition) lines
      order by line collate "C"`);
    return `${rows.map((r) => r.line).join('\n')}\n`;
  } finally {
    await client.end();
  }
}
