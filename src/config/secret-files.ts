import { readFileSync } from 'node:fs';
import { codeOf } from '../errors.ts';
import { type Environment, given } from './variables.ts';

/**
 * Variables that may be given as `NAME_FILE`, the path of a file with the value. Everybody who may list processes sees
 * an environment, and not such a file.
 */
export const SECRET_VARIABLES = [
  'DATABASE_URL',
  'MIGRATION_DATABASE_URL',
  'REDIS_URL',
  'OPS_TOKEN',
  'SMTP_URL',
  'SGO_JWT_SECRET',
  'SECRETS_KEY',
] as const;

/**
 * Gives the environment with the contents of these files in it. Adds a line to `problems` for each file that cannot be
 * read.
 */
export function withSecretFiles(env: Environment, problems: string[]): Environment {
  const read: Record<string, string> = {};
  for (const name of SECRET_VARIABLES) {
    const path = given(env, `${name}_FILE`);
    if (path === undefined) continue;
    if (given(env, name) !== undefined) {
      problems.push(`${name} and ${name}_FILE exclude each other`);
      continue;
    }
    try {
      read[name] = readFileSync(path, 'utf8').trim();
      if (read[name] === '') problems.push(`${name}_FILE names an empty file`);
    } catch (error) {
      problems.push(`${name}_FILE cannot be read (${codeOf(error)})`);
    }
  }
  return { ...env, ...read };
}
