import type { RosterLimits } from '../config/roster-limits.ts';
import { count } from '../text/numbers.ts';
import { RosterFileError } from './file-error.ts';
import { openArchive } from './one-roster/archive.ts';
import { countRows, csvRows, type RowsContext } from './one-roster/csv-rows.ts';
import type { RosterDraft, RowSource } from './one-roster/draft.ts';
import { type Manifest, readManifest } from './one-roster/manifest.ts';
import { readEnrollments } from './one-roster/read-enrollments.ts';
import { readPeople } from './one-roster/read-people.ts';
import { readOrgs, readUnits } from './one-roster/read-units.ts';
import { RowReport } from './one-roster/row-report.ts';
import type { RosterReading, SchoolReading } from './reading.ts';

/**
 * Called now and then with the rows done and the rows in all, the latter estimated from the bytes while the file is
 * read.
 */
export type OnProgress = (done: number, total: number) => void;

/**
 * Reads a zip of OneRoster 1.1 or 1.2 CSV files (bulk), of one or many schools (contract: roster in bulk). The order
 * of rows does not matter. Bad rows are listed in the reading and do not stop the rest.
 * @throws RosterFileError when the file as a whole cannot be read
 */
export async function readRoster(
  zip: Uint8Array,
  limits: RosterLimits,
  onProgress: OnProgress = () => undefined,
): Promise<RosterReading> {
  const archive = await openArchive(zip, limits);
  const draft = emptyDraft(limits);
  const manifest = await readManifest(archive, { limits, counted: () => undefined });
  const counted = rowCounter(manifest, limits, onProgress);
  const context: RowsContext = { limits, report: draft.report, counted };
  // The manifest has refused an archive without a required file, so those always give rows.
  const source = ((name: Parameters<RowSource>[0], required: readonly string[]) => {
    const file = manifest.files.get(name);
    return file === undefined ? undefined : csvRows(file, required, context);
  }) as RowSource;

  await readOrgs(source, draft);
  await readUnits(source, draft);
  await readPeople(source, draft, manifest.version);
  const enrollments = await readEnrollments(source, draft);
  for (const { file, reason } of manifest.unread) {
    draft.report.leftOut({ file: file.name, reason, rows: await countRows(file) });
  }

  const schools = [...draft.schools.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  return {
    version: manifest.version,
    schools,
    unclear: draft.unclear,
    counts: { ...countsOf(schools), enrollments },
    rows: draft.report.outcome(),
    remarks: draft.remarks,
  };
}

function emptyDraft(limits: RosterLimits): RosterDraft {
  return {
    report: new RowReport(limits.rejectedRows),
    orgs: new Map(),
    schools: new Map(),
    schoolOfUnit: new Map(),
    goneUnits: new Set(),
    users: new Map(),
    unclear: { people: new Set(), roles: new Set(), units: new Set(), enrollments: new Set() },
    remarks: [],
  };
}

function rowCounter(
  manifest: Manifest,
  limits: RosterLimits,
  onProgress: OnProgress,
): RowsContext['counted'] {
  const totalBytes = manifest.files.values().reduce((sum, file) => sum + file.bytes, 0);
  let done = 0;
  let doneBytes = 0;
  return (rows, bytes) => {
    done += rows;
    doneBytes += bytes;
    if (done > limits.rows) {
      throw new RosterFileError(
        'too-many-rows',
        `Больше ${count(limits.rows)} строк: выгрузите школы по частям`,
      );
    }
    if (rows > 0) onProgress(done, Math.max(done, Math.round((done * totalBytes) / Math.max(doneBytes, 1))));
  };
}

function countsOf(schools: readonly SchoolReading[]) {
  const stated = schools.filter((school) => !school.gone);
  const units = stated.flatMap((school) => [...school.units.values()]);
  return {
    schools: stated.length,
    people: stated.reduce((sum, school) => sum + school.people.size, 0),
    classes: units.filter((unit) => unit.kind === 'class').length,
    subjectGroups: units.filter((unit) => unit.kind === 'group').length,
  };
}
