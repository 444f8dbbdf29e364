/** Numbers in Russian sentences, and the words that follow them. Every number of a sentence is written here. */
import { plural } from './plural.ts';

const COUNT = new Intl.NumberFormat('ru-RU');

/** 2712 → «2 712» (with spaces that do not break). Years, ids and what a person must type in are no counts. */
export function count(n: number): string {
  return COUNT.format(n);
}

/** `counted(3, 'чат', 'чата', 'чатов')` → «3 чата». */
export function counted(n: number, one: string, few: string, many: string): string {
  return `${count(n)}\u00a0${plural(n, one, few, many)}`;
}
