import { type RawBuilder, sql } from 'kysely';
import type { Day } from '../desired/model.ts';

/** So long an order explains why a pupil and the parents are taken out, who may be in the chat until then. */
const EXPLAINS_DAYS = 62;

/**
 * Gives in SQL the places (`student_id`, `unit`, `unit_id`) about which orders say anything on the day: the last order in
 * force that names the place puts the pupil there (desired/orders.ts, rule 3), or has lately taken the pupil out. `of`
 * chooses rows of `order_place`. Who left long ago is nobody there, so what was ordered in former times costs nothing.
 * A place of which a list or an event speaks is found by its enrollment, whatever orders say.
 */
export const orderedPlaces = (
  schoolId: string,
  day: Day,
  of: RawBuilder<unknown>,
): RawBuilder<unknown> => sql`
  select student_id, unit, unit_id from order_place
  where school_id = ${schoolId} and unit <> 'school' and ${of}
    and issued_at is not null and cancelled_at is null and effective_on <= ${day}::date
  group by student_id, unit, unit_id
  having max(effective_on) filter (where enters) >= coalesce(max(effective_on) filter (where not enters), '-infinity')
    or max(effective_on) filter (where not enters) > ${day}::date - ${EXPLAINS_DAYS}::int`;
