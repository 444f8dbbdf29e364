import { sql } from 'kysely';
import type { Stamp } from '../../desired/model.ts';
import { BY_IMPORT } from '../../facts/stamp.ts';
import type { Sql } from '../../store/database.ts';

/** A table of facts with stamps, and its keys besides school_id. */
export interface StampedTable {
  name: string;
  keys: readonly string[];
}

/** True in SQL where only lists say that the row `t` is gone, and nothing was stated since the removal. */
const OVER_LISTS = sql`or not t.present and t.gone_by like any(${BY_IMPORT}) and t.stated_at is not null
  and (t.stated_at, t.stated_by) < (excluded.gone_at, excluded.gone_by)`;

/**
 * States that one fact is gone, whether it is known or not, so that an earlier statement that arrives later finds the
 * stamp. The greatest stamp wins. An absence that only a list says is replaced by an older removal, because it may be
 * forgotten (revive.ts).
 */
export async function stateGone(
  tx: Sql,
  { name, keys }: StampedTable,
  schoolId: string,
  key: readonly string[],
  stamp: Stamp,
): Promise<void> {
  const columns = sql.raw(keys.join(', '));
  await sql`
    insert into ${sql.raw(name)} as t (school_id, ${columns}, gone_at, gone_by)
    values (${schoolId}, ${sql.join(key)}, ${stamp.at}::timestamptz, ${stamp.by})
    on conflict (school_id, ${columns}) do update set gone_at = excluded.gone_at, gone_by = excluded.gone_by
    where t.gone_at is null or (t.gone_at, t.gone_by) < (excluded.gone_at, excluded.gone_by)
      ${name === 'person' || name === 'guardian' ? OVER_LISTS : sql``}`.execute(tx);
}

/**
 * Ends facts that a late statement named and a newer whole roster did not. They are gone since that roster, because the
 * later statement wins, imports included (contract).
 */
export async function outdateByRoster(
  tx: Sql,
  { name }: StampedTable,
  schoolId: string,
  stamp: Stamp,
  rosterTakenAt: string,
): Promise<void> {
  await sql`
    update ${sql.raw(name)} set gone_at = ${rosterTakenAt}::timestamptz, gone_by = 'import:'
    where school_id = ${schoolId} and stated_by = ${stamp.by} and stated_at = ${stamp.at}::timestamptz
      and (gone_at is null or gone_at < ${rosterTakenAt}::timestamptz)`.execute(tx);
}
