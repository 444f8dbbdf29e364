import { randomBytes } from 'node:crypto';
import { isThisHost, securedAddress, tlsProblem } from './config/postgres-address.ts';
import { unsafeInProduction } from './config/production.ts';
import { withSecretFiles } from './config/secret-files.ts';
import { type TracesConfig, tracesOf } from './config/traces.ts';
import {
  type Environment,
  given,
  JWT_SECRET_CHARS,
  type LogLevel,
  readVariables,
  SECRETS_KEY_BYTES,
  type Values,
} from './config/variables.ts';
import {
  DEFAULT_LIMITS,
  LIMIT_NAMES,
  LIMIT_RULES,
  type LimitName,
  type Limits,
  limitVariable,
} from './limits.ts';
import type { RemovalLimits } from './plan/model.ts';

export { isTimeZone, type LogLevel } from './config/variables.ts';

/** What the process is: everything in one, one of the halves, the demonstration, or a command. */
export type ProcessRole = 'all' | 'api' | 'worker' | 'demo' | 'migrate' | 'sandbox' | 'adopt' | 'reseal';

export interface Config {
  host: string;
  port: number;
  /**
   * A null url means the embedded PostgreSQL in `dataDir`. `migrationUrl` is for the role that owns the tables. Both
   * ask for TLS in their query where it is due (config/postgres-address.ts).
   */
  database: { url: string | null; migrationUrl: string | null };
  dataDir: string;
  /** Null where the queue lives in PostgreSQL. */
  redisUrl: string | null;
  /** How many proxies of our own stand in front of us. As many entries of X-Forwarded-For are believed. */
  trustedProxyHops: number;
  /** A null apiUrl means the sandbox, within the process. */
  sferum: { apiUrl: string | null };
  /** Our own address for redirects, without a trailing slash. */
  publicUrl: string;
  /** A null url means the sandbox's stand-in. */
  vkId: { url: string | null; clientId: string };
  /** Where «Перейти в VK Мессенджер» leads; null means the sandbox's stand-in. */
  messengerUrl: string | null;
  /** Where «Открыть Сетевой город» leads. Null: there is no such button. */
  sgoUrl: string | null;
  /** Letters to people (K2); null where none are sent. `requireTls`: the server must offer STARTTLS. */
  mail: { smtpUrl: string; from: string; requireTls: boolean } | null;
  /** True: a webhook leads to https and the public internet alone. */
  webhooksPublicOnly: boolean;
  /** Where a process without people answers for its health. `isFixed`: no other port will do. */
  ops: { host: string; port: number; isFixed: boolean };
  /** The Bearer token that `/metrics` asks for; null where it is open. */
  opsToken: string | null;
  traces: TracesConfig;
  /** How СГО's tokens are verified: HS256 under any of the secrets, or a key set. */
  sgo: { secrets: readonly string[] } | { jwksUrl: string };
  /** Keys of 32 bytes each. The first seals, and all open. */
  secretsKeys: readonly Uint8Array[];
  /**
   * How strong an operator's sign-in at СГО must be: one of these `acr`. Where the list is empty, the strength is
   * only recorded.
   */
  operatorAcr: readonly string[];
  schoolTimeZone: string;
  logLevel: LogLevel;
  limits: Limits;
  /** The defaults of F4 for schools without limits of their own, taken from `limits`. */
  removalLimits: RemovalLimits;
}

/**
 * Names every problem of the environment in one message, a line each. Values are not repeated, because they may be
 * secret.
 */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the configuration is not usable:\n${problems.map((p) => `  - ${p}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** Nobody but this machine asks a worker for its figures, unless OPS_ADDRESS says otherwise. */
const OPS_DEFAULT = { host: '127.0.0.1', port: 9464 };
const EVERY_ADDRESS = '0.0.0.0';
/** The sandbox asks nobody for a sign-in, so only this machine reaches it, unless HOST says otherwise. */
const LOOPBACK = '127.0.0.1';
/** The roles that serve people or jobs. The others do one thing and end. */
const SERVING: ReadonlySet<ProcessRole> = new Set(['all', 'api', 'worker']);

/**
 * Turns the environment into what the process runs with (contract, «Configuration»). An empty variable counts as
 * unset. For the demo and for migrations, secrets that are not given are made anew at each call.
 * @throws ConfigError that lists every problem
 */
export function loadConfig(environment: Environment, role: ProcessRole): Config {
  const problems: string[] = [];
  const env = withSecretFiles(environment, problems);
  const values = readVariables(env, problems);
  const limits = readLimits(env, problems);
  problems.push(...missing(env, values, role));
  problems.push(...deniedTls(values));
  if (values.NODE_ENV === 'production' && role !== 'demo' && role !== 'sandbox') {
    problems.push(...unsafeInProduction(env, values, SERVING.has(role)));
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    host: values.HOST ?? (role === 'sandbox' ? LOOPBACK : EVERY_ADDRESS),
    port: values.PORT,
    database: {
      url: addressOf(values.DATABASE_URL, values),
      migrationUrl: addressOf(values.MIGRATION_DATABASE_URL ?? values.DATABASE_URL, values),
    },
    dataDir: values.DATA_DIR,
    redisUrl: values.REDIS_URL ?? null,
    trustedProxyHops: values.TRUSTED_PROXY_HOPS,
    sferum: { apiUrl: values.SFERUM_API_URL ?? null },
    publicUrl: values.PUBLIC_URL ?? `http://127.0.0.1:${values.PORT}`,
    vkId: { url: values.VKID_URL ?? null, clientId: values.VKID_CLIENT_ID },
    messengerUrl: values.MESSENGER_URL ?? null,
    sgoUrl: values.SGO_URL ?? null,
    mail: mailOf(values),
    webhooksPublicOnly: values.NODE_ENV === 'production',
    ops: { ...(values.OPS_ADDRESS ?? OPS_DEFAULT), isFixed: values.OPS_ADDRESS !== undefined },
    opsToken: values.OPS_TOKEN ?? null,
    traces: tracesOf(values),
    sgo: values.SGO_JWKS_URL
      ? { jwksUrl: values.SGO_JWKS_URL }
      : { secrets: values.SGO_JWT_SECRET ?? [randomBytes(JWT_SECRET_CHARS).toString('base64url')] },
    secretsKeys: values.SECRETS_KEY ?? [new Uint8Array(randomBytes(SECRETS_KEY_BYTES))],
    operatorAcr: values.OPERATOR_ACR,
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

/** Reads this process's environment by `loadConfig`; `overrides` win. Nothing else reads process.env. */
export function configFromEnvironment(role: ProcessRole, overrides: Environment = {}): Config {
  return loadConfig({ ...process.env, ...overrides }, role);
}

function addressOf(address: string | undefined, { DATABASE_TLS }: Values): string | null {
  return address === undefined ? null : securedAddress(address, DATABASE_TLS);
}

function mailOf({ SMTP_URL, MAIL_FROM, NODE_ENV }: Values): Config['mail'] {
  if (SMTP_URL === undefined || MAIL_FROM === undefined) return null;
  const requireTls = NODE_ENV === 'production' && !isThisHost(new URL(SMTP_URL).hostname);
  return { smtpUrl: SMTP_URL, from: MAIL_FROM, requireTls };
}

function deniedTls(values: Values): string[] {
  const { DATABASE_URL, MIGRATION_DATABASE_URL, DATABASE_TLS } = values;
  return Object.entries({ DATABASE_URL, MIGRATION_DATABASE_URL }).flatMap(
    ([name, address]) => (address && tlsProblem(name, address, DATABASE_TLS)) || [],
  );
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

/** Gives the problems that no single variable shows: what the role needs, and what does not go together. */
function missing(env: Environment, values: Values, role: ProcessRole): string[] {
  const problems: string[] = [];
  const unset = (name: string) => given(env, name) === undefined;
  if (role === 'api' || role === 'worker') {
    if (unset('DATABASE_URL')) problems.push('DATABASE_URL is required: the halves share one PostgreSQL');
    if (unset('SFERUM_API_URL'))
      problems.push('SFERUM_API_URL is required: the sandbox lives in one process');
  } else if (
    role !== 'migrate' &&
    role !== 'reseal' &&
    role !== 'sandbox' &&
    unset('SFERUM_API_URL') &&
    values.NODE_ENV === 'production'
  ) {
    problems.push('SFERUM_API_URL is required with NODE_ENV=production: the sandbox sends nothing to VK');
  }
  if (role === 'demo' && !unset('SFERUM_API_URL')) {
    problems.push('SFERUM_API_URL must be unset for the demo: it works with the sandbox alone');
  }
  if (unset('SMTP_URL') !== unset('MAIL_FROM')) {
    problems.push('SMTP_URL and MAIL_FROM need each other: who sends mail, and in whose name');
  }
  if (!unset('SGO_JWT_SECRET') && !unset('SGO_JWKS_URL')) {
    problems.push('SGO_JWT_SECRET and SGO_JWKS_URL exclude each other');
  }
  if (role === 'demo' || role === 'migrate' || role === 'sandbox') return problems;
  // A command serves nobody, so it needs no keys of СГО.
  if (SERVING.has(role) && unset('SGO_JWT_SECRET') && unset('SGO_JWKS_URL')) {
    problems.push("SGO_JWT_SECRET or SGO_JWKS_URL is required: how СГО's tokens are verified");
  }
  if (unset('SECRETS_KEY')) {
    problems.push(`SECRETS_KEY is required: ${SECRETS_KEY_BYTES} bytes in base64 (openssl rand -base64 32)`);
  }
  return problems;
}
