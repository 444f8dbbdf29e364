import { type DestinationStream, type Logger, type LoggerOptions, pino, stdTimeFunctions } from 'pino';
import type { LogLevel } from './config.ts';
import { stateOf } from './store/errors.ts';
import { cutText } from './text/cut-text.ts';

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
/** A trouble that goes on is reported again after this time, with how often it came. */
const SAID_AGAIN_AFTER_MS = 60_000;
const TROUBLES_KNOWN = 500;
const WARN = 40;

/** Makes a log that writes one JSON line an entry to `destination` (default: stdout). */
export function createLog(level: LogLevel, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: undefined,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`]), censor: '[hidden]' },
    serializers: { err: describeError },
    hooks: { logMethod: saysOnce() },
  };
  return destination ? pino(options, destination) : pino(options);
}

/**
 * Reports a repeated trouble once, because an outage fails everything that is tried, many times a second, in the same
 * words. An entry with an error (`err`, or its text as `error`) is left out where one of the last minute equals it in
 * everything. The next one that is written counts it in `repeated`.
 */
function saysOnce(): NonNullable<LoggerOptions['hooks']>['logMethod'] {
  const said = new Map<string, { atMs: number; unsaid: number }>();
  return function (args, method, level) {
    // pino's types name the forms of a call; here any of them may come.
    const [fields] = args as [unknown];
    if (level < WARN || !isTrouble(fields)) return method.apply(this, args);
    const key = JSON.stringify([args[1], { ...fields, err: undefined }, identity(fields.err)]);
    const before = said.get(key);
    const nowMs = performance.now();
    if (before && nowMs - before.atMs < SAID_AGAIN_AFTER_MS) {
      before.unsaid += 1;
      return;
    }
    if (said.size >= TROUBLES_KNOWN) said.clear();
    said.set(key, { atMs: nowMs, unsaid: 0 });
    const repeated = before?.unsaid ? { repeated: before.unsaid } : {};
    const [, ...rest] = args;
    // The call has the form that it had, with one more field.
    return method.apply(this, [{ ...fields, ...repeated }, ...rest] as unknown as typeof args);
  };
}

function isTrouble(fields: unknown): fields is { err?: unknown } {
  return typeof fields === 'object' && fields !== null && ('err' in fields || 'error' in fields);
}

function identity(error: unknown): unknown {
  return error instanceof Error ? [error.name, stateOf(error), error.message] : typeof error;
}

interface ErrorEntry {
  type: string;
  code?: string;
  message?: string;
  stack?: string;
  cause?: ErrorEntry;
}

/**
 * Gives an error as it may be logged (V5). The texts of database and parser errors quote values such as rows,
 * parameters and bodies, so these errors are described by type and code alone. No other property is taken over
 * either.
 */
function describeError(error: unknown): ErrorEntry {
  if (!(error instanceof Error)) return { type: typeof error };
  const code = stateOf(error);
  const entry: ErrorEntry = { type: error.name };
  if (code) entry.code = code;
  if (!quotesValues(error)) entry.message = cutText(error.message, MESSAGE_CHARS);
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
