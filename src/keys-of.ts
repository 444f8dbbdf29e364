/**
 * Gives the keys of an object that has no keys besides those of its type. It is for lists of ours, never for what comes
 * from outside.
 */
export function keysOf<T extends object>(of: T): (keyof T & string)[] {
  // TypeScript cannot know that there are no further keys.
  return Object.keys(of) as (keyof T & string)[];
}
