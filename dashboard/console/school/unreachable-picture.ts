/** «Кого нет в Сферуме» as a picture: the share of those who have linked a profile, its trend, and the classes. */
import type { Overview } from '../../read/overview.ts';
import { type Html, html } from '../html.ts';
import { shareFigure } from '../overview/figures.ts';
import { heatPicture } from '../overview/heat.ts';

/** Shows nothing before the shares were counted, a minute after the first chats. */
export function unreachablePicture({ shares, classes }: Pick<Overview, 'shares' | 'classes'>): Html | string {
  if (classes.length === 0) return '';
  return html`<div class="share-picture">${shareFigure({ shares })}<section class="sheet heat-box" aria-label="Доля привязанных по классам, %">${heatPicture(classes)}</section></div>`;
}
