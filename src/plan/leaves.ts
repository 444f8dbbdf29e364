/**
 * So often somebody who is found missing is added back; then he is taken to have left by himself (D8).
 * A row of state `left` with fewer tries counts as absent: he is simply to be added.
 */
export const LEAVES_RESPECTED = 3;

/**
 * Whom Sferum refused (J8) is asked for again after this, whenever his chat is planned; privacy settings change, and
 * nobody tells us. At once where a person asks: an initialisation, an edit of the chat.
 */
export const REFUSAL_LASTS_MS = 24 * 3600_000;
