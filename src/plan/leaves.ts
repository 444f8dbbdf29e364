/**
 * So often somebody who is found missing is added back; then he is taken to have left by himself (D8).
 * A row of state `left` with fewer tries counts as absent: he is simply to be added.
 */
export const LEAVES_RESPECTED = 3;
