import { configFromEnvironment } from '../config.ts';
import { startEmbeddedPostgres } from '../store/embedded-postgres/start.ts';
import { migrate } from '../store/migrate.ts';
import { exitWith } from './serve.ts';

try {
  const config = configFromEnvironment('migrate');
  await using embedded = config.database.url
    ? null
    : await startEmbeddedPostgres({ dataDir: config.dataDir });
  const databaseUrl = config.database.url ?? embedded!.url;
  await migrate(config.database.migrationUrl ?? databaseUrl, databaseUrl);
  process.stdout.write('The database is at this version of the schema.\n');
} catch (error) {
  exitWith(error);
}
