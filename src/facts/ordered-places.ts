import { type RawBuilder, sql } from 'kysely';
import type { Day } from '../desired/model.ts';

/** For so many days an order explains why a pupil and the parents, who may be in the chat until then, are taken out. */
const EXPLAINS_DAYS = 62;

/**
 * Gives in SQL the places (`student_id`, `unit`, `unit_id`) about which orders say anything on the day. Such a place is
 * one into which the last order in force that names it puts the pupil (desired/orders.ts, rule 3), or out of which it
 * has lately taken the pupil. `of` chooses rows of `order_place`. Places that were left long ago are left out, so what
 * was ordered in former times costs nothing. A place of which a list or an event speaks is found by its enrollment,
 * whatever orders say.
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
