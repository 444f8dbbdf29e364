/** A row that was not taken, or not whole; `message` is Russian and names no person. */
export interface RejectedRow {
  file: string;
  /** Counted from 1, the header's included. */
  line: number;
  field: string;
  message: string;
}

/** Keeps the first `limit` bad rows and counts the others. */
export class RejectedRows {
  readonly #limit: number;
  readonly rows: RejectedRow[] = [];
  total = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(at: { file: string; line: number }, field: string, message: string): void {
    this.total += 1;
    if (this.rows.length < this.#limit) this.rows.push({ file: at.file, line: at.line, field, message });
  }
}
