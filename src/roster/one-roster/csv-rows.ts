import { CsvError } from 'csv-parse';
import type { RosterLimits } from '../../config/roster-limits.ts';
import { cutText } from '../../text/cut-text.ts';
import { count } from '../../text/numbers.ts';
import { RosterFileError } from '../file-error.ts';
import type { ArchivedFile } from './archive.ts';
import { csvRecords } from './csv-records.ts';
import { decodeUtf8 } from './decode-utf8.ts';
import type { RowReport } from './row-report.ts';

/** A row of a CSV file by column name. */
export class Row {
  readonly file: string;
  readonly line: number;
  readonly #columns: ReadonlyMap<string, number>;
  readonly #cells: readonly string[];
  /** Whether there is a cell for each column, no more and no less. The header may end in cells without a name. */
  readonly whole: boolean;

  constructor(file: string, line: number, header: Header, cells: readonly string[]) {
    this.file = file;
    this.line = line;
    this.#columns = header.columns;
    this.#cells = cells;
    const columns = header.columns.size;
    this.whole =
      cells.length === columns ||
      (cells.length > columns &&
        cells.length <= header.cells &&
        cells.slice(columns).every((cell) => cell.trim() === ''));
  }

  /** Gives the trimmed cell; empty where the file has no such column. */
  get(column: string): string {
    const at = this.#columns.get(column);
    return at === undefined ? '' : (this.#cells[at] ?? '').trim();
  }

  has(column: string): boolean {
    return this.#columns.has(column);
  }

  /** The parts of a comma-separated list. */
  list(column: string): string[] {
    const text = this.get(column);
    if (text === '') return [];
    return text.split(',').flatMap((part) => part.trim() || []);
  }
}

interface Header {
  columns: ReadonlyMap<string, number>;
  /** The number of cells of the first line, including those without a name at its end. */
  cells: number;
}

export interface RowsContext {
  limits: RosterLimits;
  /** Records every row. Left out for the manifest, which is no part of the roster. */
  report?: RowReport;
  /** Counts a row that was read and the bytes of its file so far. Throws beyond the limit. */
  counted(rows: number, bytes: number): void;
}

/** Rows between two reports of progress. */
const REPORT_ROWS = 500;

/**
 * Yields the rows of a CSV file piece by piece. All rows of a piece must be read before the next piece is asked for.
 * Rows with too many or too few cells are yielded too (`whole` is false), because what they speak of must not be taken
 * for absent.
 * @throws RosterFileError when the file cannot be read any further: the rest is unknown, and unknown is not absent
 */
export async function* csvRows(
  file: ArchivedFile,
  required: readonly string[],
  context: RowsContext,
): AsyncGenerator<Iterable<Row>> {
  const progress = new Progress(context);
  context.report?.opened(file.name);
  const source = await file.open();
  const texts = decodeUtf8(progress.countBytes(source), file.name);
  const lines = new FileLines(file.name, required, context, progress);
  try {
    for await (const { records, plain } of csvRecords(texts, context.limits)) {
      yield plain ? lines.ofPlain(records) : lines.ofAny(records);
    }
  } catch (error) {
    throw readable(error, file.name, lines.line);
  } finally {
    source.destroy();
  }
  progress.tell();
  lines.end();
}

/** Makes rows of records, and knows in which line each begins. */
class FileLines {
  readonly #file: string;
  readonly #required: readonly string[];
  readonly #context: RowsContext;
  readonly #progress: Progress;
  #header: Header | undefined;
  /** The line in which the next record begins. */
  line = 1;

  constructor(file: string, required: readonly string[], context: RowsContext, progress: Progress) {
    this.#file = file;
    this.#required = required;
    this.#context = context;
    this.#progress = progress;
  }

  /** Yields the rows of records of one line each. */
  *ofPlain(records: Iterable<string[]>): Generator<Row> {
    for (const cells of records) {
      const row = this.#rowOf(cells, this.line++);
      if (row) yield this.#read(row);
    }
  }

  *ofAny(records: Iterable<string[]>): Generator<Row> {
    for (const cells of records) {
      const start = this.line;
      const breaks = lineBreaks(cells, this.#file, start, this.#context.limits.fieldChars);
      this.line += 1 + breaks;
      const row = this.#rowOf(cells, start);
      if (row && breaks > 0 && (!row.whole || swallowsRow(cells))) throw unclosedQuote(this.#file, start);
      if (row) yield this.#read(row);
    }
  }

  /** The file has ended. It must have had a header. */
  end(): void {
    if (this.#header === undefined) readHeader([], this.#required, this.#file);
  }

  /** Undefined for the header and for empty lines. */
  #rowOf(cells: readonly string[], line: number): Row | undefined {
    if (cells.length === 1 && cells[0]?.trim() === '') return undefined;
    if (this.#header !== undefined) return new Row(this.#file, line, this.#header, cells);
    this.#header = readHeader(cells, this.#required, this.#file);
    return undefined;
  }

  #read(row: Row): Row {
    this.#context.report?.read(this.#file);
    this.#progress.rowRead();
    return row;
  }
}

/** What was read since the last report. */
class Progress {
  readonly #context: RowsContext;
  #rows = 0;
  #bytes = 0;

  constructor(context: RowsContext) {
    this.#context = context;
  }

  async *countBytes(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      this.#bytes += chunk.byteLength;
      yield chunk;
    }
  }

  rowRead(): void {
    this.#rows += 1;
    if (this.#rows === REPORT_ROWS) this.tell();
  }

  tell(): void {
    this.#context.counted(this.#rows, this.#bytes);
    this.#rows = 0;
    this.#bytes = 0;
  }
}

function lineBreaks(cells: readonly string[], file: string, line: number, fieldChars: number): number {
  let breaks = 0;
  for (const cell of cells) {
    if (cell.length > fieldChars) {
      throw new RosterFileError(
        'field-too-long',
        `Поле длиннее ${count(fieldChars)} знаков: проверьте выгрузку`,
        file,
        line,
      );
    }
    if (cell.includes('\n') || cell.includes('\r')) breaks += cell.split(/\r\n|\n|\r/).length - 1;
  }
  return breaks;
}

function readHeader(cells: readonly string[], required: readonly string[], file: string): Header {
  const columns = new Map<string, number>();
  const named = cells.findLastIndex((cell) => cell.trim() !== '') + 1;
  for (const [at, cell] of cells.slice(0, named).entries()) {
    const name = cell.trim();
    if (columns.has(name)) {
      throw new RosterFileError(
        'wrong-header',
        `Столбец «${cutText(name, 40)}» назван дважды: исправьте заголовок`,
        file,
        1,
      );
    }
    columns.set(name, at);
  }
  const missing = required.filter((name) => !columns.has(name));
  if (missing.length > 0) {
    const names = missing.map((name) => `«${name}»`).join(', ');
    throw new RosterFileError(
      'wrong-header',
      `Нет столбцов: ${names}. Проверьте первую строку файла`,
      file,
      1,
    );
  }
  return { columns, cells: cells.length };
}

/** Counts the filled lines below the header of a file that is not used. */
export async function countRows(file: ArchivedFile): Promise<number> {
  let rows = 0;
  let filled = false;
  try {
    // A stream without an encoding gives buffers.
    for await (const chunk of (await file.open()) as AsyncIterable<Buffer>) {
      for (const byte of chunk) {
        if (byte !== 0x0a && byte !== 0x0d) filled = true;
        else if (filled) {
          rows += 1;
          filled = false;
        }
      }
    }
  } catch {
    // Nothing of this file is used, so its damage is no reason to refuse the roster.
  }
  return Math.max(0, rows + (filled ? 1 : 0) - 1);
}

/** Whether a cell of several lines holds enough commas to be the end of one row and the beginning of the next. */
function swallowsRow(cells: readonly string[]): boolean {
  return cells.some((cell) => /[\r\n]/.test(cell) && cell.split(',').length >= cells.length);
}

/** A stray quote has swallowed the rows after it, and nobody can tell where each of them ended. */
function unclosedQuote(file: string, line: number): RosterFileError {
  return new RosterFileError('broken-csv', 'Кавычка не закрыта: проверьте кавычки в этой строке', file, line);
}

function readable(error: unknown, file: string, line: number): unknown {
  if (error instanceof RosterFileError) return error;
  if (error instanceof CsvError) {
    if (error.code === 'CSV_MAX_RECORD_SIZE') {
      return new RosterFileError(
        'line-too-long',
        'Строка слишком длинная: проверьте концы строк и кавычки',
        file,
        line,
      );
    }
    return unclosedQuote(file, line);
  }
  return new RosterFileError(
    'zip-broken',
    'Файл в архиве повреждён: соберите и пришлите архив ещё раз',
    file,
  );
}
