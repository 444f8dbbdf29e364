import { cleanText, isCleanId, isDay } from '../clean-text.ts';
import { ID_CHARS, NAME_CHARS } from '../limits.ts';
import type { Span } from '../reading.ts';
import type { Row } from './csv-rows.ts';
import type { RejectedRows } from './rejected.ts';

/** `deleted`: the row says that its thing is no more. */
export interface IdentifiedRow {
  row: Row;
  id: string;
  deleted: boolean;
}

/**
 * Rows with an id of their own, each id once. The others are rejected; `unclear` hears the id of a bad row that
 * has one.
 */
export async function* identified(
  rows: AsyncIterable<Row>,
  rejected: RejectedRows,
  unclear: (id: string, row: Row) => void,
): AsyncGenerator<IdentifiedRow> {
  const seen = new Set<string>();
  for await (const row of rows) {
    const id = row.get('sourcedId');
    const wrong = (field: string, message: string) => {
      rejected.add(row, field, message);
      unclear(id, row);
    };
    const status = row.get('status').toLowerCase();
    if (!row.whole) wrong('', 'Число полей не то, что в заголовке');
    else if (id === '') wrong('sourcedId', 'Нет идентификатора');
    else if (!isCleanId(id) || id.length > ID_CHARS) wrong('sourcedId', 'Недопустимый идентификатор');
    else if (seen.has(id)) wrong('sourcedId', 'Идентификатор уже встречался в этом файле');
    else if (!STATUSES.has(status)) wrong('status', 'Неизвестное состояние записи');
    else {
      seen.add(id);
      yield { row, id, deleted: status === 'tobedeleted' || status === 'inactive' };
    }
  }
}

export const NO_SUCH_USER = 'Нет такого пользователя в users.csv, или его строка отклонена';

const STATUSES: ReadonlySet<string> = new Set(['', 'active', 'tobedeleted', 'inactive']);

/** A name or title, cleaned; undefined (and rejected) when it is too long. */
export function readName(row: Row, field: string, rejected: RejectedRows): string | undefined {
  const text = cleanText(row.get(field));
  if (text.length <= NAME_CHARS) return text;
  rejected.add(row, field, `Длиннее ${NAME_CHARS} знаков`);
  return undefined;
}

/** A span of days; undefined (and rejected) when a day is not one or the end is before the beginning. */
export function readSpan(row: Row, begin: string, end: string, rejected: RejectedRows): Span | undefined {
  const beginsOn = row.get(begin) || null;
  const endsOn = row.get(end) || null;
  for (const [field, day] of [
    [begin, beginsOn],
    [end, endsOn],
  ] as const) {
    if (day === null || isDay(day)) continue;
    rejected.add(row, field, 'Не дата вида ГГГГ-ММ-ДД');
    return undefined;
  }
  if (beginsOn !== null && endsOn !== null && beginsOn > endsOn) {
    rejected.add(row, end, 'Окончание раньше начала');
    return undefined;
  }
  return { beginsOn, endsOn };
}
