import { migrate } from '../store/migrate.ts';
import { databaseOf, runCommand } from './command.ts';

await runCommand('migrate', async (config, life) => {
  const databaseUrl = await databaseOf(config, life);
  await migrate(config.database.migrationUrl ?? databaseUrl, databaseUrl, {
    say: (text) => void process.stderr.write(`${text}\n`),
  });
  process.stdout.write('The database is at this version of the schema.\n');
  return 0;
});
