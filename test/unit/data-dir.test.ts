import { chmod, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureDataDir } from '../../src/data-dir.ts';
import { demoKeys } from '../../src/demo/demo-keys.ts';

let place: string;
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'data-dir-'));
});
afterAll(() => rm(place, { recursive: true, force: true }));

const modeOf = async (path: string) => (await stat(path)).mode & 0o7777;

test('DATA_DIR is made for its owner alone, with what lies above it', async () => {
  const dataDir = join(place, 'deep', 'data');
  ensureDataDir(dataDir);
  expect(await modeOf(dataDir)).toBe(0o700);
  demoKeys(join(place, 'demo'));
  expect(await modeOf(join(place, 'demo'))).toBe(0o700);
});

test('one that is wider is narrowed; a directory that others use, as /tmp, is not', async () => {
  const wide = join(place, 'wide');
  await mkdir(wide);
  await chmod(wide, 0o755);
  ensureDataDir(wide);
  expect(await modeOf(wide)).toBe(0o700);
  await chmod(wide, 0o1777);
  ensureDataDir(wide);
  expect(await modeOf(wide)).toBe(0o1777);
});
