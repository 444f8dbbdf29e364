import type { Caller } from '../../../src/caller.ts';
import type { Context } from '../../../src/context.ts';
import { Refusal } from '../../../src/refusal.ts';
import type { Choice } from '../../../src/rows/told-choice.ts';
import { choiceOf, saveChoice } from '../../../src/told/choices.ts';
import { atBoth, type Base } from '../at-both.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { formOf } from '../form.ts';
import { html } from '../html.ts';
import { type ConsoleContext, goTo, page } from '../page.ts';
import { submitButton } from '../parts/button.ts';
import { checkField, textField } from '../parts/field.ts';
import { notice } from '../parts/states.ts';
import { isAdmin } from '../visitor.ts';
import { fieldOf, kindBoxes, tickedKinds } from './parts.ts';

/**
 * «Оповещения»: which letters a person gets about what waits (K2). An operator of all schools has one choice for all.
 */
export function notificationScreens({ screens, ctx }: ConsoleParts): void {
  atBoth(screens, 'get', '/notifications', 'staff', async (c, base) =>
    choicePage(ctx, c, base, { choice: await choiceOf(ctx, chooserOf(c)) }),
  );
  atBoth(screens, 'post', '/notifications', 'staff', async (c, base) => {
    const form = await formOf(c);
    const email = fieldOf(form, 'email') || null;
    const choice: Choice = { email, kinds: tickedKinds(form), daily: form.get('daily') !== null };
    try {
      await saveChoice(ctx, chooserOf(c), choice);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return choicePage(ctx, c, base, { choice, error: error.title });
    }
    return goTo(c, `${base}/notifications`, { kind: 'good', title: 'Оповещения сохранены' });
  });
}

/** Gives whose choice it is. An operator whose token is for all schools chooses for all, whatever school is open. */
function chooserOf(c: ConsoleContext): Caller {
  const { caller, boundToNoSchool } = c.get('visitor');
  return boundToNoSchool ? { ...caller, schoolId: '*' } : caller;
}

function choicePage(
  ctx: Context,
  c: ConsoleContext,
  base: Base,
  { choice, error }: { choice: Choice; error?: string },
): Response | Promise<Response> {
  const visitor = c.get('visitor');
  const isOfSettings = base === '/settings' && isAdmin(visitor);
  return page({
    c,
    ...(base === '/server' ? { section: 'server' } : isOfSettings ? { section: 'settings' } : {}),
    ...(base === '/server'
      ? { crumbs: [{ label: 'Нагрузка', href: '/server' }] }
      : isOfSettings
        ? { crumbs: [{ label: 'Настройки школы', href: '/settings' }] }
        : {}),
    title: 'Оповещения',
    subtitle: visitor.boundToNoSchool
      ? 'Письма обо всех школах. В них нет имён: только что случилось, где и ссылка.'
      : 'Письма о вашей школе. В них нет имён: только что случилось и ссылка.',
    status: error ? 422 : 200,
    body: html`${ctx.config.mail === null ? NO_MAIL : ''}<form method="post" action="${base}/notifications" class="sheet padded" aria-label="Оповещения">
${textField({
  ...{ label: 'Моя электронная почта', name: 'email', value: choice.email ?? '', maxLength: 254, error },
  hint: 'Пусто – писем не будет. Адрес виден только вам и администратору сервера.',
})}
${kindBoxes(choice.kinds, 'Сообщать, когда начинается и когда заканчивается')}
${checkField({ label: 'Сводка каждое утро в восемь часов', name: 'daily', checked: choice.daily })}
<p class="hint">Всё, что ждёт внимания, одним письмом в день.</p>
<div class="actions">${submitButton({ label: 'Сохранить', kind: 'primary' })}</div></form>`,
  });
}

const NO_MAIL = notice({
  kind: 'warn',
  title: 'Почта на сервере не настроена',
  text: 'Выбор сохранится, но писем не будет, пока администратор сервера не укажет почтовый сервер.',
});
