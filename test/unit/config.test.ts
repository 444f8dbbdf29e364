import { describe, expect, test } from 'vitest';
import { ConfigError, isTimeZone, loadConfig, type ProcessRole } from '../../src/config.ts';
import { LIMIT_NAMES, LIMIT_RULES, limitVariable } from '../../src/limits.ts';

const KEY = Buffer.alloc(32, 1).toString('base64');
const COMPLETE = {
  DATABASE_URL: 'postgresql://me@localhost/db',
  SFERUM_API_URL: 'https://api.vk.ru/method/',
  SGO_JWT_SECRET: 's'.repeat(32),
  SECRETS_KEY: KEY,
};

function problemsOf(env: Record<string, string>, role: ProcessRole = 'all'): readonly string[] {
  try {
    loadConfig(env, role);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems;
  }
}

describe('the configuration', () => {
  test('has the defaults of the contract', () => {
    const config = loadConfig({ SGO_JWT_SECRET: COMPLETE.SGO_JWT_SECRET, SECRETS_KEY: KEY }, 'all');
    expect(config).toMatchObject({
      port: 3000,
      database: { url: null, migrationUrl: null },
      dataDir: './.data',
      redisUrl: null,
      sferum: { apiUrl: null },
      publicUrl: 'http://127.0.0.1:3000',
      schoolTimeZone: 'Europe/Moscow',
      logLevel: 'info',
      removalLimits: { chatShare: 0.25, chatAtLeast: 5, schoolShare: 0.1, schoolAtLeast: 20 },
    });
    expect(config.limits).toMatchObject({
      workerConcurrencyJobs: 400,
      schoolBulkChats: 300,
      sweepIntervalMs: 10_000,
    });
    expect(config.secretsKeys).toEqual([new Uint8Array(32).fill(1)]);
  });

  test('lets this machine alone reach a sandbox of its own process, unless HOST says otherwise', () => {
    expect(loadConfig({}, 'sandbox').host).toBe('127.0.0.1');
    expect(loadConfig({ HOST: '0.0.0.0' }, 'sandbox').host).toBe('0.0.0.0');
    expect(loadConfig(COMPLETE, 'api').host).toBe('0.0.0.0');
  });

  test('takes what is given, an address without its last slash, and an empty variable as unset', () => {
    const env = { ...COMPLETE, PORT: '8080', REDIS_URL: ' ', PUBLIC_URL: 'https://chats.school.ru/' };
    expect(loadConfig(env, 'api')).toMatchObject({
      port: 8080,
      redisUrl: null,
      publicUrl: 'https://chats.school.ru',
      sferum: { apiUrl: 'https://api.vk.ru/method' },
      sgo: { secrets: [COMPLETE.SGO_JWT_SECRET] },
    });
  });

  test('answers for a worker on this machine alone, unless OPS_ADDRESS says otherwise', () => {
    const opsOf = (OPS_ADDRESS: string) => loadConfig({ ...COMPLETE, OPS_ADDRESS }, 'worker').ops;
    expect(opsOf('')).toEqual({ host: '127.0.0.1', port: 9464, isFixed: false });
    expect(opsOf('0.0.0.0:9000')).toEqual({ host: '0.0.0.0', port: 9000, isFixed: true });
    expect(opsOf('[::1]:0')).toEqual({ host: '::1', port: 0, isFixed: true });
    for (const wrong of ['9464', 'localhost', ':9464', '127.0.0.1:70000', 'a b:1', 'http://127.0.0.1:1'])
      expect(problemsOf({ ...COMPLETE, OPS_ADDRESS: wrong }, 'worker')).toEqual([
        'OPS_ADDRESS must be host:port, such as 127.0.0.1:9464',
      ]);
  });

  test('tells traces where an address is set, and nowhere by default', () => {
    const tracesOf = (env: Record<string, string>) => loadConfig({ ...COMPLETE, ...env }, 'all').traces;
    const OTEL_EXPORTER_OTLP_ENDPOINT = 'http://127.0.0.1:4318/';
    const url = 'http://127.0.0.1:4318/v1/traces';
    expect(tracesOf({})).toBeNull();
    expect(tracesOf({ OTEL_EXPORTER_OTLP_ENDPOINT })).toEqual({ url, share: 1 });
    const own = {
      OTEL_EXPORTER_OTLP_ENDPOINT,
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://otel.example.org/t',
    };
    expect(tracesOf(own)?.url).toBe('https://otel.example.org/t');
    const offs: Record<string, string>[] = [
      { OTEL_SDK_DISABLED: 'true' },
      { OTEL_TRACES_EXPORTER: 'none' },
      { OTEL_TRACES_SAMPLER: 'always_off' },
    ];
    for (const off of offs) {
      expect(tracesOf({ OTEL_EXPORTER_OTLP_ENDPOINT, ...off })).toBeNull();
    }
    const share = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.1' };
    expect(tracesOf({ OTEL_EXPORTER_OTLP_ENDPOINT, ...share })).toEqual({ url, share: 0.1 });
    const wrong = { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_TRACES_SAMPLER_ARG: '2' };
    expect(problemsOf({ ...COMPLETE, ...wrong })).toEqual([
      'OTEL_EXPORTER_OTLP_PROTOCOL must be one of http/json, http/protobuf: traces are sent over HTTP',
      'OTEL_TRACES_SAMPLER_ARG must be a share from 0 to 1',
    ]);
  });

  test('tells every problem at once, and repeats no value', () => {
    const env = {
      PORT: '70000',
      DATABASE_URL: 'mysql://canary',
      SGO_JWT_SECRET: 'canary-short',
      SECRETS_KEY: 'canary',
      SCHOOL_TIME_ZONE: 'Mars/Olympus-canary',
      LOG_LEVEL: 'canary',
      LIMIT_WORKER_CONCURRENCY_JOBS: '1.5',
      LIMIT_REMOVAL_CHAT_SHARE: 'canary',
    };
    const problems = problemsOf(env, 'api');
    expect(problems.map((p) => p.split(' ')[0]).sort()).toEqual(
      [...Object.keys(env), 'SFERUM_API_URL'].sort(),
    );
    expect(problems.join()).not.toContain('canary');
  });

  test.each([
    ['api', { ...COMPLETE, DATABASE_URL: '' }, 'DATABASE_URL'],
    ['worker', { ...COMPLETE, DATABASE_URL: '' }, 'DATABASE_URL'],
    ['api', { ...COMPLETE, SFERUM_API_URL: '' }, 'SFERUM_API_URL'],
    ['worker', { ...COMPLETE, SFERUM_API_URL: '' }, 'SFERUM_API_URL'],
    ['demo', { NODE_ENV: 'production' }, 'SFERUM_API_URL'],
    ['demo', { SFERUM_API_URL: COMPLETE.SFERUM_API_URL }, 'SFERUM_API_URL'],
    ['all', { ...COMPLETE, SGO_JWT_SECRET: '' }, 'SGO_JWT_SECRET'],
    ['all', { ...COMPLETE, SGO_JWKS_URL: 'https://sgo.ru/keys' }, 'SGO_JWT_SECRET'],
    ['all', { ...COMPLETE, SECRETS_KEY: '' }, 'SECRETS_KEY'],
    ['all', { ...COMPLETE, SECRETS_KEY: Buffer.alloc(31).toString('base64') }, 'SECRETS_KEY'],
  ] as const)('as %s with %o is refused for %s alone', (role, env, variable) => {
    const problems = problemsOf(env, role);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${variable}`));
  });

  test.each([
    ['all', { SGO_JWT_SECRET: COMPLETE.SGO_JWT_SECRET, SECRETS_KEY: KEY }],
    ['all', { ...COMPLETE, SGO_JWT_SECRET: '', SGO_JWKS_URL: 'https://sgo.ru/keys' }],
    ['api', COMPLETE],
    ['worker', COMPLETE],
    ['demo', {}],
    ['migrate', {}],
  ] as const)('as %s with %o is enough', (role, env) => {
    expect(problemsOf(env, role)).toEqual([]);
  });

  test('sets every limit by its variable, within its bounds', () => {
    for (const name of LIMIT_NAMES) {
      const { min, max } = LIMIT_RULES[name];
      const set = (value: number) => ({ ...COMPLETE, [limitVariable(name)]: String(value) });
      expect(loadConfig(set(max), 'api').limits[name]).toBe(max);
      expect(problemsOf(set(min - 1), 'api')).toHaveLength(1);
      expect(problemsOf(set(max + 1), 'api')).toHaveLength(1);
    }
    expect(limitVariable('rosterZipBytes')).toBe('LIMIT_ROSTER_ZIP_BYTES');
  });
});

test.each(['+12:00', '-03:00', '+03', '+0300'])(
  'a zone is a name: %s is an offset, and refused',
  (offset) => {
    expect(isTimeZone(offset)).toBe(false);
    expect(() => loadConfig({ ...COMPLETE, SCHOOL_TIME_ZONE: offset }, 'all')).toThrow(/SCHOOL_TIME_ZONE/);
  },
);

test.each(['Europe/Moscow', 'Asia/Kamchatka', 'UTC'])('%s names a zone', (zone) => {
  expect(isTimeZone(zone)).toBe(true);
});
