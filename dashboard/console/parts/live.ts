import { type Html, html } from '../html.ts';

/**
 * What pages follow, with the address that tells of it. Looks at these addresses are no use of a session (sessions.ts).
 */
export const LIVE_PATHS = { school: '/overview/stream', region: '/schools/stream' } as const;

/** What a page follows, and the mark of that (live-marks.ts) from before the page's content was read. */
export interface Live {
  of: keyof typeof LIVE_PATHS;
  mark: string;
}

/** Says that the page keeps itself up to date, with a button that stops that (live.js). It is not shown without script. */
export function livePart({ of, mark }: Live): Html {
  return html`<p class="live needs-script" data-live="${LIVE_PATHS[of]}" data-mark="${mark}"><span data-live-says>Обновляется само</span> <button type="button" class="button quiet" data-live-pauses aria-pressed="false">Приостановить</button></p>`;
}
