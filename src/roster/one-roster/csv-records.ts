import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse';
import type { RosterLimits } from '../../config/roster-limits.ts';
import { PlainLines } from './plain-lines.ts';

/** Records that stand in one piece of the text. `plain`: each is one line, and no cell of it is too long. */
interface Records {
  records: Iterable<string[]>;
  plain: boolean;
}

/** A character takes at most so many bytes. */
const CHAR_BYTES = 3;

/**
 * Yields the records of CSV text (RFC 4180; line ends CRLF, LF or CR, also mixed), as lists of cells. The records of
 * a piece must all be read before the next piece is asked for.
 * @throws CsvError where the text cannot be read any further
 */
export async function* csvRecords(
  texts: AsyncGenerator<string>,
  { fieldChars, lineBytes }: Pick<RosterLimits, 'fieldChars' | 'lineBytes'>,
): AsyncGenerator<Records> {
  const lines = new PlainLines(Math.min(fieldChars, Math.floor(lineBytes / CHAR_BYTES)));
  for (;;) {
    // Not by `for await`, which would end the text where the parser takes it over.
    const { value = '', done = false } = await texts.next();
    yield { records: lines.take(value, done), plain: true };
    if (lines.stopped) break;
    if (done) return;
  }
  yield* parsed(lines.rest, texts, lineBytes);
}

async function* parsed(
  begun: string,
  texts: AsyncGenerator<string>,
  lineBytes: number,
): AsyncGenerator<Records> {
  const parser = parse({
    relax_column_count: true,
    relax_quotes: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    max_record_size: lineBytes,
  });
  const ended = pipeline(joined(begun, texts), parser);
  // It is awaited after the last record. Until then a failure also ends the records, which say it first.
  ended.catch(() => undefined);
  try {
    // Without the option `columns` the parser gives lists of cells.
    for await (const cells of parser as AsyncIterable<string[]>) yield { records: [cells], plain: false };
    await ended;
  } finally {
    parser.destroy();
  }
}

async function* joined(begun: string, texts: AsyncIterable<string>): AsyncGenerator<string> {
  yield begun;
  yield* texts;
}
