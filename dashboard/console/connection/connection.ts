/** «Подключение СГО»: where СГО sends lists and events, how, and what came last. */
import type { LastSent } from '../../read/sgo.ts';
import { type Content, type Html, html } from '../html.ts';
import { ago } from '../parts/age.ts';
import { copyButton, linkButton, submitButton } from '../parts/button.ts';
import { state } from '../parts/condition.ts';
import { moment } from '../parts/numbers.ts';
import { type SentCall, sentCalls } from './examples.ts';

interface ConnectionView {
  /** Where the service is, without a slash at the end. */
  publicUrl: string;
  /** Null: all schools. */
  schoolId: string | null;
  /** How tokens of СГО are checked; the secret itself is nowhere shown. */
  signing: { kind: 'secret'; keys: number } | { kind: 'jwks'; url: string };
  sent: LastSent;
  /** Where a file to be checked is sent. Null where the visitor may not have one checked. */
  validateAt: string | null;
  error: string | null;
  nowMs: number;
  timeZone: string;
}

/** The page below its heading. */
export function connectionBody(view: ConnectionView): Html {
  return html`${lastSection(view)}${view.validateAt === null ? '' : validation(view.validateAt, view.error)}${addresses(view)}${examples(view)}`;
}

function section(id: string, title: string, body: Content): Html {
  return html`<section class="sheet padded stack" aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${body}</section>`;
}

function lastSection({ sent: { event, list }, signing, nowMs, timeZone }: ConnectionView): Html {
  const at = (instant: string) =>
    html`${moment(instant, timeZone)} <span class="muted">${ago(instant, nowMs)}</span>`;
  const key =
    signing.kind === 'secret'
      ? signing.keys > 1
        ? 'общий секрет, идёт замена: действуют прежний и новый'
        : 'общий секрет задан'
      : html`открытые ключи СГО: <code>${signing.url}</code>`;
  return section(
    'last',
    'Что приходит',
    html`<dl class="facts">
<dt>Последние списки</dt><dd>${list ? html`${at(list.receivedAt)}${list.state === 'failed' ? html` ${state('bad', 'не приняты')}` : ''}` : state('warn', 'ещё не приходили')}</dd>
<dt>Последнее событие</dt><dd>${event ? html`${at(event.receivedAt)}<div class="muted small"><code>${event.type}</code></div>` : state('calm', 'ещё не приходили')}</dd>
<dt>Подпись токенов</dt><dd>${state('good', 'задана')} <div class="muted small">${key}</div></dd>
</dl>`,
  );
}

function validation(action: string, error: string | null): Html {
  return section(
    'validate',
    'Проверить файл',
    html`<p class="muted">Покажем, что сделал бы импорт: сколько людей и классов, какие строки не приняты, ждал бы он решения. Ничего не изменится.</p>
<form method="post" action="${action}" enctype="multipart/form-data" class="stack">
<div class="field"><label for="roster-file">Архив ZIP с файлами OneRoster CSV</label><input id="roster-file" type="file" name="file" accept=".zip,application/zip" required${
      error ? html` aria-invalid="true" aria-describedby="roster-file-error"` : ''
    }>${error ? html`<p class="error" id="roster-file-error">${error}</p>` : ''}</div>
<div class="actions">${submitButton({ label: 'Проверить', kind: 'primary' })}</div></form>`,
  );
}

function addresses(view: ConnectionView): Html {
  const calls = sentCalls(view);
  return section(
    'addresses',
    'Адреса',
    html`<dl class="facts">${calls.map(
      ({ id, title, method, url }) =>
        html`<dt>${title}</dt><dd class="copied"><span><span class="muted">${method}</span> <code id="${id}-url">${url}</code></span>${copyButton(`${id}-url`)}</dd>`,
    )}</dl><div class="actions">${linkButton({ label: 'Описание API', href: '/docs' })}</div>`,
  );
}

function examples(view: ConnectionView): Html {
  const calls = sentCalls(view).filter(
    (call): call is SentCall & { example: string } => call.example !== null,
  );
  return section(
    'examples',
    'Как отправлять',
    html`<p class="muted">TOKEN – токен, который подписала СГО: издатель sgo, роль service.</p>${calls.map(
      ({ id, title, says, example }) =>
        html`<div class="stack example"><div class="actions between"><h3>${title}</h3>${copyButton(`${id}-example`)}</div><p class="muted">${says}</p><pre tabindex="0" role="region" aria-label="${title}"><code id="${id}-example">${example}</code></pre></div>`,
    )}`,
  );
}
