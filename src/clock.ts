import { setTimeout as delay } from 'node:timers/promises';

export const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** Time as it is passed in everywhere (rule 12). */
export interface Clock {
  /** Milliseconds since the epoch, for what is told to people and stored. This clock may step, forwards and back. */
  now(): number;
  /** Milliseconds since some moment, for durations within this process. This clock never steps. */
  elapsed(): number;
  /** Resolves after `ms`, or rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's own clock, for code that checks that very clock. */
export const machineNow = (): number => Date.now();

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  sleep: (ms, signal) => delay(ms, undefined, signal ? { signal } : {}),
};

/** A format is costly to make. There are as many as there are time zones among the schools. */
const dayFormats = new Map<string, Intl.DateTimeFormat>();

/** Gives the calendar day of an instant in a time zone, `YYYY-MM-DD`. Effective dates are days of the school (D6). */
export function dayIn(timeZone: string, nowMs: number): string {
  let format = dayFormats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' });
    dayFormats.set(timeZone, format);
  }
  return format.format(nowMs);
}

/** Gives the next 1 September in a time zone, today included: the day that a school year begins (K4). */
export function nextFirstOfSeptember({ nowMs, timeZone }: { nowMs: number; timeZone: string }): string {
  const today = dayIn(timeZone, nowMs);
  const year = Number(today.slice(0, 4));
  const ofThisYear = `${year}-09-01`;
  return today <= ofThisYear ? ofThisYear : `${year + 1}-09-01`;
}

const FRACTION = /[.,](\d+)/;
/** The digits of a second that PostgreSQL keeps. */
const KEPT_DIGITS = 6;

/**
 * Turns an instant of ISO 8601 or PostgreSQL into ISO 8601 UTC with all digits of its second, at least six. Such
 * texts compare as instants do as long as none has more digits. A `Date` would forget what is below a millisecond.
 */
export function exactInstant(text: string): string {
  const fraction = FRACTION.exec(text)?.[1] ?? '';
  const whole = new Date(text.replace(FRACTION, '')).toISOString().slice(0, 'YYYY-MM-DDTHH:MM:SS'.length);
  return `${whole}.${fraction.replace(/0+$/, '').padEnd(KEPT_DIGITS, '0')}Z`;
}
