/** No line end, quote or carriage return follows. */
const NONE = Number.POSITIVE_INFINITY;

/**
 * Splits text into records where that needs no parser: a line without quotes, or one whose quoted cells are closed
 * before the line ends. That is nearly every line of a roster, and costs a quarter of what a parser does.
 * It stops at the first other line (a stray quote, a cell of several lines, a very long line). That line and all
 * after it are for a parser, which alone knows where such a record ends.
 */
export class PlainLines {
  readonly #longestChars: number;
  #text = '';
  #stopped = false;

  constructor(longestChars: number) {
    this.#longestChars = longestChars;
  }

  /** Whether a line was found that is not plain. It is known once all records of `take` were read. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** The text that has not become records. */
  get rest(): string {
    return this.#text;
  }

  /** Yields the records of the lines that end in the text so far. `isLast`: no text follows. */
  *take(text: string, isLast: boolean): Generator<string[]> {
    const all = this.#text + text;
    let at = 0;
    const next = { '\n': -1, '\r': -1, '"': -1 };
    /** Gives the place of the next such character, looking for it once until it is passed. */
    const find = (what: keyof typeof next) => {
      if (next[what] < at) {
        const found = all.indexOf(what, at);
        next[what] = found === -1 ? NONE : found;
      }
      return next[what];
    };
    while (at < all.length) {
      let end = Math.min(find('\n'), find('\r'));
      // A carriage return at the end of the text may be half of a line end.
      if (!isLast && end >= all.length - 1 && all[end] !== '\n') break;
      end = Math.min(end, all.length);
      const cells = end - at > this.#longestChars ? null : cellsOf(all.slice(at, end), find('"') < end);
      if (cells === null) {
        this.#stopped = true;
        break;
      }
      at = end + (all[end] === '\r' && all[end + 1] === '\n' ? 2 : 1);
      yield cells;
    }
    this.#text = all.slice(at);
    if (this.#text.length > this.#longestChars) this.#stopped = true;
  }
}

/** Gives the cells of a line; null where a quote in it does not open, double or close as it should. */
function cellsOf(line: string, isQuoted: boolean): string[] | null {
  if (!isQuoted) return line.split(',');
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    if (line[at] !== '"') {
      const comma = line.indexOf(',', at);
      const cell = comma === -1 ? line.slice(at) : line.slice(at, comma);
      if (cell.includes('"')) return null;
      cells.push(cell);
      if (comma === -1) return cells;
      at = comma + 1;
      continue;
    }
    const close = closingQuote(line, at + 1);
    if (close === -1) return null;
    cells.push(line.slice(at + 1, close).replaceAll('""', '"'));
    if (close + 1 === line.length) return cells;
    if (line[close + 1] !== ',') return null;
    at = close + 2;
  }
}

/** Gives the place of the quote that closes a cell, -1 where none does. A doubled quote is a part of the cell. */
function closingQuote(line: string, from: number): number {
  let at = line.indexOf('"', from);
  while (at !== -1 && line[at + 1] === '"') at = line.indexOf('"', at + 2);
  return at;
}
