import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl';
import type { RosterLimits } from '../../config/roster-limits.ts';
import { sure } from '../../sure.ts';
import { count } from '../../text/numbers.ts';
import { RosterFileError } from '../file-error.ts';

/** One CSV file of the archive. */
export interface ArchivedFile {
  name: string;
  bytes: number;
  open(): Promise<Readable>;
}

export interface RosterArchive {
  /** The files beside manifest.csv, by name in lower case. */
  files: ReadonlyMap<string, ArchivedFile>;
  /** CSV files in other folders, which are no part of the roster. */
  elsewhere: readonly ArchivedFile[];
}

const ZIP_SIGNATURES = ['PK\x03\x04', 'PK\x05\x06'];
/** A file below this size may have any ratio, because unpacking it can do no harm. */
const RATIO_FREE_BYTES = 1024 * 1024;

/**
 * Gives the CSV files of a zip: those at its root or in the one folder that holds manifest.csv. An archive with two
 * rosters is refused, because nobody can tell which is meant.
 * Sizes are checked before anything is unpacked. yauzl makes sure that a file is no larger than it claims, and each
 * file that is read must have the checksum that the archive names.
 * @throws RosterFileError
 */
export async function openArchive(zip: Uint8Array, limits: RosterLimits): Promise<RosterArchive> {
  if (zip.byteLength > limits.zipBytes) {
    throw new RosterFileError(
      'zip-too-big',
      `Архив больше ${mebibytes(limits.zipBytes)}: выгрузите школы по частям`,
    );
  }
  const body = Buffer.from(zip.buffer, zip.byteOffset, zip.byteLength);
  if (!ZIP_SIGNATURES.includes(body.toString('latin1', 0, 4))) {
    throw new RosterFileError('not-a-zip', 'Это не ZIP-архив: пришлите архив с файлами OneRoster CSV');
  }
  const archive = await fromBufferPromise(body, { lazyEntries: true, autoClose: false }).catch(broken);
  const entries = await listEntries(archive, limits);
  const folder = rosterFolder(entries);
  const files = new Map<string, ArchivedFile>();
  const elsewhere: ArchivedFile[] = [];
  for (const entry of entries) {
    if (!isCsv(entry)) continue;
    const inside = entry.fileName.startsWith(folder) && !entry.fileName.slice(folder.length).includes('/');
    const name = inside ? entry.fileName.slice(folder.length) : entry.fileName;
    const file = { name, bytes: entry.uncompressedSize, open: () => open(archive, entry, name) };
    if (!inside) elsewhere.push(file);
    else if (files.has(name.toLowerCase())) {
      throw new RosterFileError('duplicate-file', 'Файл лежит в архиве дважды: оставьте один', name);
    } else files.set(name.toLowerCase(), file);
  }
  return { files, elsewhere };
}

/** Hidden files, and what macOS adds to an archive, are not part of a roster. */
function isCsv({ fileName }: Entry): boolean {
  return /(?:^|\/)[^/.]+\.csv$/i.test(fileName) && !fileName.startsWith('__MACOSX/');
}

/** Gives the folder of manifest.csv, with its slash; '' for the root. */
function rosterFolder(entries: readonly Entry[]): string {
  const manifests = entries.filter((entry) => isCsv(entry) && /(?:^|\/)manifest\.csv$/i.test(entry.fileName));
  const folders = [...new Set(manifests.map(({ fileName }) => fileName.slice(0, -'manifest.csv'.length)))];
  if (folders.length <= 1) return folders[0] ?? '';
  const names = folders.map((folder) => (folder === '' ? 'корень архива' : folder.slice(0, 100))).join(', ');
  throw new RosterFileError(
    'two-rosters',
    `В архиве несколько выгрузок (${names}): оставьте одну`,
    sure(manifests[1]).fileName,
  );
}

async function listEntries(archive: ZipFile, limits: RosterLimits): Promise<Entry[]> {
  const entries: Entry[] = [];
  let unpacked = 0;
  try {
    for await (const entry of archive.eachEntry()) {
      entries.push(entry);
      unpacked += entry.uncompressedSize;
      if (entries.length > limits.entries) {
        throw new RosterFileError(
          'too-many-files',
          `В архиве больше ${count(limits.entries)} файлов: оставьте файлы OneRoster`,
        );
      }
      if (unpacked > limits.unpackedBytes) {
        throw new RosterFileError(
          'unpacked-too-big',
          `Файлы архива вместе больше ${mebibytes(limits.unpackedBytes)}: выгрузите школы по частям`,
        );
      }
      checkRatio(entry, limits);
    }
  } catch (error) {
    broken(error);
  }
  return entries;
}

function checkRatio(entry: Entry, limits: RosterLimits): void {
  if (entry.uncompressedSize <= RATIO_FREE_BYTES) return;
  if (entry.uncompressedSize > entry.compressedSize * limits.packingRatio) {
    throw new RosterFileError(
      'zip-bomb',
      'Файл сжат неправдоподобно сильно: соберите архив заново',
      entry.fileName,
    );
  }
}

async function open(archive: ZipFile, entry: Entry, name: string): Promise<Readable> {
  if (!entry.canDecodeFileData()) {
    throw new RosterFileError(
      'zip-broken',
      'Файл зашифрован или сжат незнакомым способом: соберите обычный ZIP',
      name,
    );
  }
  const packed = await archive.openReadStreamPromise(entry).catch(broken);
  return Readable.from(checked(packed, entry.crc32, name), { objectMode: false });
}

async function* checked(chunks: Readable, expected: number, name: string): AsyncGenerator<Buffer> {
  let sum = 0;
  // A stream without an encoding gives buffers.
  for await (const chunk of chunks as AsyncIterable<Buffer>) {
    sum = crc32(chunk, sum);
    yield chunk;
  }
  if (sum === expected) return;
  throw new RosterFileError(
    'zip-broken',
    'Контрольная сумма файла не сходится: соберите и пришлите архив ещё раз',
    name,
  );
}

function broken(error: unknown): never {
  if (error instanceof RosterFileError) throw error;
  throw new RosterFileError('zip-broken', 'Архив повреждён: соберите и пришлите его ещё раз');
}

function mebibytes(bytes: number): string {
  return `${count(Math.round(bytes / 1024 / 1024))} МБ`;
}
