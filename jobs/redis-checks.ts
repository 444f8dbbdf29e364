import type { Redis } from 'ioredis';

/**
 * Checks that this Redis keeps the jobs that it acknowledges. Resolves with warnings for an operator. It asks by INFO,
 * because many hosts forbid CONFIG.
 * @throws where Redis may evict jobs
 */
export async function checkRedis(redis: Redis): Promise<string[]> {
  const settings = fieldsOf(`${await redis.info('memory')}\n${await redis.info('persistence')}`);
  const policy = settings.get('maxmemory_policy');
  if (policy !== undefined && policy !== 'noeviction') {
    throw new Error(
      `Redis may drop jobs: its maxmemory-policy is «${policy}»; set it to «noeviction» (CONFIG SET maxmemory-policy noeviction)`,
    );
  }
  const warnings: string[] = [];
  if (policy === undefined)
    warnings.push('this Redis does not tell its maxmemory-policy: it must be noeviction');
  if (settings.get('aof_enabled') !== '1') {
    warnings.push(
      'Redis runs without AOF: a crash loses acknowledged jobs (they come back by the sweep, later); set appendonly yes',
    );
  }
  return warnings;
}

/** `name:value` lines; `# Section` and empty ones are left out. */
function fieldsOf(info: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of info.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1));
  }
  return fields;
}
