/** Events of one request; more come in further requests. */
export const EVENTS_PER_BATCH = 1_000;
/** An event dated further ahead would outrank everything said until then. */
export const EVENT_AHEAD_MS = 24 * 60 * 60_000;
/** Teachers or pupils in one list of an event. */
export const PEOPLE_PER_LIST = 1_000;
/** Pupils of one order: a whole large school moves up a year in one. */
export const ITEMS_PER_ORDER = 20_000;
/** Subject groups of one pupil in an order. */
export const GROUPS_PER_ITEM = 200;
/** A lesson's topic, in characters. */
export const TOPIC_CHARS = 1_000;
/** An event's id, in characters: it is part of a primary key, and of stamps. */
export const EVENT_ID_CHARS = 200;
