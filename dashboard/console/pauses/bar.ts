import { plusDays } from '../../../src/text/days.ts';
import { type Html, html, NOTHING } from '../html.ts';
import { postButton } from '../parts/button.ts';
import { day } from '../parts/numbers.ts';
import { isAdmin, type Visitor } from '../visitor.ts';

/** Stands on every page while the lists are paused (K3), and in the days before. */
export function pauseBar(visitor: Visitor): Html {
  const { now, ahead } = visitor.school.pause;
  const pause = now ?? ahead;
  if (pause === null) return NOTHING;
  const days = html`<strong>${now ? 'Пауза' : 'Скоро пауза'}: ${day(pause.from)} – ${day(pause.to)}.</strong>`;
  if (!visitor.staff) {
    return now ? bar(html`${days} Новые списки школы попадут в чаты после неё.`) : NOTHING;
  }
  const text = now
    ? 'Списки из СГО принимаются, но никого не добавляют и не исключают. Приказы и то, что делают вручную, действуют.'
    : 'Списки из СГО будут приниматься, но не будут никого добавлять и исключать. Приказы и то, что делают вручную, будут действовать.';
  const label = 'Что изменится после паузы';
  const fields = { asOf: day(plusDays(pause.to, 1)) };
  const look = isAdmin(visitor)
    ? html`<div class="actions">${postButton({ label, action: '/manage/ahead', kind: 'quiet', fields })}</div>`
    : '';
  return bar(html`${days} ${text}`, look);
}

function bar(text: Html, actions: Html | string = ''): Html {
  return html`<div class="notice info trouble" role="status"><p>${text}</p>${actions}</div>`;
}
