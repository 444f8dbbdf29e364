import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import { sure } from '../../sure.ts';

/** Entries carry one date, so that the same files make the same bytes. */
const ENTRY_DATE = new Date('2026-09-01T00:00:00Z');

/** Packs files by name into a zip, as POST /v1/roster-imports takes it. */
export async function zipRoster(files: Readonly<Record<string, string | Uint8Array>>): Promise<Uint8Array> {
  const zip = new ZipFile();
  for (const [name, content] of Object.entries(files)) {
    const bytes = typeof content === 'string' ? Buffer.from(content) : Buffer.from(content);
    zip.addBuffer(bytes, name, { mtime: ENTRY_DATE });
  }
  zip.end();
  // yazl's types name an older kind of stream.
  return buffer(zip.outputStream as unknown as NodeJS.ReadableStream);
}

/**
 * Packs the CSV files of a folder.
 * @throws when there is no manifest.csv in it
 */
export async function readRosterFolder(folder: string): Promise<Uint8Array> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.csv')).sort();
  if (!names.includes('manifest.csv'))
    throw new Error(`no manifest.csv in ${folder}: is it a OneRoster folder?`);
  const contents = await Promise.all(names.map((name) => readFile(join(folder, name))));
  return zipRoster(Object.fromEntries(names.map((name, at) => [name, sure(contents[at])])));
}
