import { type Html, html } from '../html.ts';

/** Outlines in a square of 16 units, drawn with the text's own colour. */
const PATHS = {
  home: 'M2.5 7 8 2.5 13.5 7v6.5h-4v-4h-3v4h-4z',
  chat: 'M2.5 3.5h11V11H7l-3 2.5V11H2.5z',
  list: 'M2.5 4h11M2.5 8h11M2.5 12h7',
  book: 'M3 12.5v-9a1 1 0 0 1 1-1h8.5v11H4a1 1 0 0 1 0-2h8.5',
  calendar: 'M2.5 4h11v9.5h-11zM2.5 7h11M5.5 2v3M10.5 2v3',
  link: 'M6.5 9.5l3-3M7 4.8l1.4-1.4a2.9 2.9 0 0 1 4.2 4.2L11.2 9M9 11.2l-1.4 1.4a2.9 2.9 0 0 1-4.2-4.2L4.8 7',
  unlinked: 'M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11M4.2 4.2l7.6 7.6',
  changes: 'M8 4.5V8l2.5 1.5M3.2 5.2A5.5 5.5 0 1 1 2.5 8M2.5 2.8v2.7h2.7',
  settings:
    'M8 5.8a2.2 2.2 0 1 1 0 4.4 2.2 2.2 0 0 1 0-4.4M8 1.8v2M8 12.2v2M1.8 8h2M12.2 8h2M3.6 3.6 5 5M11 11l1.4 1.4M12.4 3.6 11 5M5 11l-1.4 1.4',
  queues: 'M2.5 3h11v2.5h-11zM2.5 6.8h11v2.5h-11zM2.5 10.6h11v2.5h-11z',
  schools: 'M2 6.5 8 3l6 3.5M3.5 6.5v6M6.5 6.5v6M9.5 6.5v6M12.5 6.5v6M2 13.5h12',
  held: 'M5.5 3.5v9M10.5 3.5v9',
  server: 'M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5h.01M5 11h.01',
  person: 'M8 2.5a2.7 2.7 0 1 1 0 5.4 2.7 2.7 0 0 1 0-5.4M2.8 13.5c.5-2.8 2.3-4 5.2-4s4.7 1.2 5.2 4',
  work: 'M1.5 8H5l1.5-4 3 8L11 8h3.5',
  file: 'M4 2h5.5L12 4.5V14H4zM6 7.5h4M6 10.5h4',
  search: 'M7 2.8a4.2 4.2 0 1 1 0 8.4 4.2 4.2 0 0 1 0-8.4M10.2 10.2l3.3 3.3',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  open: 'm4.5 6.5 3.5 3.5 3.5-3.5',
  close: 'm4 4 8 8M12 4l-8 8',
} as const;

export type IconName = keyof typeof PATHS;

/** A picture beside a word. The word carries the meaning, so screen readers pass the picture over. */
export function icon(name: IconName): Html {
  return html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="${PATHS[name]}"/></svg>`;
}
