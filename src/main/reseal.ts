/** `npm run reseal`: after a key was put before the others in SECRETS_KEY, seals with it what the others sealed. */
import { configFromEnvironment } from '../config.ts';
import { SecretBox } from '../secrets.ts';
import { Database } from '../store/database.ts';
import { startEmbeddedPostgres } from '../store/embedded-postgres/start.ts';
import { assertMigrated } from '../store/migrate.ts';
import { resealAll } from '../store/reseal.ts';
import { exitWith } from './serve.ts';

const print = (line: string) => process.stdout.write(`${line}\n`);

try {
  const config = configFromEnvironment('reseal');
  await using embedded = config.database.url
    ? null
    : await startEmbeddedPostgres({ dataDir: config.dataDir });
  const databaseUrl = config.database.url ?? embedded!.url;
  await assertMigrated(databaseUrl);
  await using db = await Database.open(databaseUrl, { poolMax: 2 });
  const done = await resealAll(db, new SecretBox(config.secretsKeys));
  for (const { schoolId, resealed, current, unopened } of done) {
    if (resealed + current + unopened.length === 0) continue;
    print(`${schoolId}: ${resealed} sealed anew, ${current} were already`);
    for (const column of unopened) print(`  no key of SECRETS_KEY opens ${column}`);
  }
  const failed = done.some(({ unopened }) => unopened.length > 0);
  print(failed ? 'Keep the former keys.' : 'Nothing needs the former keys any more.');
  process.exitCode = failed ? 1 : 0;
} catch (error) {
  exitWith(error);
}
