import { exactInstant } from '../clock.ts';
import type { Stamp } from '../desired/model.ts';

/** Gives a reader that parses each stamp once, because most rows of an import bear the same one. */
export function stampReader(): (at: string | null, by: string | null) => Stamp | null {
  const seen = new Map<string, Stamp>();
  return (at, by) => {
    if (at === null) return null;
    const key = `${at}|${by}`;
    let stamp = seen.get(key);
    if (!stamp) {
      stamp = { at: exactInstant(at), by: by ?? '' };
      seen.set(key, stamp);
    }
    return stamp;
  };
}
