type RosterFileErrorCode =
  | 'not-a-zip'
  | 'zip-broken'
  | 'zip-too-big'
  | 'unpacked-too-big'
  | 'zip-bomb'
  | 'too-many-files'
  | 'too-many-rows'
  | 'missing-file'
  | 'duplicate-file'
  | 'two-rosters'
  | 'wrong-version'
  | 'not-bulk'
  | 'wrong-header'
  | 'not-utf8'
  | 'broken-csv'
  | 'line-too-long'
  | 'field-too-long';

/**
 * The file cannot be read as a roster, so nothing of it was taken. `message` is Russian, says what to do and names no
 * person. `code` is stable.
 */
export class RosterFileError extends Error {
  readonly code: RosterFileErrorCode;
  readonly file: string | undefined;
  /** The line in the file, counted from 1, the header included. */
  readonly line: number | undefined;

  constructor(code: RosterFileErrorCode, message: string, file?: string, line?: number) {
    super(message);
    this.name = 'RosterFileError';
    this.code = code;
    this.file = file;
    this.line = line;
  }
}
