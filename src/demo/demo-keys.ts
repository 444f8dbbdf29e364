import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ensureDataDir } from '../data-dir.ts';

const keys = z.object({ SECRETS_KEY: z.string(), SGO_JWT_SECRET: z.string() });

/**
 * Gives the demonstration's own keys. They are made once and kept with its data, so that a restart can read what it
 * sealed.
 */
export function demoKeys(dataDir: string): z.infer<typeof keys> {
  const file = join(dataDir, 'demo-keys.json');
  if (existsSync(file)) return keys.parse(JSON.parse(readFileSync(file, 'utf8')));
  const made = {
    SECRETS_KEY: randomBytes(32).toString('base64'),
    SGO_JWT_SECRET: randomBytes(32).toString('base64url'),
  };
  ensureDataDir(dataDir);
  writeFileSync(file, JSON.stringify(made), { mode: 0o600 });
  return made;
}
