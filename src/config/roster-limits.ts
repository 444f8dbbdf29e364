/** What a roster file may be at most; beyond any of them it is refused whole and nothing changes (reliability 33). */
export interface RosterLimits {
  zipBytes: number;
  /** All files of the archive together, unpacked. */
  unpackedBytes: number;
  /** Unpacked over packed size of one file; a zip bomb's is in the hundreds, a roster's below fifty. */
  packingRatio: number;
  /** Entries of the archive, folders and files that are not ours included. */
  entries: number;
  /** Rows of all files together. */
  rows: number;
  lineBytes: number;
  fieldChars: number;
  /** Bad rows that are kept to be fetched; the others are counted. */
  rejectedRows: number;
}

const MIB = 1024 * 1024;

export const DEFAULT_ROSTER_LIMITS: RosterLimits = {
  zipBytes: 100 * MIB,
  unpackedBytes: 512 * MIB,
  packingRatio: 200,
  entries: 1_000,
  rows: 1_000_000,
  lineBytes: 64 * 1024,
  fieldChars: 16 * 1024,
  rejectedRows: 100_000,
};

/** The length of an id, in characters. Ids are part of primary keys. */
export const ID_CHARS = 200;
/** The length of a name or title, in characters. */
export const NAME_CHARS = 200;
