import { type RawBuilder, sql } from 'kysely';
import { LOOK_ALIKES } from './name-key.ts';

const FROM = `ëёe${Object.keys(LOOK_ALIKES).join('')}`;
const TO = `еее${Object.values(LOOK_ALIKES).join('')}`;

/** Text as PostgreSQL folds it for a search: lower case and look-alikes as `nameKey` has them, marks left as they are. */
export function foldedInSql(text: RawBuilder<unknown>): RawBuilder<string> {
  return sql`translate(lower(${text}), ${sql.lit(FROM)}, ${sql.lit(TO)})`;
}
