/** What a secret must not be: guessable, repeated, or used twice. Nothing here repeats a value. */
import { sure } from '../sure.ts';

/** Random text and random bytes show more kinds of symbols than this, whatever their alphabet. */
const LEAST_KINDS = 8;
/** Bits that the text's own distribution of symbols allows: 32 random hexadecimal digits come to about 115. */
const LEAST_BITS = 90;
/** Words of examples; long enough that random text does not hold them by chance. */
const WORDS = /secret|password|changeme|change-me|change_me|example|sferum-sync|qwerty|123456|abcdef/i;

/** Says why a secret is weak, as a clause for a message. Null where it does not look weak. */
export function weakness(secret: string | Uint8Array): string | null {
  const symbols = [...(typeof secret === 'string' ? secret : Buffer.from(secret).toString('latin1'))];
  const text = symbols.join('');
  if (new Set(symbols).size < LEAST_KINDS) return 'is made of too few symbols';
  if (`${text}${text}`.indexOf(text, 1) < text.length) return 'repeats itself';
  if (isSequence(symbols)) return 'counts up or down';
  if (WORDS.test(text)) return 'holds a word of an example';
  if (bitsOf(symbols) < LEAST_BITS) return 'is too easily guessed';
  if (typeof secret !== 'string' && /^[\x20-\x7e]*$/.test(text)) return 'is typed text, not random bytes';
  return null;
}

/** Gives the pairs of names whose secrets have the same value. */
export function repeated(secrets: readonly (readonly [name: string, value: string])[]): [string, string][] {
  const seen = new Map<string, string>();
  const found: [string, string][] = [];
  for (const [name, value] of secrets) {
    const first = seen.get(value);
    if (first !== undefined) found.push([first, name]);
    else seen.set(value, name);
  }
  return found;
}

function isSequence(symbols: readonly string[]): boolean {
  const steps = symbols.slice(1).map((symbol, i) => symbol.charCodeAt(0) - sure(symbols[i]).charCodeAt(0));
  // A few breaks: «…9abc…», «…z012…».
  return steps.filter((step) => step === steps[0]).length >= steps.length * 0.8;
}

function bitsOf(symbols: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const symbol of symbols) counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits += count * Math.log2(symbols.length / count);
  return bits;
}
