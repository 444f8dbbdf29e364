import { isDay } from '../../text/clean-text.ts';

/** What kind of value stands in a cell. It is named instead of the value, which may be a person's name. */
export type ValueKind =
  | 'empty'
  | 'day'
  | 'no-such-day'
  | 'instant'
  | 'other-date'
  | 'number'
  | 'boolean'
  | 'list'
  | 'text';

const SHAPES: readonly [ValueKind, RegExp][] = [
  ['empty', /^\s*$/],
  ['no-such-day', /^\d{4}-\d{2}-\d{2}$/],
  ['instant', /^\d{4}-\d{2}-\d{2}[T ]\d/],
  ['other-date', /^\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?:\s|$)/],
  ['number', /^-?\d+(?:[.,]\d+)?$/],
  ['boolean', /^(?:true|false)$/i],
  ['list', /,/],
];

/** Tells what kind of value a cell holds. */
export function kindOfValue(text: string): ValueKind {
  if (isDay(text)) return 'day';
  return SHAPES.find(([, shape]) => shape.test(text))?.[0] ?? 'text';
}

const INSTEAD_OF_DAY: Readonly<Record<ValueKind, string>> = {
  empty: 'поле пусто',
  day: 'здесь день',
  'no-such-day': 'такого дня нет в календаре',
  instant: 'здесь момент времени',
  'other-date': 'здесь дата в другом виде',
  number: 'здесь число: так хранит даты Excel',
  boolean: 'здесь true или false',
  list: 'здесь список',
  text: 'здесь текст',
};

/** Says in Russian why a cell is no day. */
export function notADay(text: string): string {
  return `Ожидается дата вида ГГГГ-ММ-ДД, ${INSTEAD_OF_DAY[kindOfValue(text)]}`;
}
