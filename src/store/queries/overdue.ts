import { type RawBuilder, sql } from 'kysely';

/** СГО sends lists every night; one night may fail. */
export const OVERDUE_HOURS = 36;
const OVERDUE_AFTER = sql`interval '1 hour' * ${sql.lit(OVERDUE_HOURS)}`;

/** When the last whole list of `school s` was written, or the school came, in SQL. */
export const lastRosterAt = sql`coalesce(s.roster_taken_at, s.created_at)`;

/** True in SQL where СГО has sent no whole list of `school s` for too long. `now`: an instant. */
export const isOverdue = (now: RawBuilder<unknown>): RawBuilder<boolean> =>
  sql`${lastRosterAt} < ${now} - ${OVERDUE_AFTER}`;
