/** Finds people who are erased in what others wrote: titles, reasons, problems. Pure. */
import { nameKey } from '../text/name-key.ts';

export interface Named {
  familyName: string;
  givenName: string;
  middleName: string;
}

export interface Forgotten {
  people: readonly Named[];
  /** VK ids. */
  profiles: readonly string[];
  /** `stemsOf` the family names of those who stay: such a name alone says nobody. */
  shared: ReadonlySet<string>;
}

/** Stands where somebody's name or VK ID was. */
const TAKEN_OUT = '…';
const WORD = /[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}\p{N}]+)*/gu;
/** Cases of Russian names: «Иванов», «Ивановой», «Петру». */
const CASE =
  /^(?:[аеиоуыюяйь]|[ое][йм]|[ыи][мхей]|ая|яя|ую|юю|[ое]го|[ое]му|[ыи]ми|[ая](?:м|х|ми)|ов|ев|ью)?$/;
/** Shorter ones are words of their own too often: they are found as they are. */
const STEM_CHARS = 3;
/** A number in words is a VK ID from so many digits on; a shorter one may count anything. */
const PROFILE_DIGITS = 5;

/** A name without the ending that its cases change. */
function stemOf(name: string): string {
  const key = nameKey(name);
  const stem = key.replace(/(?:[иы]й|[ая]я|[аеиоуыюяйь])$/u, '');
  return stem.length < STEM_CHARS ? key : stem;
}

/** The stems of a name's parts: «Римский-Корсаков» has two. */
export function stemsOf(name: string): string[] {
  return partsOf(name).map(stemOf);
}

/** The text without them; null: it names nobody of them. */
export function withoutNames(text: string, { people, profiles, shared }: Forgotten): string | null {
  const words = [...text.matchAll(WORD)].map((match) => ({ at: match.index, word: match[0] }));
  const out = new Set<number>();
  const whereIs = (name: string) => {
    const parts = partsOf(name);
    return words.flatMap(({ word }, at) => (parts.some((part) => isCaseOf(word, part)) ? [at] : []));
  };
  for (const { familyName, givenName, middleName } of people) {
    const family = whereIs(familyName);
    const given = whereIs(givenName);
    const isShared = stemsOf(familyName).every((stem) => shared.has(stem));
    if (family.length === 0 || (isShared && given.length === 0)) continue;
    for (const at of [...family, ...given, ...whereIs(middleName)]) out.add(at);
  }
  for (const [at, { word }] of words.entries())
    if (word.length >= PROFILE_DIGITS && profiles.includes(word)) out.add(at);
  if (out.size === 0) return null;
  let rest = '';
  let from = 0;
  for (const at of [...out].sort((a, b) => a - b)) {
    const { at: start, word } = words[at]!;
    rest += text.slice(from, start) + TAKEN_OUT;
    from = start + word.length;
  }
  return (rest + text.slice(from)).replaceAll(/…(?:[\s-]*…)+/g, TAKEN_OUT);
}

/** The same of a document, at any depth; a number is a VK ID where its name says so. Null: nothing was found. */
export function documentWithoutNames(document: unknown, forgotten: Forgotten): unknown {
  let found = false;
  const walk = (value: unknown, name: string): unknown => {
    if (typeof value === 'string') {
      const rest = withoutNames(value, forgotten);
      found ||= rest !== null;
      return rest ?? value;
    }
    if (typeof value === 'number' && /user|stranger|profile|vk/i.test(name)) {
      if (!forgotten.profiles.includes(String(value))) return value;
      found = true;
      return 0;
    }
    if (Array.isArray(value)) return value.map((one) => walk(one, name));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, walk(one, key)]));
  };
  const rest = walk(document, '');
  return found ? rest : null;
}

function partsOf(name: string): string[] {
  return name.split(/[\s-]+/).filter((part) => part !== '');
}

function isCaseOf(word: string, name: string): boolean {
  const key = nameKey(word);
  if (key === nameKey(name)) return true;
  const stem = stemOf(name);
  return stem.length >= STEM_CHARS && key.startsWith(stem) && CASE.test(key.slice(stem.length));
}
