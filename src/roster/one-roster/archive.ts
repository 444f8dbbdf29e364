import type { Readable } from 'node:stream';
import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl';
import { RosterFileError } from '../file-error.ts';
import type { RosterLimits } from '../limits.ts';

/** One CSV file of the archive. */
export interface ArchivedFile {
  name: string;
  bytes: number;
  open(): Promise<Readable>;
}

const ZIP_SIGNATURES = ['PK\x03\x04', 'PK\x05\x06'];
/** Below this size a file may be packed as tightly as it likes: it cannot do harm. */
const RATIO_FREE_BYTES = 1024 * 1024;

/**
 * The CSV files of a zip, by name: at its root or in one folder (the one that holds manifest.csv). Sizes are
 * checked before anything is unpacked; yauzl sees to it that a file is no larger than it says.
 * @throws RosterFileError
 */
export async function openArchive(zip: Uint8Array, limits: RosterLimits): Promise<Map<string, ArchivedFile>> {
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
  const files = new Map<string, ArchivedFile>();
  for (const { name, entry } of inRosterFolder(entries)) {
    if (files.has(name))
      throw new RosterFileError('duplicate-file', 'Файл лежит в архиве дважды: оставьте один', name);
    files.set(name, { name, bytes: entry.uncompressedSize, open: () => open(archive, entry, name) });
  }
  return files;
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
          `В архиве больше ${limits.entries} файлов: оставьте файлы OneRoster`,
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

function* inRosterFolder(entries: readonly Entry[]): Iterable<{ name: string; entry: Entry }> {
  const manifest = entries.find((entry) => /^(?:[^/]+\/)?manifest\.csv$/.test(entry.fileName));
  const folder = manifest?.fileName.slice(0, -'manifest.csv'.length) ?? '';
  for (const entry of entries) {
    if (!entry.fileName.startsWith(folder)) continue;
    const name = entry.fileName.slice(folder.length);
    if (/^[^/.]+\.csv$/.test(name)) yield { name, entry };
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
  return archive.openReadStreamPromise(entry).catch(broken);
}

function broken(error: unknown): never {
  if (error instanceof RosterFileError) throw error;
  throw new RosterFileError('zip-broken', 'Архив повреждён: соберите и пришлите его ещё раз');
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} МБ`;
}
