import { Migration } from '@mikro-orm/migrations';

/** The order in which waiting work is given out (src/rows/chat-outbox.ts). */
const URGENCY = `array_position(array['lesson', 'person', 'event', 'bulk'], priority)`;
const SINCE = `coalesce(not_before, '-infinity'::timestamptz)`;
/** A chat that has no work, so that it is looked at from time to time (src/live/drift.ts). */
const AT_REST = 'deleted_at is null and generation = settled_generation';

/**
 * What asks again and again for due work finds it by an index that holds nothing else: the waiting work of one school
 * in its order, chats that must be read or are set aside, schools with a new day.
 */
export class DueWork extends Migration {
  override up(): void {
    this.addSql(`
      drop index chat_due;
      create index chat_due on chat (school_id, (${URGENCY}), (${SINCE}), id)
        where generation > settled_generation and deleted_at is null and queued_at is null;
      drop index chat_in_flight;
      create index chat_in_flight on chat (school_id, queued_at) where queued_at is not null;
      create index chat_unseen on chat (school_id) where seen_at is null
        and creation = 'created' and ${AT_REST} and deleting_since is null and condition_reason is distinct from 'chat-lost';
      create index chat_aside on chat (${SINCE}) where condition = 'failing' and ${AT_REST};
      create index school_by_day on school ((coalesce(computed_on, '-infinity'::date)))
        where time_zone is null and cardinality(switched_on) > 0;
      create index school_by_own_day on school (((coalesce(computed_on + 1, '-infinity'::date))::timestamp at time zone time_zone))
        where time_zone is not null and cardinality(switched_on) > 0`);
  }
}
