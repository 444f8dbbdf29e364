/** Finds the names of erased people in texts of others: titles, reasons, problems. Pure. */
import { sure } from '../sure.ts';
import { nameKey } from '../text/name-key.ts';

interface Named {
  familyName: string;
  givenName: string;
  middleName: string;
}

export interface Forgotten {
  people: readonly Named[];
  /** VK ids of the erased people. */
  profiles: readonly string[];
  /** Stems (`stemsOf`) of the family names of people who stay. Such a name alone identifies nobody. */
  shared: ReadonlySet<string>;
}

/** Replaces a name or a VK ID. */
const TAKEN_OUT = '…';
const WORD = /[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}\p{N}]+)*/gu;
/** The endings of Russian names in their cases: «Иванов», «Ивановой», «Петру». */
const CASE =
  /^(?:[аеиоуыюяйь]|[ое][йм]|[ыи][мхей]|ая|яя|ую|юю|[ое]го|[ое]му|[ыи]ми|[ая](?:м|х|ми)|ов|ев|ью)?$/;
/** A shorter stem is too often a common word, so such a name is found only in its own form. */
const STEM_CHARS = 3;
/** A number in a text counts as a VK ID only from so many digits on, because a shorter one may count anything. */
const PROFILE_DIGITS = 5;

/** Cuts off the ending that changes with the case of the name. */
function stemOf(name: string): string {
  const key = nameKey(name);
  const stem = key.replace(/(?:[иы]й|[ая]я|[аеиоуыюяйь])$/u, '');
  return stem.length < STEM_CHARS ? key : stem;
}

/** Returns the stems of a name's parts. «Римский-Корсаков» has two. */
export function stemsOf(name: string): string[] {
  return partsOf(name).map(stemOf);
}

/** Returns the text without the erased people. Null where it names none of them. */
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
    const { at: start, word } = sure(words[at]);
    rest += text.slice(from, start) + TAKEN_OUT;
    from = start + word.length;
  }
  return (rest + text.slice(from)).replaceAll(/…(?:[\s-]*…)+/g, TAKEN_OUT);
}

/**
 * Does the same with the texts at any depth of a JSON document. A number counts as a VK ID where its key says so. Null
 * where nothing was found.
 */
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
