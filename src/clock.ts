import { setTimeout as delay } from 'node:timers/promises';

/** Time as it is passed in everywhere (rule 12). */
export interface Clock {
  /** Milliseconds since the epoch: for what is told to people and stored. It may step, forwards and back. */
  now(): number;
  /** Milliseconds that passed since some moment: for durations within this process. It never steps. */
  elapsed(): number;
  /** Resolves after `ms`, or rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's own clock, for those who judge that clock itself. */
export const machineNow = (): number => Date.now();

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  sleep: (ms, signal) => delay(ms, undefined, signal ? { signal } : {}),
};

/** Costly to make; as many as there are time zones among the schools. */
const dayFormats = new Map<string, Intl.DateTimeFormat>();

/** The calendar day of an instant in a time zone, `YYYY-MM-DD`; effective dates are days of the school (D6). */
export function dayIn(timeZone: string, nowMs: number): string {
  let format = dayFormats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' });
    dayFormats.set(timeZone, format);
  }
  return format.format(nowMs);
}

const FRACTION = /[.,](\d+)/;
/** Digits of a second that PostgreSQL keeps. */
const KEPT_DIGITS = 6;

/**
 * An instant as ISO 8601 or PostgreSQL gives it → ISO 8601 UTC with all digits of its second, at least six: so texts
 * compare as instants do as long as none has more. A `Date` would forget what is below a millisecond.
 */
export function exactInstant(text: string): string {
  const fraction = FRACTION.exec(text)?.[1] ?? '';
  const whole = new Date(text.replace(FRACTION, '')).toISOString().slice(0, 'YYYY-MM-DDTHH:MM:SS'.length);
  return `${whole}.${fraction.replace(/0+$/, '').padEnd(KEPT_DIGITS, '0')}Z`;
}
