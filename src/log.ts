import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import type { LogLevel } from './config.ts';
import { stateOf } from './store/database.ts';

/** Keys whose values never reach a log, at the top and one level down. */
const SECRET_KEYS = [
  'authorization',
  'cookie',
  'token',
  'accessToken',
  'callsToken',
  'password',
  'secret',
  'familyName',
  'givenName',
  'middleName',
  'personName',
  'birthDate',
];
const MESSAGE_CHARS = 500;
const STACK_FRAMES = 12;

/** One JSON line an entry, to `destination` (default: stdout). */
export function createLog(level: LogLevel, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: undefined,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`]), censor: '[hidden]' },
    serializers: { err: describeError },
  };
  return destination ? pino(options, destination) : pino(options);
}

interface ErrorEntry {
  type: string;
  code?: string;
  message?: string;
  stack?: string;
  cause?: ErrorEntry;
}

/**
 * An error as it may be logged (V5). The texts of database and parser errors quote values – rows, parameters,
 * bodies – so these are told by type and code alone; no other property is taken over either.
 */
function describeError(error: unknown): ErrorEntry {
  if (!(error instanceof Error)) return { type: typeof error };
  const code = stateOf(error);
  const entry: ErrorEntry = { type: error.name };
  if (code) entry.code = code;
  if (!quotesValues(error)) entry.message = error.message.slice(0, MESSAGE_CHARS);
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line));
  if (frames?.length) entry.stack = frames.slice(0, STACK_FRAMES).join('\n');
  if (error.cause instanceof Error) entry.cause = describeError(error.cause);
  return entry;
}

function quotesValues(error: Error): boolean {
  return (
    /^[0-9A-Z]{5}$/.test(stateOf(error)) || error.name.endsWith('Exception') || error instanceof SyntaxError
  );
}
