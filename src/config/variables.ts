import { z } from 'zod';
import { sure } from '../sure.ts';
import { isEmail } from '../text/email.ts';
import { ADDRESS_TLS } from './postgres-address.ts';
import { TRACE_VARIABLES } from './traces.ts';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const SECRETS_KEY_BYTES = 32;
export const JWT_SECRET_CHARS = 32;
/** The new one and, while СГО changes over, the one before. */
const JWT_SECRETS = 2;

const url = (...schemes: string[]) =>
  z.string().refine((text) => URL.canParse(text) && schemes.includes(new URL(text).protocol), {
    error: `must be an address (${schemes.map((s) => `${s}//…`).join(', ')})`,
  });
const httpUrl = url('https:', 'http:').transform((text) => text.replace(/\/+$/, ''));
const postgresUrl = url('postgresql:', 'postgres:');
/** `host:port` or `[host]:port`. */
const ADDRESS = /^(?:\[([0-9a-fA-F:]+)\]|([^:[\]\s]+)):(\d{1,5})$/;
const isPort = (port: number) => port < 65_536;
const listOf = (text: string) => text.split(',').map((part) => part.trim());

/** Every variable but the limits: its shape, its default. */
export const VARIABLES = {
  HOST: z.string().optional(),
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, { error: 'must be a port, 0…65535' })
    .transform(Number)
    .refine(isPort, { error: 'must be a port, 0…65535' })
    .default(3000),
  DATABASE_URL: postgresUrl.optional(),
  MIGRATION_DATABASE_URL: postgresUrl.optional(),
  DATABASE_TLS: z.enum(ADDRESS_TLS, { error: `must be one of ${ADDRESS_TLS.join(', ')}` }).default('on'),
  DATA_DIR: z.string().default('./.data'),
  REDIS_URL: url('redis:', 'rediss:').optional(),
  TRUSTED_PROXY_HOPS: z
    .string()
    .regex(/^\d$/, { error: 'must be a number of proxies, 0…9' })
    .transform(Number)
    .default(0),
  SFERUM_API_URL: httpUrl.optional(),
  PUBLIC_URL: httpUrl.optional(),
  VKID_URL: httpUrl.optional(),
  VKID_CLIENT_ID: z.string().default('sferum-sync-demo'),
  MESSENGER_URL: httpUrl.optional(),
  SGO_URL: httpUrl.optional(),
  OPS_TOKEN: z.string().optional(),
  OPS_ADDRESS: z
    .string()
    .transform((text, issues) => {
      const [, six, name, port] = ADDRESS.exec(text) ?? [];
      const host = six ?? name;
      if (host !== undefined && isPort(Number(port))) return { host, port: Number(port) };
      issues.addIssue({ code: 'custom', message: 'must be host:port, such as 127.0.0.1:9464' });
      return z.NEVER;
    })
    .optional(),
  SMTP_URL: url('smtp:', 'smtps:').optional(),
  MAIL_FROM: z
    .string()
    .refine((text) => isEmail(addressIn(text)), {
      error: 'must be an e-mail address, such as «Сферум <robot@example.org>»',
    })
    .optional(),
  SGO_JWT_SECRET: z
    .string()
    .transform(jwtSecrets)
    .refine((secrets) => secrets.length <= JWT_SECRETS, {
      error: `takes ${JWT_SECRETS} secrets at most, separated by a comma`,
    })
    .refine((secrets) => secrets.every((secret) => secret.length >= JWT_SECRET_CHARS), {
      error: `must have at least ${JWT_SECRET_CHARS} characters`,
    })
    .optional(),
  SGO_JWKS_URL: url('https:', 'http:').optional(),
  OPERATOR_ACR: z
    .string()
    .transform((text) => text.split(/\s*,\s*/).filter(Boolean))
    .default([]),
  SECRETS_KEY: z
    .string()
    .transform(listOf)
    .refine((keys) => keys.every((key) => /^[A-Za-z0-9+/]{43}=$/.test(key)), {
      error: `must be ${SECRETS_KEY_BYTES} bytes in base64, or several such keys separated by commas`,
    })
    .transform((keys) => keys.map((key) => new Uint8Array(Buffer.from(key, 'base64'))))
    .optional(),
  SCHOOL_TIME_ZONE: z
    .string()
    .refine(isTimeZone, { error: 'must be a time zone such as Europe/Moscow' })
    .default('Europe/Moscow'),
  LOG_LEVEL: z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` }).default('info'),
  NODE_ENV: z.string().optional(),
  ...TRACE_VARIABLES,
};
export type Values = { [Name in keyof typeof VARIABLES]: z.output<(typeof VARIABLES)[Name]> };
export type Environment = Readonly<Record<string, string | undefined>>;

/** The address within «Name <address>», or the whole text. */
function addressIn(text: string): string {
  return /<([^<>]*)>\s*$/.exec(text)?.[1] ?? text;
}

/**
 * A comma separates two secrets only where each part is long enough to be one. Any other comma belongs to the secret.
 */
function jwtSecrets(text: string): string[] {
  const parts = listOf(text);
  return parts.every((part) => part.length >= JWT_SECRET_CHARS) ? parts : [text];
}

/** An empty variable counts as unset. */
export function given(env: Environment, name: string): string | undefined {
  return env[name]?.trim() || undefined;
}

/** Adds a line to `problems` for each variable that cannot be used. */
export function readVariables(env: Environment, problems: string[]): Values {
  const entries = Object.entries(VARIABLES).map(([name, schema]) => {
    const parsed = schema.safeParse(given(env, name));
    if (!parsed.success) problems.push(`${name} ${sure(parsed.error.issues[0]).message}`);
    return [name, parsed.data];
  });
  // The entries have the names of VARIABLES, which `fromEntries` does not tell.
  return Object.fromEntries(entries) as Values;
}

/**
 * Whether the text names a time zone. An offset (`+12:00`) does not: PostgreSQL would read it the other way round, and
 * no change of the law would reach it.
 */
export function isTimeZone(text: string): boolean {
  if (!/^[A-Za-z]/.test(text)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}
