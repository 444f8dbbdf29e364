/** A made-up roster as large as wanted, written as it is packed: only the zip is ever in memory. */
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';

const PUPILS = 8_000;
const GROUPS = 400;
/** What other systems write beside what is ours; pads each row to a real export's length, and packs as one does. */
const NOTE_CHARS = 360;

/** Packs a roster of one school «big» whose enrollments.csv alone has so many rows, of some 440 bytes each. */
export async function largeRoster(enrollments: number): Promise<{ zip: Uint8Array; csvBytes: number }> {
  let csvBytes = 0;
  const zip = new ZipFile();
  const add = (name: string, lines: Iterable<string>) => {
    function* chunks() {
      for (const line of lines) {
        const chunk = Buffer.from(`${line}\n`);
        csvBytes += chunk.length;
        yield chunk;
      }
    }
    zip.addReadStream(Readable.from(batched(chunks())), name);
  };
  add('manifest.csv', [
    'propertyName,value',
    'manifest.version,1.0',
    'oneroster.version,1.1',
    ...['classes', 'courses', 'enrollments', 'orgs', 'users'].map((file) => `file.${file},bulk`),
  ]);
  add('orgs.csv', ['sourcedId,status,name,type', 'big,,Большая школа,school']);
  add('courses.csv', ['sourcedId,status,title', 'geo,,География']);
  add('classes.csv', [
    'sourcedId,status,title,grades,courseSourcedId,classType,schoolSourcedId,termSourcedIds',
    ...range(GROUPS, (at) => `g${at},,География ${at},,geo,scheduled,big,`),
  ]);
  add('users.csv', [
    'sourcedId,status,orgSourcedIds,role,userIds,givenName,familyName,middleName,agentSourcedIds',
    ...range(PUPILS, (at) => `p${at},,big,student,,Имя${at},Фамилия${at},,`),
  ]);
  add('enrollments.csv', enrollmentLines(enrollments));
  zip.end();
  const packed = await buffer(zip.outputStream as unknown as NodeJS.ReadableStream);
  return { zip: packed, csvBytes };
}

/** Every pupil in as many groups as it takes, each pair once. */
function* enrollmentLines(count: number): Generator<string> {
  yield 'sourcedId,status,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate,metadata.note';
  for (let at = 0; at < count; at++) {
    const pupil = at % PUPILS;
    const group = (pupil + Math.floor(at / PUPILS)) % GROUPS;
    const note = `${Math.imul(at, 2_654_435_761) >>> 0}-`.repeat(NOTE_CHARS / 8).slice(0, NOTE_CHARS);
    yield `enrollment-${at},active,g${group},big,p${pupil},student,false,2026-09-01,2027-05-31,${note}`;
  }
}

const range = (count: number, line: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => line(at));

/** Single lines would cost more in the stream than in the packing. */
function* batched(chunks: Iterable<Buffer>): Generator<Buffer> {
  let batch: Buffer[] = [];
  for (const chunk of chunks) {
    if (batch.push(chunk) < 200) continue;
    yield Buffer.concat(batch);
    batch = [];
  }
  yield Buffer.concat(batch);
}
