import { chmodSync, mkdirSync, statSync } from 'node:fs';

const OWNER_ONLY = 0o700;
/** The bit of a directory that others put files into, such as /tmp. Such a directory is left as it is. */
const STICKY = 0o1000;

/**
 * Makes sure of DATA_DIR, which nobody but its owner may enter, because keys, tokens and children's names stand in
 * it. A directory with wider rights, as an older version made it, is narrowed. Another user's is left as it is.
 */
export function ensureDataDir(dataDir: string): void {
  mkdirSync(dataDir, { recursive: true, mode: OWNER_ONLY });
  const { mode, uid } = statSync(dataDir);
  if ((mode & 0o777) !== OWNER_ONLY && (mode & STICKY) === 0 && uid === process.getuid?.()) {
    chmodSync(dataDir, OWNER_ONLY);
  }
}
