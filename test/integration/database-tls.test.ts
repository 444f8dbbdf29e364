/** PostgreSQL by TLS: each of our connections asks for it where its address does, and trusts no other server. */
import { execFileSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { Client } from 'pg';
import { expect, test, vi } from 'vitest';
import { openQueues } from '../../jobs/queues.ts';
import { Database } from '../../src/store/database.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/store/embedded-postgres/start.ts';
import { migrate } from '../../src/store/migrate.ts';
import { QueuePool } from '../../src/store/queue-pool.ts';

/** A self-signed certificate for 127.0.0.1, which the server's user may read. */
function certificate(directory: string, name: string): { cert: string; key: string } {
  const [cert, key] = [join(directory, `${name}.crt`), join(directory, `${name}.key`)];
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2'];
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, ...subject],
    {
      stdio: 'ignore',
    },
  );
  return { cert, key };
}

async function withTls(
  server: EmbeddedPostgres,
  { cert, key }: { cert: string; key: string },
): Promise<void> {
  const client = new Client({ connectionString: server.ownerUrl });
  await client.connect();
  const { rows } = await client.query<{ directory: string }>(
    "select current_setting('data_directory') as directory",
  );
  const { uid, gid } = statSync(rows[0]!.directory);
  for (const file of [cert, key]) chownSync(file, uid, gid);
  await client.query(`alter system set ssl_cert_file = '${cert}'`);
  await client.query(`alter system set ssl_key_file = '${key}'`);
  await client.query('alter system set ssl = on');
  await client.query('select pg_reload_conf()');
  await client.end();
}

test('pool, migrations and queue are encrypted; a server of another certificate is refused by each', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sferum-tls-'));
  // This is disposed of last, when the server has stopped.
  using parts = new DisposableStack();
  parts.defer(() => rmSync(directory, { recursive: true, force: true }));
  // The server's own user must be able to pass through it.
  execFileSync('chmod', ['755', directory]);
  await using server = await startEmbeddedPostgres({ dataDir: join(directory, 'data'), durable: false });
  const own = certificate(directory, 'own');
  const other = certificate(directory, 'other');
  await withTls(server, own);
  const by = (cert: string) => `${server.url}?sslmode=verify-full&sslrootcert=${encodeURIComponent(cert)}`;
  await vi.waitFor(() => migrate(by(own.cert)), { timeout: 30_000, interval: 500 });

  const events = { onError: () => undefined, onWarning: () => undefined };
  {
    await using db = await Database.open(by(own.cert), { poolMax: 2 });
    await sql`select 1`.execute(db.of('s1'));
    await using pool = new QueuePool(by(own.cert), 3);
    await using _queues = await openQueues({ postgres: pool }, events);
    const looking = new Client({ connectionString: server.ownerUrl });
    await looking.connect();
    const { rows } = await looking.query(`
      select distinct application_name as name, ssl from pg_stat_ssl join pg_stat_activity using (pid)
      where application_name like 'sferum-sync%' and usename <> current_user order by 1`);
    await looking.end();
    expect(rows).toEqual([
      { name: 'sferum-sync', ssl: true },
      { name: 'sferum-sync queue', ssl: true },
    ]);
  }
  await expect(Database.open(by(other.cert))).rejects.toThrow(/certificate/);
  await expect(migrate(by(other.cert))).rejects.toThrow(/certificate/);
});
