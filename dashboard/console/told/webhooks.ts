import type { Author } from '../../../src/author.ts';
import type { Context } from '../../../src/context.ts';
import { Refusal } from '../../../src/refusal.ts';
import type { ToldKind } from '../../../src/store/entities.ts';
import { KIND_WORDS } from '../../../src/told/kind-words.ts';
import { URL_CHARS } from '../../../src/told/public-address.ts';
import {
  createWebhook,
  deleteWebhook,
  findWebhook,
  listWebhooks,
  renewSecret,
  testWebhook,
  updateWebhook,
  type WebhookView,
} from '../../../src/told/webhooks.ts';
import { listDeliveries } from '../../read/webhook-deliveries.ts';
import { authorOf } from '../../rights.ts';
import { atBoth, type Base } from '../at-both.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { formOf } from '../form.ts';
import { type Html, html } from '../html.ts';
import { type ConsoleContext, goTo, page } from '../page.ts';
import { copyButton, submitButton } from '../parts/button.ts';
import { state } from '../parts/condition.ts';
import { textField } from '../parts/field.ts';
import { moment } from '../parts/numbers.ts';
import { dataTable } from '../parts/table.ts';
import { fieldOf, kindBoxes, tickedKinds } from './parts.ts';
import { hookBody, removalBody } from './webhook.ts';

const DELIVERIES_SHOWN = 20;

/** «Вебхуки»: programs that are told what waits (K2), of a school or of all. */
export function webhookScreens(parts: ConsoleParts): void {
  const { screens, ctx } = parts;
  atBoth(screens, 'get', '/webhooks', 'admins', (c, base) => listPage(ctx, c, base));
  atBoth(screens, 'post', '/webhooks', 'admins', (c, base) => add(ctx, c, base));
  atBoth(screens, 'get', '/webhooks/:id', 'admins', async (c, base) =>
    hookPage(ctx, c, base, await hookOf(ctx, c)),
  );
  atBoth(screens, 'post', '/webhooks/:id', 'admins', (c, base) => change(ctx, c, base));
  atBoth(screens, 'post', '/webhooks/:id/test', 'admins', (c, base) => test(ctx, c, base));
  atBoth(screens, 'post', '/webhooks/:id/secret', 'admins', (c, base) => renew(ctx, c, base));
  atBoth(screens, 'get', '/webhooks/:id/delete', 'admins', async (c, base) =>
    askRemoval(c, base, await hookOf(ctx, c)),
  );
  atBoth(screens, 'post', '/webhooks/:id/delete', 'admins', (c, base) => remove(ctx, c, base));
}

/** Gives whose webhooks the page shows: those of the open school, or all. */
const withinOf = (c: ConsoleContext): string => c.get('visitor').school.id;
const byOf = (c: ConsoleContext): Author => authorOf(c.get('visitor').caller);
const hookOf = (ctx: Context, c: ConsoleContext): Promise<WebhookView> =>
  findWebhook(ctx, withinOf(c), c.req.param('id') ?? '');

interface Given {
  url: string;
  kinds: ToldKind[];
  error?: string;
}

async function add(ctx: Context, c: ConsoleContext, base: Base): Promise<Response> {
  const form = await formOf(c);
  const given = { url: fieldOf(form, 'url'), kinds: tickedKinds(form) };
  if (given.kinds.length === 0) return listPage(ctx, c, base, { ...given, error: NO_KIND });
  try {
    const schoolId = withinOf(c) === '*' ? null : withinOf(c);
    const { id, secret } = await createWebhook(ctx, { ...given, schoolId, by: byOf(c) });
    return hookPage(ctx, c, base, await findWebhook(ctx, withinOf(c), id), { secret });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return listPage(ctx, c, base, { ...given, error: error.title });
  }
}

async function change(ctx: Context, c: ConsoleContext, base: Base): Promise<Response> {
  const form = await formOf(c);
  const hook = await hookOf(ctx, c);
  const given = { url: fieldOf(form, 'url'), kinds: tickedKinds(form) };
  const refused = (error: string) => hookPage(ctx, c, base, { ...hook, ...given }, { error });
  if (given.kinds.length === 0) return refused(NO_KIND);
  try {
    await updateWebhook(ctx, hook, { ...given, by: byOf(c) });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return refused(error.title);
  }
  return goTo(c, `${base}/webhooks/${hook.id}`, { kind: 'good', title: 'Вебхук сохранён' });
}

async function test(ctx: Context, c: ConsoleContext, base: Base): Promise<Response> {
  const hook = await hookOf(ctx, c);
  const to = `${base}/webhooks/${hook.id}`;
  if (hook.endedAt !== null)
    return goTo(c, to, { kind: 'warn', title: 'Получателя больше нет: сохраните адрес заново' });
  const { isReceived, answer } = await testWebhook(ctx, hook);
  return goTo(
    c,
    to,
    isReceived
      ? { kind: 'good', title: 'Проверочное сообщение получено', text: `Ответ получателя: ${answer}.` }
      : {
          kind: 'bad',
          title: 'Проверочное сообщение не получено',
          text: `Ответ: ${answer}. Его отправят ещё раз.`,
        },
  );
}

async function renew(ctx: Context, c: ConsoleContext, base: Base): Promise<Response> {
  const hook = await hookOf(ctx, c);
  const secret = await renewSecret(ctx, hook, byOf(c));
  return hookPage(ctx, c, base, await hookOf(ctx, c), { secret });
}

async function remove(ctx: Context, c: ConsoleContext, base: Base): Promise<Response> {
  await deleteWebhook(ctx, await hookOf(ctx, c), byOf(c));
  return goTo(c, `${base}/webhooks`, { kind: 'good', title: 'Вебхук удалён' });
}

async function askRemoval(c: ConsoleContext, base: Base, hook: WebhookView): Promise<Response> {
  const { section, up } = placeOf(base);
  const at = `${base}/webhooks/${hook.id}`;
  const crumbs = [up, { label: 'Вебхуки', href: `${base}/webhooks` }, { label: 'Вебхук', href: at }];
  return page({ ...{ c, section, crumbs, title: 'Удалить вебхук?' }, body: removalBody({ at, hook }) });
}

const NO_KIND = 'Отметьте, о чём сообщать';

const placeOf = (base: Base) =>
  base === '/server'
    ? ({ section: 'server', up: { label: 'Нагрузка', href: '/server' } } as const)
    : ({ section: 'settings', up: { label: 'Настройки школы', href: '/settings' } } as const);

async function listPage(ctx: Context, c: ConsoleContext, base: Base, given?: Given): Promise<Response> {
  const { section, up } = placeOf(base);
  const hooks = await listWebhooks(ctx, withinOf(c));
  return page({
    ...{ c, section, crumbs: [up], title: 'Вебхуки', status: given?.error ? 422 : 200 },
    subtitle: 'Программы, которым сервис сам сообщает, что ждёт внимания. Имён в сообщениях нет.',
    body: html`${hooks.length > 0 ? hookTable(hooks, base) : ''}${hookForm(`${base}/webhooks`, 'Добавить вебхук', given)}`,
  });
}

function hookTable(hooks: readonly WebhookView[], base: Base): Html {
  return dataTable<WebhookView>({
    caption: 'Вебхуки',
    rows: hooks,
    columns: [
      {
        head: 'Адрес',
        phone: 'title',
        cell: ({ id, url }) => html`<a href="${base}/webhooks/${id}"><bdi>${url}</bdi></a>`,
      },
      ...(base === '/server'
        ? [{ head: 'Школа', cell: ({ schoolId }: WebhookView) => schoolId ?? 'все школы' }]
        : []),
      { head: 'Сообщает', cell: ({ kinds }) => kinds.map((kind) => KIND_WORDS[kind].name).join(', ') },
      {
        head: 'Состояние',
        cell: ({ endedAt }) =>
          endedAt === null ? state('good', 'работает') : state('bad', 'получателя больше нет'),
      },
    ],
  });
}

/** The form of a new webhook, and of one that is changed. */
function hookForm(action: string, label: string, given?: Given): Html {
  return html`<form method="post" action="${action}" class="sheet padded" aria-labelledby="hook-form"><h2 id="hook-form">${label}</h2>
${textField({
  ...{ label: 'Адрес', name: 'url', value: given?.url ?? '', required: true, maxLength: URL_CHARS },
  ...{ error: given?.error, hint: 'Например, https://example.org/sferum. Сюда придёт запрос POST.' },
})}
${kindBoxes(given?.kinds ?? [], 'О чём сообщать')}
<div class="actions">${submitButton({ label: 'Сохранить', kind: 'primary' })}</div></form>`;
}

async function hookPage(
  ctx: Context,
  c: ConsoleContext,
  base: Base,
  hook: WebhookView,
  { secret, error }: { secret?: string; error?: string } = {},
): Promise<Response> {
  const { section, up } = placeOf(base);
  const { timeZone } = c.get('visitor').school;
  const db = hook.schoolId === null ? ctx.db.across('telling') : ctx.db.of(hook.schoolId);
  const { items } = await listDeliveries(db, hook.id, { page: 1, perPage: DELIVERIES_SHOWN });
  const at = `${base}/webhooks/${hook.id}`;
  return page({
    ...{ c, section, crumbs: [up, { label: 'Вебхуки', href: `${base}/webhooks` }], title: 'Вебхук' },
    subtitle: html`<bdi>${hook.url}</bdi>${hook.endedAt ? html` · получателя больше нет с ${moment(hook.endedAt, timeZone)}` : ''}`,
    status: error ? 422 : 200,
    body: html`${secret ? shownOnce(secret) : ''}${hookBody({ at, hook, deliveries: items, timeZone })}${hookForm(at, 'Изменить', { url: hook.url, kinds: hook.kinds, ...(error ? { error } : {}) })}`,
  });
}

function shownOnce(secret: string): Html {
  return html`<section class="sheet padded" aria-labelledby="secret-title"><h2 id="secret-title">Секрет вебхука</h2>
<p>Сохраните его сейчас у получателя: больше он показан не будет. Им проверяется подпись сообщений.</p>
<p class="copied"><code id="secret">${secret}</code>${copyButton('secret')}</p></section>`;
}
