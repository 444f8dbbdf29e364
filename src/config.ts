import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import {
  DEFAULT_LIMITS,
  LIMIT_NAMES,
  LIMIT_RULES,
  type LimitName,
  type Limits,
  limitVariable,
} from './limits.ts';
import type { RemovalLimits } from './plan/model.ts';

/** What the process is: everything in one, one of the halves, the demonstration, or a command. */
export type ProcessRole = 'all' | 'api' | 'worker' | 'demo' | 'migrate' | 'sandbox' | 'adopt';

export interface Config {
  host: string;
  port: number;
  /** A null url: the embedded PostgreSQL in `dataDir`. */
  database: { url: string | null };
  dataDir: string;
  /** Null: the queue lives in PostgreSQL. */
  redisUrl: string | null;
  /** A null apiUrl: the sandbox, in the process. */
  sferum: { apiUrl: string | null };
  /** Our own address for redirects, without a trailing slash. */
  publicUrl: string;
  /** A null url: the sandbox's stand-in. */
  vkId: { url: string | null; clientId: string };
  /** Where «Перейти в VK Мессенджер» leads; null: the sandbox's stand-in. */
  messengerUrl: string | null;
  /** What `/metrics` asks for as a Bearer; null: open. */
  opsToken: string | null;
  /** How СГО's tokens are verified: HS256, or a key set. */
  sgo: { secret: string } | { jwksUrl: string };
  /** 32 bytes. */
  secretsKey: Uint8Array;
  schoolTimeZone: string;
  logLevel: LogLevel;
  limits: Limits;
  /** The defaults of F4 for schools without their own, out of `limits`. */
  removalLimits: RemovalLimits;
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Every problem of the environment in one message, a line each; values are not repeated, they may be secret. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the configuration is not usable:\n${problems.map((p) => `  - ${p}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

const EVERY_ADDRESS = '0.0.0.0';
/** The sandbox asks nobody who he is: only this machine reaches it, unless HOST says otherwise. */
const LOOPBACK = '127.0.0.1';
const SECRETS_KEY_BYTES = 32;
const JWT_SECRET_CHARS = 32;

const url = (...schemes: string[]) =>
  z.string().refine((text) => URL.canParse(text) && schemes.includes(new URL(text).protocol), {
    error: `must be an address (${schemes.map((s) => `${s}//…`).join(', ')})`,
  });
const httpUrl = url('https:', 'http:').transform((text) => text.replace(/\/+$/, ''));

const VARIABLES = {
  HOST: z.string().optional(),
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, { error: 'must be a port, 0…65535' })
    .transform(Number)
    .refine((port) => port < 65_536, { error: 'must be a port, 0…65535' })
    .default(3000),
  DATABASE_URL: url('postgresql:', 'postgres:').optional(),
  DATA_DIR: z.string().default('./.data'),
  REDIS_URL: url('redis:', 'rediss:').optional(),
  SFERUM_API_URL: httpUrl.optional(),
  PUBLIC_URL: httpUrl.optional(),
  VKID_URL: httpUrl.optional(),
  VKID_CLIENT_ID: z.string().default('sferum-sync-demo'),
  MESSENGER_URL: httpUrl.optional(),
  OPS_TOKEN: z.string().optional(),
  SGO_JWT_SECRET: z
    .string()
    .min(JWT_SECRET_CHARS, { error: `must have at least ${JWT_SECRET_CHARS} characters` })
    .optional(),
  SGO_JWKS_URL: url('https:', 'http:').optional(),
  SECRETS_KEY: z
    .string()
    .regex(/^[A-Za-z0-9+/]{43}=$/, { error: `must be ${SECRETS_KEY_BYTES} bytes in base64` })
    .transform((text) => new Uint8Array(Buffer.from(text, 'base64')))
    .optional(),
  SCHOOL_TIME_ZONE: z
    .string()
    .refine(isTimeZone, { error: 'must be a time zone such as Europe/Moscow' })
    .default('Europe/Moscow'),
  LOG_LEVEL: z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` }).default('info'),
  NODE_ENV: z.string().optional(),
};
type Values = { [Name in keyof typeof VARIABLES]: z.output<(typeof VARIABLES)[Name]> };
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment → what the process runs with (contract, «Configuration»); an empty variable counts as unset.
 * For the demo and for migrations, secrets that are not given are made anew at each call.
 * Throws ConfigError that lists every problem.
 */
export function loadConfig(env: Environment, role: ProcessRole): Config {
  const problems: string[] = [];
  const values = readVariables(env, problems);
  const limits = readLimits(env, problems);
  problems.push(...missing(env, values, role));
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    host: values.HOST ?? (role === 'sandbox' ? LOOPBACK : EVERY_ADDRESS),
    port: values.PORT,
    database: { url: values.DATABASE_URL ?? null },
    dataDir: values.DATA_DIR,
    redisUrl: values.REDIS_URL ?? null,
    sferum: { apiUrl: values.SFERUM_API_URL ?? null },
    publicUrl: values.PUBLIC_URL ?? `http://127.0.0.1:${values.PORT}`,
    vkId: { url: values.VKID_URL ?? null, clientId: values.VKID_CLIENT_ID },
    messengerUrl: values.MESSENGER_URL ?? null,
    opsToken: values.OPS_TOKEN ?? null,
    sgo: values.SGO_JWKS_URL
      ? { jwksUrl: values.SGO_JWKS_URL }
      : { secret: values.SGO_JWT_SECRET ?? randomBytes(JWT_SECRET_CHARS).toString('base64url') },
    secretsKey: values.SECRETS_KEY ?? new Uint8Array(randomBytes(SECRETS_KEY_BYTES)),
    schoolTimeZone: values.SCHOOL_TIME_ZONE,
    logLevel: values.LOG_LEVEL,
    limits,
    removalLimits: {
      chatShare: limits.removalChatShare,
      chatAtLeast: limits.removalChatAtLeastPeople,
      schoolShare: limits.removalSchoolShare,
      schoolAtLeast: limits.removalSchoolAtLeastPeople,
    },
  };
}

/** `loadConfig` of this process's environment; `overrides` win. The only reader of process.env. */
export function configFromEnvironment(role: ProcessRole, overrides: Environment = {}): Config {
  return loadConfig({ ...process.env, ...overrides }, role);
}

export function isTimeZone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}

function readVariables(env: Environment, problems: string[]): Values {
  const entries = Object.entries(VARIABLES).map(([name, schema]) => {
    const parsed = schema.safeParse(given(env, name));
    if (!parsed.success) problems.push(`${name} ${parsed.error.issues[0]!.message}`);
    return [name, parsed.data];
  });
  return Object.fromEntries(entries) as Values;
}

function readLimits(env: Environment, problems: string[]): Limits {
  const limits: Limits = { ...DEFAULT_LIMITS };
  for (const name of LIMIT_NAMES) {
    const text = given(env, limitVariable(name));
    if (text === undefined) continue;
    const problem = limitProblem(name, Number(text));
    if (problem) problems.push(problem);
    else limits[name] = Number(text);
  }
  return limits;
}

function limitProblem(name: LimitName, value: number): string | null {
  const { min, max } = LIMIT_RULES[name];
  const whole = !('share' in LIMIT_RULES[name]);
  if (value >= min && value <= max && (!whole || Number.isInteger(value))) return null;
  return `${limitVariable(name)} must be a ${whole ? 'whole ' : ''}number from ${min} to ${max}`;
}

/** What one variable cannot say alone: what the role needs, and what does not go together. */
function missing(env: Environment, values: Values, role: ProcessRole): string[] {
  const problems: string[] = [];
  const unset = (name: string) => given(env, name) === undefined;
  if (role === 'api' || role === 'worker') {
    if (unset('DATABASE_URL')) problems.push('DATABASE_URL is required: the halves share one PostgreSQL');
    if (unset('SFERUM_API_URL'))
      problems.push('SFERUM_API_URL is required: the sandbox lives in one process');
  } else if (
    role !== 'migrate' &&
    role !== 'sandbox' &&
    unset('SFERUM_API_URL') &&
    values.NODE_ENV === 'production'
  ) {
    problems.push('SFERUM_API_URL is required with NODE_ENV=production: the sandbox sends nothing to VK');
  }
  if (role === 'demo' && !unset('SFERUM_API_URL')) {
    problems.push('SFERUM_API_URL must be unset for the demo: it works with the sandbox alone');
  }
  if (!unset('SGO_JWT_SECRET') && !unset('SGO_JWKS_URL')) {
    problems.push('SGO_JWT_SECRET and SGO_JWKS_URL exclude each other');
  }
  if (role === 'demo' || role === 'migrate' || role === 'sandbox') return problems;
  // A command serves nobody.
  if (role !== 'adopt' && unset('SGO_JWT_SECRET') && unset('SGO_JWKS_URL')) {
    problems.push("SGO_JWT_SECRET or SGO_JWKS_URL is required: how СГО's tokens are verified");
  }
  if (unset('SECRETS_KEY')) {
    problems.push(`SECRETS_KEY is required: ${SECRETS_KEY_BYTES} bytes in base64 (openssl rand -base64 32)`);
  }
  return problems;
}

function given(env: Environment, name: string): string | undefined {
  return env[name]?.trim() || undefined;
}
