import { RosterFileError } from '../file-error.ts';
import type { ArchivedFile, RosterArchive } from './archive.ts';
import { csvRows, type RowsContext } from './csv-rows.ts';

/** The version of the files and which of them the archive holds. */
export interface Manifest {
  version: '1.1' | '1.2';
  files: ReadonlyMap<RosterFileName, ArchivedFile>;
  /** CSV files of the archive that are not read, each with the rule that leaves it out. */
  unread: readonly { file: ArchivedFile; reason: string }[];
}

export type RosterFileName = (typeof FILE_NAMES)[number];

const FILE_NAMES = [
  'orgs',
  'academicSessions',
  'courses',
  'classes',
  'users',
  'roles',
  'demographics',
  'enrollments',
] as const;

/** Without these files there is no roster: a missing one must not be taken for an empty one. */
const REQUIRED: readonly RosterFileName[] = ['orgs', 'classes', 'users', 'enrollments'];

/**
 * Reads manifest.csv and checks that every file it promises is there as a whole (bulk).
 * @throws RosterFileError
 */
export async function readManifest(
  { files: archive, elsewhere }: RosterArchive,
  context: Omit<RowsContext, 'report'>,
): Promise<Manifest> {
  const file = archive.get('manifest.csv');
  if (file === undefined) throw missing('manifest.csv');
  const properties = new Map<string, string>();
  for await (const rows of csvRows(file, ['propertyName', 'value'], context)) {
    for (const row of rows)
      properties.set(row.get('propertyName').toLowerCase(), row.get('value').toLowerCase());
  }
  const version = versionOf(properties.get('oneroster.version'));
  const required = version === '1.2' ? [...REQUIRED, 'roles'] : REQUIRED;
  const files = new Map<RosterFileName, ArchivedFile>();
  for (const name of FILE_NAMES) {
    const found = present(name, properties.get(`file.${name.toLowerCase()}`), archive);
    if (found !== undefined) files.set(name, found);
    else if (required.includes(name)) throw missing(`${name}.csv`);
  }
  const read = new Set<ArchivedFile>([file, ...files.values()]);
  const beside = [...archive.values()].filter((one) => !read.has(one));
  const unread = [
    ...beside.map((one) => ({
      file: one,
      reason: 'Файл не нужен для чатов или отмечен как отсутствующий (absent)',
    })),
    ...elsewhere.map((one) => ({ file: one, reason: 'Файл лежит вне папки выгрузки' })),
  ];
  return { version, files, unread };
}

function versionOf(text: string | undefined): '1.1' | '1.2' {
  const version = /^1\.[12](?=\.|$)/.exec(text ?? '')?.[0];
  if (version === '1.1' || version === '1.2') return version;
  throw new RosterFileError(
    'wrong-version',
    'Нужен OneRoster 1.1 или 1.2: проверьте oneroster.version',
    'manifest.csv',
  );
}

/** A file that the manifest does not mention counts as bulk when it is there. */
function present(
  name: RosterFileName,
  mode: string | undefined,
  archive: ReadonlyMap<string, ArchivedFile>,
): ArchivedFile | undefined {
  if (mode === 'absent') return undefined;
  if (mode !== undefined && mode !== '' && mode !== 'bulk') {
    throw new RosterFileError(
      'not-bulk',
      'Принимается только полная выгрузка (bulk), без изменений (delta)',
      `${name}.csv`,
    );
  }
  const file = archive.get(`${name}.csv`.toLowerCase());
  if (file === undefined && mode === 'bulk') throw missing(`${name}.csv`);
  return file;
}

function missing(file: string): RosterFileError {
  return new RosterFileError(
    'missing-file',
    'Файла нет в архиве: добавьте его и пришлите архив ещё раз',
    file,
  );
}
