/** Scenario 33: what is too large, too much or too slow is refused or taken in, within a bound of memory. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { zipRoster } from '../../src/demo/school/zip-roster.ts';
import { type Program, startProgram } from '../support/child-process.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { freePort } from '../support/free-port.ts';
import { largeRoster } from '../support/large-roster.ts';
import { tokenOf } from '../support/tokens.ts';

const MIB = 1024 * 1024;
/** The most memory of one process that is API and worker at once, with its code and heap. */
const PEAK_MIB = 900;
const ZIP_BYTES = 32 * MIB;
/** So long because the machine may be busy. This test is about memory, not time. */
const TAKEN_IN_WITHIN_MS = 150_000;
/** Both kinds of body arrive within this time. */
const ARRIVES_WITHIN_MS = 3_000;
/** The pause between two bytes of a slow client. */
const PAUSE_MS = 100;
const ROUTES = {
  '/v1/roster-imports': 'application/zip',
  '/v1/schools/big/events': 'application/cloudevents-batch+json',
};
const NOWHERE = 'http://127.0.0.1:9/method';

let database: TestDatabase;
let program: Program;
let port: number;
let token: string;
beforeAll(async () => {
  database = await createTestDatabase();
  port = await freePort();
  token = await tokenOf({ role: 'service', school: '*' });
  program = startProgram('start', {
    ...{ DATABASE_URL: database.url, SFERUM_API_URL: NOWHERE, PORT: String(port) },
    LIMIT_ROSTER_ZIP_BYTES: String(ZIP_BYTES),
    LIMIT_UPLOAD_TIMEOUT_MS: String(ARRIVES_WITHIN_MS),
    LIMIT_JSON_BODY_TIMEOUT_MS: String(ARRIVES_WITHIN_MS),
  });
  await program.ready();
});
afterAll(async () => {
  await program[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const ask = (path: string, init: RequestInit = {}) =>
  fetch(`http://127.0.0.1:${port}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${token}`, ...(init.headers as Record<string, string>) },
  });

/** Uploads a roster and waits for the end of its import. */
async function imported(zip: Uint8Array) {
  const response = await ask('/v1/roster-imports', {
    ...{ method: 'POST', headers: { 'content-type': 'application/zip' } },
    body: zip as Uint8Array<ArrayBuffer>,
  });
  expect(response.status).toBe(202);
  const { operationId } = (await response.json()) as { operationId: string };
  return vi.waitFor(
    async () => {
      const operation = (await (await ask(`/v1/operations/${operationId}`)).json()) as {
        state: string;
        result: unknown;
        problems: unknown;
      };
      expect(['succeeded', 'failed']).toContain(operation.state);
      return operation;
    },
    { timeout: TAKEN_IN_WITHIN_MS, interval: 50 },
  );
}

/** Gives the most memory that the process ever held, in MiB. */
async function peakMib(): Promise<number> {
  const status = await readFile(`/proc/${program.pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)![1]) / 1024;
}

async function expectBounded(): Promise<void> {
  const peak = await peakMib();
  console.log(`at most ${Math.round(peak)} MiB until then`);
  expect(peak).toBeLessThan(PEAK_MIB);
}

test('reliability 33: 100 MB of CSV are taken in', async () => {
  const { zip, csvBytes } = await largeRoster(240_000);
  expect(csvBytes).toBeGreaterThan(100 * MIB);
  const { state, result } = await imported(zip);
  expect({ state, result }).toMatchObject({
    state: 'succeeded',
    result: { people: 8_000, subjectGroups: 400, enrollments: 240_000, rejectedTotal: 0 },
  });
  await expectBounded();
}, 180_000);

test('reliability 33: a zip bomb is refused, whatever it says of its size', async () => {
  const bomb = await zipRoster({
    'manifest.csv': 'propertyName,value\n',
    'users.csv': Buffer.alloc(300 * MIB, ' '),
  });
  expect(bomb.length).toBeLessThan(MIB);
  expect(await imported(bomb)).toMatchObject({ state: 'failed', problems: [{ code: 'zip-bomb' }] });

  // The archive's directory states a size that is too small.
  const { zip } = await largeRoster(1_000);
  const lying = Buffer.from(zip);
  const entry = lying.lastIndexOf('enrollments.csv');
  lying.writeUInt32LE(1_000, entry - 22);
  expect(await imported(lying)).toMatchObject({ state: 'failed', problems: [{ code: 'zip-broken' }] });
  await expectBounded();
});

test('reliability 33: a body beyond its limit is 413, told or not told how long it is', async () => {
  const piece = Buffer.alloc(MIB, 'x');
  for (const [path, type] of Object.entries(ROUTES)) {
    const told = await answered({ path, type, head: [`content-length: ${ZIP_BYTES + 1}`] }, () => null);
    expect({ path, told }).toEqual({ path, told: 413 });
    const chunk = Buffer.concat([Buffer.from(`${MIB.toString(16)}\r\n`), piece, Buffer.from('\r\n')]);
    const endless = await answered({ path, type, head: ['transfer-encoding: chunked'] }, () => chunk);
    expect({ path, endless }).toEqual({ path, endless: 413 });
  }
  await expectBounded();
});

test('reliability 33: clients that are too slow are 408, however many, and hold up nobody', async () => {
  const slow = Array.from({ length: 30 }, (_, at) => {
    const [path, type] = Object.entries(ROUTES)[at % 2]!;
    let sent = 0;
    return answered({ path, type, head: ['content-length: 900000'] }, () =>
      sent++ === 0 ? Buffer.alloc(800_000, 'x') : Buffer.from('x'),
    );
  });
  expect((await ask('/healthz')).status).toBe(200);
  expect(await Promise.all(slow)).toEqual(slow.map(() => 408));
  await expectBounded();
});

test('reliability 33: of a million pages each is answered, and what lies beyond is refused', async () => {
  for (const path of ['people?lastName=', 'chats?', 'journal?', 'operations?']) {
    const page = (number: string) => ask(`/v1/schools/big/${path}&page=${number}&perPage=100`);
    const last = await page('1000000');
    expect({ path, status: last.status, body: await last.json() }).toMatchObject({
      status: 200,
      body: { items: [] },
    });
    for (const beyond of ['1000001', '99999999999999999999', '-1', '1e400', 'NaN']) {
      expect({ path, beyond, status: (await page(beyond)).status }).toEqual({ path, beyond, status: 400 });
    }
  }
  await expectBounded();
});

/**
 * Sends a request by hand. It writes what `next` gives (null: nothing) until an answer comes. Gives the answer's
 * status.
 */
async function answered(
  { path, type, head }: { path: string; type: string; head: readonly string[] },
  next: () => Buffer | null,
): Promise<number> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  const lines = [
    `POST ${path} HTTP/1.1`,
    'host: 127.0.0.1',
    `authorization: Bearer ${token}`,
    `content-type: ${type}`,
  ];
  socket.write(`${[...lines, ...head].join('\r\n')}\r\n\r\n`);
  const answer = once(socket, 'data').then(([data]) => Number(String(data).split(' ')[1]));
  let open = true;
  void answer.finally(() => {
    open = false;
  });
  while (open) {
    const piece = next();
    if (piece && !socket.write(piece)) await Promise.race([once(socket, 'drain'), answer]);
    await Promise.race([answer, systemClock.sleep(piece && piece.length > 1 ? 0 : PAUSE_MS)]);
  }
  socket.destroy();
  return answer;
}
