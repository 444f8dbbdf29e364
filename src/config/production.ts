import { isThisHost } from './postgres-address.ts';
import { type Environment, given, type Values } from './variables.ts';
import { repeated, weakness } from './weak-secrets.ts';

const HTTPS = [
  'SFERUM_API_URL',
  'SGO_JWKS_URL',
  'VKID_URL',
  'PUBLIC_URL',
  'MESSENGER_URL',
  'SGO_URL',
] as const;
/** Without these people would be sent to a stand-in where anybody types any number. */
const BESIDE_SFERUM = ['VKID_URL', 'VKID_CLIENT_ID', 'PUBLIC_URL'] as const;

/** What NODE_ENV=production refuses beside what is refused everywhere. `serves`: people or jobs, not one command. */
export function unsafeInProduction(env: Environment, values: Values, serves: boolean): string[] {
  const problems: string[] = [];
  const unset = (name: string) => given(env, name) === undefined;
  for (const name of HTTPS) {
    if (values[name]?.startsWith('http:')) problems.push(`${name} must be https with NODE_ENV=production`);
  }
  if (serves && !unset('SFERUM_API_URL')) {
    for (const name of BESIDE_SFERUM)
      if (unset(name)) problems.push(`${name} is required with NODE_ENV=production, beside SFERUM_API_URL`);
  }
  if (serves && unset('OPS_TOKEN'))
    problems.push('OPS_TOKEN is required with NODE_ENV=production: figures are not for everybody');
  if (values.REDIS_URL && openRedis(values.REDIS_URL))
    problems.push('REDIS_URL must carry a password with NODE_ENV=production, unless Redis is on this host');
  return [...problems, ...weakSecrets(values), ...repeatedSecrets(values)];
}

function openRedis(address: string): boolean {
  const { hostname, password } = new URL(address);
  return password === '' && !isThisHost(hostname);
}

function weakSecrets(values: Values): string[] {
  const secrets = [
    ...(values.SGO_JWT_SECRET ?? []).map((value) => ['SGO_JWT_SECRET', value] as const),
    ...(values.SECRETS_KEY ?? []).map((value) => ['SECRETS_KEY', value] as const),
    ...(values.OPS_TOKEN ? [['OPS_TOKEN', values.OPS_TOKEN] as const] : []),
  ];
  const found = secrets.flatMap(([name, value]) => {
    const why = weakness(value);
    return why ? [`${name} ${why}: make one with \`openssl rand -base64 32\``] : [];
  });
  return [...new Set(found)];
}

/** Names secrets that have one value: one that leaks must not open the other's door. */
function repeatedSecrets(values: Values): string[] {
  const secrets: [string, string][] = [
    ...(values.SECRETS_KEY ?? []).map((key): [string, string] => [
      'SECRETS_KEY',
      Buffer.from(key).toString('base64'),
    ]),
    ...(values.SGO_JWT_SECRET ?? []).map((secret) => named('SGO_JWT_SECRET', secret)),
    ...(values.OPS_TOKEN ? [named('OPS_TOKEN', values.OPS_TOKEN)] : []),
    ...passwordOf('DATABASE_URL', values.DATABASE_URL),
    ...passwordOf('REDIS_URL', values.REDIS_URL),
    ...passwordOf('SMTP_URL', values.SMTP_URL),
    ...(sameLogin(values) ? [] : passwordOf('MIGRATION_DATABASE_URL', values.MIGRATION_DATABASE_URL)),
  ];
  return repeated(secrets).map(([first, second]) =>
    first === second
      ? `${first} names one secret twice`
      : `${second} must not use the secret of ${first} again`,
  );
}

function passwordOf(name: string, address: string | undefined): [string, string][] {
  const password = address ? decodeURIComponent(new URL(address).password) : '';
  return password ? [[name, password]] : [];
}

function sameLogin({ DATABASE_URL, MIGRATION_DATABASE_URL }: Values): boolean {
  if (!DATABASE_URL || !MIGRATION_DATABASE_URL) return false;
  return new URL(DATABASE_URL).username === new URL(MIGRATION_DATABASE_URL).username;
}

const named = (name: string, secret: string): [string, string] => [name, secret];
