import type { WebhookView } from '../../../src/told/webhooks.ts';
import type { DeliveryItem } from '../../read/webhook-deliveries.ts';
import { type Html, html } from '../html.ts';
import { linkButton, postButton } from '../parts/button.ts';
import { state, type Tone } from '../parts/condition.ts';
import { moment } from '../parts/numbers.ts';
import { dataTable } from '../parts/table.ts';

const STATES: Readonly<Record<DeliveryItem['status'], readonly [Tone, string]>> = {
  waiting: ['calm', 'отправляется'],
  delivered: ['good', 'получено'],
  failed: ['bad', 'не получено'],
};

/** Shows what can be done with a webhook, and the last messages to it. `at`: its own address. */
export function hookBody({
  at,
  hook,
  deliveries,
  timeZone,
}: {
  at: string;
  hook: WebhookView;
  deliveries: readonly DeliveryItem[];
  timeZone: string;
}): Html {
  return html`<section class="sheet padded" aria-labelledby="hook-acts"><h2 id="hook-acts">Проверка и секрет</h2>
<p class="hint">Новый секрет показывается один раз. Прежний подписывает сообщения вместе с ним ещё сутки${
    hook.formerSecretUntil === null ? '' : html`, сейчас до ${moment(hook.formerSecretUntil, timeZone)}`
  }.</p>
<div class="actions">${postButton({ label: 'Отправить проверочное сообщение', action: `${at}/test` })}
${postButton({ label: 'Сменить секрет', action: `${at}/secret` })}
${linkButton({ label: 'Удалить вебхук', href: `${at}/delete`, kind: 'danger' })}</div></section>
<h2>Последние сообщения</h2>
${deliveries.length === 0 ? html`<p class="muted">Пока ничего не отправляли.</p>` : deliveryTable(deliveries, timeZone)}`;
}

/** Asks before a webhook is removed, because its secret and its log are gone with it. `at`: its own address. */
export function removalBody({ at, hook }: { at: string; hook: WebhookView }): Html {
  return html`<div class="sheet padded"><p>По адресу <bdi>${hook.url}</bdi> больше ничего не придёт. Секрет и список сообщений удалятся вместе с вебхуком.</p>
<div class="actions">${postButton({ label: 'Удалить вебхук', action: `${at}/delete`, kind: 'danger' })}${linkButton({ label: 'Отмена', href: at })}</div></div>`;
}

function deliveryTable(deliveries: readonly DeliveryItem[], timeZone: string): Html {
  return dataTable<DeliveryItem>({
    caption: 'Последние сообщения',
    rows: deliveries,
    columns: [
      { head: 'Сообщение', phone: 'title', cell: ({ type }) => html`<code>${type}</code>` },
      { head: 'Создано', cell: ({ at }) => moment(at, timeZone) },
      { head: 'Состояние', cell: ({ status }) => state(...STATES[status]) },
      { head: 'Попыток', numeric: true, cell: ({ attempts }) => attempts },
      { head: 'Ответ', cell: ({ answer }) => answer ?? '–' },
      { head: 'Следующая попытка', cell: ({ nextAt }) => (nextAt === null ? '–' : moment(nextAt, timeZone)) },
    ],
  });
}
