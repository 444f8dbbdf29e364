/**
 * `npm run reseal`, after a key was put before the others in SECRETS_KEY: seals with that key what the others sealed.
 */
import { SecretBox } from '../secrets.ts';
import { Database } from '../store/database.ts';
import { assertMigrated } from '../store/migrate.ts';
import { resealAll } from '../store/reseal.ts';
import { databaseOf, runCommand } from './command.ts';

const print = (line: string) => process.stdout.write(`${line}\n`);

await runCommand('reseal', async (config, life) => {
  const databaseUrl = await databaseOf(config, life);
  await assertMigrated(databaseUrl);
  const db = await life.own(Database.open(databaseUrl, { poolMax: 2 }));
  const done = await resealAll(db, new SecretBox(config.secretsKeys));
  for (const { schoolId, resealed, current, unopened } of done) {
    if (resealed + current + unopened.length === 0) continue;
    print(`${schoolId ?? 'all schools'}: ${resealed} sealed anew, ${current} were already`);
    for (const column of unopened) print(`  no key of SECRETS_KEY opens ${column}`);
  }
  const failed = done.some(({ unopened }) => unopened.length > 0);
  print(failed ? 'Keep the former keys.' : 'Nothing needs the former keys any more.');
  return failed ? 1 : 0;
});
