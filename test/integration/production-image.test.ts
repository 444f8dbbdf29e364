/** What the image and docker-compose.yml promise, as far as it shows without a container engine. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { parse } from 'yaml';
import { SECRET_VARIABLES } from '../../src/config/secret-files.ts';
import { VARIABLES } from '../../src/config/variables.ts';
import { loadConfig } from '../../src/config.ts';
import { assertMigrated, migrate } from '../../src/store/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const ROOT = join(import.meta.dirname, '../..');
const text = (name: string) => readFileSync(join(ROOT, name), 'utf8');

interface Service {
  image?: string;
  build?: { target: string };
  environment?: Record<string, string>;
  secrets?: string[];
  ports?: string[];
  profiles?: string[];
  read_only?: boolean;
  cap_drop?: string[];
  cap_add?: string[];
  privileged?: boolean;
  security_opt?: string[];
  pids_limit?: number;
  mem_limit?: string;
  command?: string[];
  networks?: string[];
  volumes?: string[];
}
const compose = parse(text('docker-compose.yml'), { merge: true }) as {
  services: Record<string, Service>;
  networks: Record<string, { internal?: boolean } | null>;
  secrets: Record<string, { file: string }>;
  volumes: Record<string, null>;
};
const services = Object.entries(compose.services);

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'sferum-image-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('docker-compose.yml', () => {
  test.each(services)('%s is confined', (_, service) => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
    expect(service.pids_limit).toBeGreaterThan(0);
    expect(service.mem_limit).toMatch(/^\d+[mg]$/);
    expect([service.cap_add, service.privileged]).toEqual([undefined, undefined]);
  });

  test('publishes 3000 alone; the sandbox is there by its profile, for this machine', () => {
    const published = services.flatMap(([name, { ports = [] }]) => ports.map((port) => `${name} ${port}`));
    expect(published).toEqual(['api 3000:3000', 'sandbox 127.0.0.1:4000:4000']);
    expect(services.filter(([, s]) => s.profiles).map(([name, s]) => [name, s.profiles])).toEqual([
      ['sandbox', ['sandbox']],
    ]);
    expect(compose.networks.data).toEqual({ internal: true });
    for (const name of ['postgres', 'redis']) expect(compose.services[name]!.networks).toEqual(['data']);
  });

  test('images have exact versions', () => {
    const images = [
      ...services.flatMap(([, { image }]) => image ?? []),
      ...[...text('Dockerfile').matchAll(/^FROM (\S+:\S+)/gm)].map((m) => m[1]!),
    ];
    expect(images.length).toBeGreaterThan(2);
    for (const image of images) expect(image).toMatch(/:\d+\.\d+(\.\d+)?(-\w+)*$/);
  });

  test('DATA_DIR, where the acts of erasure are kept for a restore, is a volume of the application’s user', () => {
    for (const name of ['api', 'worker', 'migrate']) {
      const { environment, volumes } = compose.services[name]!;
      expect([name, environment!.DATA_DIR, volumes]).toEqual([name, '/data', ['data:/data']]);
    }
    expect(compose.volumes).toHaveProperty('data');
    // A new volume takes over the directory of the image with its owner.
    expect(text('Dockerfile').split('AS production')[1]).toMatch(
      /^RUN install -d -o node -g node -m 0700 \/data\n(?:.*\n)*USER node$/m,
    );
  });

  test('no secret stands in an environment or in the file', () => {
    for (const [name, { environment = {} }] of services) {
      for (const variable of Object.keys(environment)) {
        expect(`${name} ${variable}`).not.toMatch(/(PASSWORD|SECRET|KEY|TOKEN|DATABASE_URL|REDIS_URL)$/);
      }
    }
    // The owner's address is for the migration alone.
    const holders = services
      .filter(([, s]) => s.secrets?.includes('migration_database_url'))
      .map(([name]) => name);
    expect(holders).toEqual(['migrate']);
    expect(compose.services.redis!.command!.join(' ')).toContain('--requirepass');
    expect(text('.gitignore')).toContain('secrets/');
    expect(text('.dockerignore')).toContain('secrets');
  });

  test('every variable that is told or asked for is one that the configuration has; every secret is mounted', () => {
    const known = new Set([...Object.keys(VARIABLES), ...SECRET_VARIABLES.map((name) => `${name}_FILE`)]);
    for (const name of ['api', 'worker', 'migrate', 'sandbox']) {
      const { environment, secrets = [] } = compose.services[name]!;
      expect(Object.keys(environment!).filter((variable) => !known.has(variable))).toEqual([]);
      const files = Object.values(environment!).flatMap((v) => /^\/run\/secrets\/(.+)$/.exec(v)?.[1] ?? []);
      expect(files.toSorted()).toEqual(secrets.toSorted());
    }
    const asked = [...text('docker-compose.yml').matchAll(/(?<!\$)\$\{(\w+)/g)].map((m) => m[1]!);
    expect(asked.filter((variable) => !known.has(variable))).toEqual([]);
    // Without this setting everybody behind the proxy would have one address.
    for (const name of ['api', 'worker']) {
      expect(compose.services[name]!.environment!.TRUSTED_PROXY_HOPS).toMatch(/:-1}$/);
    }
  });

  test('with the secrets that are made, its environment is one that production takes', () => {
    const directory = join(scratch, 'secrets');
    execFileSync(join(ROOT, 'deploy/make-secrets.sh'), [directory]);
    expect(readdirSync(directory).toSorted()).toEqual(Object.keys(compose.secrets).toSorted());
    const told: Record<string, string> = {
      VKID_CLIENT_ID: '51000000',
      PUBLIC_URL: 'https://chats.school.ru',
    };
    for (const [name, role] of [
      ['api', 'api'],
      ['worker', 'worker'],
      ['migrate', 'migrate'],
    ] as const) {
      const env = Object.entries(compose.services[name]!.environment!).map(([variable, value]) => [
        variable,
        value
          .replace(/^\$\{(\w+):-(.*)\}$/, (_, asked: string, otherwise: string) => told[asked] ?? otherwise)
          .replace('/run/secrets', directory),
      ]);
      const config = loadConfig(Object.fromEntries(env), role);
      expect(new URL(config.database.url!).username).toBe('sferum');
      expect(new URL(config.database.migrationUrl!).username).toBe(
        name === 'migrate' ? 'sferum_owner' : 'sferum',
      );
    }
  });
});

test('the roles: one migrates, another works; neither is a superuser, and the second owns nothing', async () => {
  const name = `roles_${process.pid}`;
  const [owner, login] = [`${name}_owner`, `${name}_app`];
  const statements = text('deploy/roles.sql')
    .replaceAll(":'owner_password'", "'o'")
    .replaceAll(":'application_password'", "'a'")
    .replaceAll('sferum_owner', owner)
    .replaceAll(/role sferum\b/g, `role ${login}`)
    .replaceAll(/database sferum\b/g, `database ${name}`)
    .replaceAll(/^--.*$/gm, '')
    .split(';')
    .filter((s) => s.trim());
  const { ownerUrl } = inject('postgres');
  const as = (user: string, password: string) =>
    Object.assign(new URL(ownerUrl), { username: user, password, pathname: `/${name}` }).href;
  const superuser = new Client({ connectionString: ownerUrl });
  await superuser.connect();
  try {
    for (const statement of statements) await superuser.query(statement);
    // The run's server already has the application's roles, made by another role. The owner is allowed to grant them.
    await superuser.query(`do $$ begin
      if exists (select from pg_roles where rolname = 'sferum_app') then
        grant sferum_app, sferum_every_school to ${owner} with admin true, inherit false, set true;
      end if; end $$`);
    await migrate(as(owner, 'o'), as(login, 'a'));
    await assertMigrated(as(login, 'a'));
    const { rows } = await superuser.query(
      'select rolname, rolsuper, rolcreaterole, rolbypassrls from pg_roles where rolname = any($1) order by 1',
      [[login, owner]],
    );
    expect(rows).toEqual([
      { rolname: login, rolsuper: false, rolcreaterole: false, rolbypassrls: false },
      { rolname: owner, rolsuper: false, rolcreaterole: true, rolbypassrls: false },
    ]);
    const client = new Client({ connectionString: as(login, 'a') });
    await client.connect();
    try {
      const owned = await client.query('select relname from pg_class where relowner = current_user::regrole');
      expect(owned.rows).toEqual([]);
      await expect(client.query('create table public.mine ()')).rejects.toThrow(/permission denied/);
      await expect(client.query('select * from person')).rejects.toThrow(/permission denied/);
      await expect(client.query('set role sferum_app; drop table person')).rejects.toThrow(/must be owner/);
    } finally {
      await client.end();
    }
  } finally {
    await superuser.query(`drop database if exists ${name} with (force)`);
    for (const role of [login, owner]) {
      await superuser.query(`drop owned by ${role} cascade`);
      await superuser.query(`drop role ${role}`);
    }
    await superuser.end();
  }
});

describe('the production image', () => {
  let database: TestDatabase;
  let app: string;
  let marker: string;
  beforeAll(async () => {
    database = await createTestDatabase();
    app = join(scratch, 'app');
    const dockerfile = text('Dockerfile');
    for (const [, from, to] of dockerfile.matchAll(/^COPY (\w+) \.\/(\w+)$/gm)) {
      cpSync(join(ROOT, from!), join(app, to!), { recursive: true });
    }
    for (const path of /^RUN rm -r (.+)$/m.exec(dockerfile)![1]!.split(' '))
      rmSync(join(app, path), { recursive: true });
    cpSync(join(ROOT, 'package.json'), join(app, 'package.json'));
    symlinkSync(join(ROOT, 'node_modules'), join(app, 'node_modules'));
    marker = join(scratch, 'copied');
    writeFileSync(marker, '');
  });
  afterAll(() => database[Symbol.asyncDispose]());

  test('holds neither the sandbox nor the demonstration', () => {
    expect(text('Dockerfile')).toMatch(/^COPY --from=without-stand-ins \/app \.\/$/m);
    const files = readdirSync(join(app, 'src'), { recursive: true, encoding: 'utf8' });
    expect(files.filter((path) => /^(demo|sferum\/sandbox|main\/(demo|sandbox))/.test(path))).toEqual([]);
    expect(files).toContain('main/api.ts');
  });

  test.each(['migrate', 'api', 'worker'])('starts as %s', async (entry) => {
    const random = (seed: number) =>
      Buffer.from(execFileSync('head', ['-c', '32', '/dev/urandom'])).toString('base64') + seed;
    const child = spawn(process.execPath, [`src/main/${entry}.ts`], {
      cwd: app,
      env: {
        ...{
          PATH: process.env.PATH,
          NODE_ENV: 'production',
          HOST: '127.0.0.1',
          PORT: '0',
          DATABASE_URL: database.url,
        },
        ...{
          SFERUM_API_URL: 'https://127.0.0.1:9/method',
          VKID_URL: 'https://127.0.0.1:9',
          VKID_CLIENT_ID: '5',
        },
        ...{ PUBLIC_URL: 'https://127.0.0.1:9', SGO_JWT_SECRET: random(1), OPS_TOKEN: random(2) },
        SECRETS_KEY: random(3).slice(0, -1),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const ready = Promise.withResolvers<void>();
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
        if (output.includes('"msg":"ready"')) ready.resolve();
      });
    }
    const exit = once(child, 'exit');
    await Promise.race([ready.promise, exit]);
    child.kill('SIGTERM');
    const [code] = await exit;
    expect(output).toContain(entry === 'migrate' ? 'at this version of the schema' : '"msg":"ready"');
    expect(code).toBe(0);
    // The container's file system is read-only: a program that wrote beside the code would not start.
    expect(execFileSync('find', [app, '-newer', marker, '-not', '-path', app], { encoding: 'utf8' })).toBe(
      '',
    );
  });
});
