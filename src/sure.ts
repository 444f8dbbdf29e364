/**
 * Gives a value that is there by construction: the entry of a key that was put in above, the first of a list that is
 * not empty. Where it is missing all the same, that is a mistake of ours, and it throws here instead of going on.
 */
export function sure<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('a value that must be there is missing');
  return value;
}
