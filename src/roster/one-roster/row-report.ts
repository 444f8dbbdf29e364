import { kindOfValue, type ValueKind } from './value-kind.ts';

/**
 * A row that was refused, or one that was taken without one of its fields. `message` is Russian and names no person.
 */
export interface RowFault {
  file: string;
  /** The line in the file, counted from 1, the header included. */
  line: number;
  /** The column; empty where the row as a whole is meant. */
  field: string;
  /** What kind of value stands in the field; `row` for a row as a whole. */
  valueKind: ValueKind | 'row';
  message: string;
}

/** Rows of one file that a rule leaves out. */
interface IgnoredRows {
  file: string;
  reason: string;
  rows: number;
}

/** The rows of one file. Each is used, rejected or ignored: rows = used + rejected + ignored. */
interface FileRows {
  file: string;
  rows: number;
  used: number;
  rejected: number;
  ignored: number;
}

/** What became of the rows of a roster. The lists are cut, the totals are not. */
export interface RowOutcome {
  files: readonly FileRows[];
  rejected: readonly RowFault[];
  rejectedTotal: number;
  /** Rows that were taken without one or more of their fields, each row once. */
  lostFields: readonly RowFault[];
  lostFieldsTotal: number;
  ignored: readonly IgnoredRows[];
}

/** Where a row stands, as a report names it. */
interface RowPlace {
  file: string;
  line: number;
  get(field: string): string;
}

/**
 * Records what becomes of every row, so that nothing is dropped in silence (J2). A row has one end: the first refusal
 * or rule counts, and a refused or ignored row loses no field. A row that was read and not reported was used.
 */
export class RowReport {
  readonly #limit: number;
  readonly #rows = new Map<string, number>();
  readonly #rejected = new Map<string, Map<number, RowFault | null>>();
  readonly #lost = new Map<string, Map<number, RowFault>>();
  readonly #ignored = new Map<string, Map<number, string>>();
  readonly #unread: IgnoredRows[] = [];
  #kept = 0;

  /** Keeps the first `limit` faults and counts the others. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Notes a file that will be read. It counts even if no row follows. */
  opened(file: string): void {
    this.#rows.set(file, this.#rows.get(file) ?? 0);
  }

  read(file: string): void {
    this.#rows.set(file, (this.#rows.get(file) ?? 0) + 1);
  }

  /** Notes a file that is not used, and how many rows it has. */
  leftOut(ignored: IgnoredRows): void {
    this.#unread.push(ignored);
  }

  reject(row: RowPlace, field: string, message: string): void {
    if (this.#ended(row)) return;
    this.#kept += 1;
    const fault = this.#kept <= this.#limit ? faultOf(row, field, message) : null;
    linesOf(this.#rejected, row.file).set(row.line, fault);
  }

  ignore(row: RowPlace, reason: string): void {
    if (!this.#ended(row)) linesOf(this.#ignored, row.file).set(row.line, reason);
  }

  /** Notes a lost field. A row that loses several fields is reported once, with all of them. */
  lose(row: RowPlace, field: string, message: string): void {
    const lost = linesOf(this.#lost, row.file);
    const before = lost.get(row.line);
    if (before === undefined) lost.set(row.line, faultOf(row, field, message));
    else if (before.field !== field) {
      lost.set(row.line, { ...before, message: `${before.message}. ${field}: ${message}` });
    }
  }

  outcome(): RowOutcome {
    const rejected = [...this.#rejected.values()].flatMap((lines) => [...lines.values()]);
    const lost = [...this.#lost.values()].flatMap((lines) => [...lines.values()]);
    const lostFields = lost.filter((fault) => !this.#ended(fault)).sort(byPlace);
    const size = (of: Map<string, Map<number, unknown>>, file: string) => of.get(file)?.size ?? 0;
    const files = [...this.#rows].map(([file, rows]) => {
      const [refused, ignored] = [size(this.#rejected, file), size(this.#ignored, file)];
      return { file, rows, used: rows - refused - ignored, rejected: refused, ignored };
    });
    const unread = this.#unread.map(({ file, rows }) => ({
      file,
      rows,
      used: 0,
      rejected: 0,
      ignored: rows,
    }));
    return {
      files: [...files, ...unread],
      rejected: rejected.filter((fault) => fault !== null).sort(byPlace),
      rejectedTotal: rejected.length,
      lostFields: lostFields.slice(0, this.#limit),
      lostFieldsTotal: lostFields.length,
      ignored: [...this.#ignoredByReason(), ...this.#unread],
    };
  }

  #ended({ file, line }: { file: string; line: number }): boolean {
    return this.#rejected.get(file)?.has(line) === true || this.#ignored.get(file)?.has(line) === true;
  }

  #ignoredByReason(): IgnoredRows[] {
    return [...this.#ignored].flatMap(([file, lines]) => {
      const counts = new Map<string, number>();
      for (const reason of lines.values()) counts.set(reason, (counts.get(reason) ?? 0) + 1);
      return [...counts].map(([reason, rows]) => ({ file, reason, rows }));
    });
  }
}

function linesOf<Told>(of: Map<string, Map<number, Told>>, file: string): Map<number, Told> {
  const lines = of.get(file) ?? new Map<number, Told>();
  of.set(file, lines);
  return lines;
}

function faultOf(row: RowPlace, field: string, message: string): RowFault {
  const valueKind = field === '' ? 'row' : kindOfValue(row.get(field));
  return { file: row.file, line: row.line, field, valueKind, message };
}

function byPlace(a: RowFault, b: RowFault): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line;
}
