/**
 * A person who is missing is added back so many times, and then counts as having left on purpose (D8).
 * A row in the state `left` with fewer tries counts as absent: the person is added as anybody.
 */
export const LEAVES_RESPECTED = 3;

/**
 * After this time a person whom Sferum refused (J8) is asked for again, as soon as the chat is planned. Privacy
 * settings change, and nobody tells us. An initialisation and an edit ask at once, because a person waits for them.
 */
export const REFUSAL_LASTS_MS = 24 * 3600_000;
