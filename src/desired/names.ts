/** Titles of automatic chats, and the order in which people read titles (B4). */
import type { ChatType } from './model.ts';

/** The title that an automatic chat takes from the roster (D2–D5). `unitTitle` is that of the class or group. */
export function automaticTitle(type: ChatType, unitTitle: string): string {
  if (type === 'staff') return 'Учительская';
  if (type === 'class') return `${unitTitle} класс`;
  if (type === 'parents') return `${unitTitle} родители`;
  return unitTitle;
}

const russian = new Intl.Collator('ru', { numeric: true, sensitivity: 'base' });

/**
 * Compares as people read: 5А before 10А, ё as е, case ignored (B4). Texts that read alike are told apart by code
 * unit, so that sorting is always the same.
 */
export function naturalCompare(a: string, b: string): number {
  return russian.compare(a, b) || compareText(a, b);
}

/** Compares by code unit: for ids, days and stamps. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
