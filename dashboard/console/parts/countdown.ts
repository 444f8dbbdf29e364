import { SECOND_MS } from '../../../src/clock.ts';
import { type Html, html } from '../html.ts';

/** The whole seconds until an instant; 0 where it is over. */
export function secondsUntil(instant: string, nowMs: number): number {
  return Math.max(0, Math.ceil((Date.parse(instant) - nowMs) / SECOND_MS));
}

/**
 * «через 12 с», counted down by script (console.js). When the time is over the page is loaded again (live.js). «сейчас»
 * where it is over already.
 */
export function countdown(instant: string, nowMs: number): Html {
  const seconds = secondsUntil(instant, nowMs);
  if (seconds === 0) return html`сейчас<span data-counts-down hidden>1</span>`;
  return html`через <span data-counts-down>${seconds}</span>&nbsp;с`;
}
