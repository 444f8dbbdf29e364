import { ID_CHARS, NAME_CHARS } from '../../config/roster-limits.ts';
import { cleanText, isCleanId, isDay } from '../../text/clean-text.ts';
import { count } from '../../text/numbers.ts';
import type { Span } from '../reading.ts';
import type { Row } from './csv-rows.ts';
import type { RowReport } from './row-report.ts';
import { notADay } from './value-kind.ts';

/** A row with an id. `deleted`: the row marks what it describes as deleted. */
interface IdentifiedRow {
  row: Row;
  id: string;
  deleted: boolean;
}

/** The reason for leaving out a row that is marked as deleted. */
export const DELETED = 'Помечено как удалённое (tobedeleted, inactive)';

/**
 * Yields the rows that have an id, each id once unless `repeats`, and rejects the others. `unclear` is told the id of
 * a bad row that has one.
 */
export async function* identified(
  rows: AsyncIterable<Row>,
  report: RowReport,
  unclear: (id: string, row: Row) => void,
  repeats: 'repeats' | 'once' = 'once',
): AsyncGenerator<IdentifiedRow> {
  const seen = new Set<string>();
  for await (const row of rows) {
    const id = row.get('sourcedId');
    const wrong = (field: string, message: string) => {
      report.reject(row, field, message);
      unclear(id, row);
    };
    const status = row.get('status').toLowerCase();
    if (!row.whole) wrong('', 'Число полей не совпадает с заголовком');
    else if (id === '') wrong('sourcedId', 'Нет идентификатора');
    else if (!isCleanId(id) || id.length > ID_CHARS) wrong('sourcedId', 'Недопустимый идентификатор');
    else if (seen.has(id) && repeats === 'once') wrong('sourcedId', REPEATED);
    else if (!STATUSES.has(status)) wrong('status', 'Неизвестное состояние записи');
    else {
      seen.add(id);
      yield { row, id, deleted: status === 'tobedeleted' || status === 'inactive' };
    }
  }
}

export const REPEATED = 'Идентификатор уже встречался в этом файле';

const STATUSES: ReadonlySet<string> = new Set(['', 'active', 'tobedeleted', 'inactive']);

/** Gives a name or title, cleaned. Refuses the row and gives undefined where it is too long. */
export function readName(row: Row, field: string, report: RowReport): string | undefined {
  const text = cleanText(row.get(field));
  if (text.length <= NAME_CHARS) return text;
  report.reject(row, field, `Длиннее ${count(NAME_CHARS)} знаков`);
  return undefined;
}

/**
 * Gives a span of days. Refuses the row and gives undefined where a day is no day or the end lies before the
 * beginning.
 */
export function readSpan(row: Row, begin: string, end: string, report: RowReport): Span | undefined {
  const beginsOn = row.get(begin) || null;
  const endsOn = row.get(end) || null;
  for (const [field, day] of [
    [begin, beginsOn],
    [end, endsOn],
  ] as const) {
    if (day === null || isDay(day)) continue;
    report.reject(row, field, notADay(day));
    return undefined;
  }
  if (beginsOn !== null && endsOn !== null && beginsOn > endsOn) {
    report.reject(row, end, 'Окончание раньше начала');
    return undefined;
  }
  return { beginsOn, endsOn };
}
