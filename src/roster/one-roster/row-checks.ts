import { ID_CHARS, NAME_CHARS } from '../../config/roster-limits.ts';
import { cleanText, isCleanId, isDay } from '../../text/clean-text.ts';
import type { Span } from '../reading.ts';
import type { Row } from './csv-rows.ts';
import type { RowReport } from './row-report.ts';
import { notADay } from './value-kind.ts';

/** `deleted`: the row says that its thing is no more. */
export interface IdentifiedRow {
  row: Row;
  id: string;
  deleted: boolean;
}

/** Reason of a row that is left out because its thing is no more. */
export const DELETED = 'Помечено как удалённое (tobedeleted, inactive)';

/**
 * Rows with an id of their own, each id once unless `repeats`. The others are rejected; `unclear` hears the id of a bad
 * row that has one.
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
    if (!row.whole) wrong('', 'Число полей не то, что в заголовке');
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

/** A name or title, cleaned; undefined (and the row refused) when it is too long. */
export function readName(row: Row, field: string, report: RowReport): string | undefined {
  const text = cleanText(row.get(field));
  if (text.length <= NAME_CHARS) return text;
  report.reject(row, field, `Длиннее ${NAME_CHARS} знаков`);
  return undefined;
}

/** A span of days; undefined (and the row refused) when a day is not one or the end is before the beginning. */
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
