import { Refusal } from '../../../src/refusal.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { html } from '../html.ts';
import { type ConsoleContext, page } from '../page.ts';
import { linkButton } from '../parts/button.ts';
import { EVERYBODY } from '../visitor.ts';

/** A page waits before the door no longer than this without asking again. */
const LONGEST_WAIT_SECONDS = 60 * 60;
const CALL_WAIT_SECONDS = 3;
const ENDED_SECONDS = 5;

const MAIN = linkButton({ label: 'На главный экран', href: '/' });

/**
 * The door of a lesson's call (I5–I7), opened in a window of its own. It leads to Sferum, or to a notice that says
 * why not. The notice goes on by itself when that has changed, by the header `Refresh`, so without any script.
 */
export function entryRoutes({ ctx, commands, screens }: ConsoleParts): void {
  screens.get('/lessons/:id/join', EVERYBODY, async (c) => {
    try {
      const link = await commands.enterLesson({
        caller: c.get('visitor').caller,
        lessonId: c.req.param('id') ?? '',
      });
      c.header('Cache-Control', 'no-store');
      return c.redirect(link, 302);
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      return notEntered(c, refusal, ctx.clock.now());
    }
  });

  screens.get('/lessons/ended', EVERYBODY, (c) => {
    c.header('Refresh', `${ENDED_SECONDS}; url=/`);
    return page({
      c,
      title: 'Звонок завершен',
      body: explained('Вы будете перенаправлены на главный экран.'),
    });
  });
}

/** Says why there is no way in, and comes again by itself where that will change. */
function notEntered(c: ConsoleContext, refusal: Refusal, nowMs: number): Response | Promise<Response> {
  switch (refusal.type) {
    case 'lesson-not-started': {
      const seconds = Math.ceil((Date.parse(String(refusal.extra.opensAt)) - nowMs) / 1000);
      if (seconds <= LONGEST_WAIT_SECONDS) c.header('Refresh', String(Math.max(1, seconds)));
      return page({
        c,
        title: refusal.title,
        status: 409,
        body: explained('Когда он начнётся, эта страница откроет его сама.'),
      });
    }
    case 'lesson-over':
      return page({
        c,
        title: refusal.title,
        status: 409,
        body: explained('Войти в звонок больше нельзя.'),
      });
    case 'calls-need-user-token':
      return page({
        c,
        title: 'Звонка нет',
        status: 409,
        body: explained(refusal.title),
      });
    case 'call-not-ready':
      c.header('Refresh', String(CALL_WAIT_SECONDS));
      return page({
        c,
        title: 'Звонок ещё создаётся',
        status: 503,
        body: explained('Страница откроет его сама через несколько секунд.'),
      });
    case 'not-found':
      return page({
        c,
        title: 'Дистанционного урока нет',
        status: 404,
        body: explained('Учитель его ещё не создал или уже удалил.'),
      });
    default:
      throw refusal;
  }
}

function explained(text: string) {
  return html`<div class="explained"><p>${text}</p><div class="actions">${MAIN}</div></div>`;
}
