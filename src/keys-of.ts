/** The keys of an object that has no others than its type says: a list of ours, never what came from outside. */
export function keysOf<T extends object>(of: T): (keyof T & string)[] {
  // TypeScript cannot know that there are no further keys.
  return Object.keys(of) as (keyof T & string)[];
}
