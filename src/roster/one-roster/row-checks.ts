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
  pieces: AsyncIterable<Iterable<Row>>,
  report: RowReport,
  unclear: (id: string, row: Row) => void,
  repeats: 'repeats' | 'once' = 'once',
): AsyncGenerator<Iterable<IdentifiedRow>> {
  const seen = repeats === 'once' ? new Set<string>() : null;
  const reject = (row: Row, id: string, { field, message }: WrongRow) => {
    report.reject(row, field, message);
    unclear(id, row);
  };
  for await (const rows of pieces) yield identifiedIn(rows, seen, reject);
}

interface WrongRow {
  field: string;
  message: string;
}

function* identifiedIn(
  rows: Iterable<Row>,
  seen: Set<string> | null,
  reject: (row: Row, id: string, wrong: WrongRow) => void,
): Generator<IdentifiedRow> {
  for (const row of rows) {
    const id = row.get('sourcedId');
    const status = row.get('status').toLowerCase();
    const wrong = wrongRow(row, id, status, seen);
    if (wrong !== undefined) reject(row, id, wrong);
    else {
      seen?.add(id);
      yield { row, id, deleted: status === 'tobedeleted' || status === 'inactive' };
    }
  }
}

function wrongRow(
  row: Row,
  id: string,
  status: string,
  seen: ReadonlySet<string> | null,
): WrongRow | undefined {
  if (!row.whole) return { field: '', message: 'Число полей не совпадает с заголовком' };
  if (id === '') return { field: 'sourcedId', message: 'Нет идентификатора' };
  if (!isCleanId(id) || id.length > ID_CHARS)
    return { field: 'sourcedId', message: 'Недопустимый идентификатор' };
  if (seen?.has(id)) return { field: 'sourcedId', message: REPEATED };
  if (!STATUSES.has(status)) return { field: 'status', message: 'Неизвестное состояние записи' };
  return undefined;
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
