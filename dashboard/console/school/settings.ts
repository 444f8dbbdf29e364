import { z } from 'zod';
import { dayIn } from '../../../src/clock.ts';
import { isTimeZone } from '../../../src/config.ts';
import type { Context } from '../../../src/context.ts';
import { LIMIT_RULES } from '../../../src/limits.ts';
import { forbidden } from '../../../src/refusal.ts';
import { ownZone } from '../../../src/store/school-day.ts';
import { findSferumAccount, type SferumAccountItem } from '../../read/sferum-account.ts';
import { authorOf, existingSchool } from '../../rights.ts';
import { otherOfOperators, ownLimits, unlessDefault } from '../../settings-asked.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { readForm } from '../form.ts';
import { type Html, html } from '../html.ts';
import { type ConsoleContext, goTo, page } from '../page.ts';
import { copyButton, linkButton, submitButton } from '../parts/button.ts';
import { state } from '../parts/condition.ts';
import { selectField, textField } from '../parts/field.ts';
import { count, counted, day, moment } from '../parts/numbers.ts';
import { notice } from '../parts/states.ts';
import { ADMINS, type Visitor } from '../visitor.ts';
import * as examples from './settings-examples.ts';
import { timeZoneOptions } from './time-zones.ts';

const MAX_EARLY_MINUTES = 60;
const MAX_PEOPLE = 100_000;

const whole = (max: number) =>
  z.coerce
    .number({ error: 'Введите число' })
    .int({ error: 'Введите целое число' })
    .min(0, { error: 'Не меньше 0' })
    .max(max, { error: `Не больше ${count(max)}` });
const percents = whole(100).transform((n) => n / 100);

const IDLE = LIMIT_RULES.sessionIdleMinutes;
const RETENTION = LIMIT_RULES.retentionDays;
const LOOKS = LIMIT_RULES.lookEverySeconds;

const between = ({ min, max }: { min: number; max: number }) =>
  whole(max).refine((n) => n >= min, { error: `Не меньше ${count(min)}` });

const form = z.object({
  timeZone: z.string().refine(isTimeZone, { error: 'Выберите часовой пояс' }),
  earlyEntryMinutes: whole(MAX_EARLY_MINUTES),
  sessionIdleMinutes: between(IDLE),
  // These two stay as they are where they are left out.
  retentionDays: between(RETENTION).optional(),
  lookEverySeconds: between(LOOKS).optional(),
  chatShare: percents,
  chatAtLeast: whole(MAX_PEOPLE),
  schoolShare: percents,
  schoolAtLeast: whole(MAX_PEOPLE),
});

/** «Настройки школы» (H1): the community's identifier, the state of the connection, and what the school may set. */
export function settingsRoutes({ screens, ctx, commands }: ConsoleParts): void {
  const options = { unconnected: true };
  screens.get('/settings', ADMINS, (c) => settingsPage(ctx, c), options);

  screens.post(
    '/settings',
    ADMINS,
    async (c) => {
      const result = await readForm(c, form);
      if (!result.ok) return settingsPage(ctx, c, result);
      const {
        timeZone,
        earlyEntryMinutes,
        sessionIdleMinutes: idle,
        retentionDays,
        lookEverySeconds,
        ...limits
      } = result.values;
      const visitor = c.get('visitor');
      const school = await existingSchool(ctx, visitor.school.id);
      const others = otherOfOperators(ctx.config, school, { retentionDays, lookEverySeconds });
      if (Object.keys(others).length > 0 && !isOperator(visitor)) throw forbidden();
      await commands.saveSettings({
        schoolId: school.id,
        by: authorOf(visitor.caller),
        earlyEntryMinutes,
        sessionIdleMinutes: unlessDefault(idle, ctx.config.limits.sessionIdleMinutes),
        ...others,
        timeZone: ownZone(ctx, timeZone),
        limits: ownLimits(ctx.config.removalLimits, limits),
      });
      return goTo(c, '/settings', { kind: 'good', title: 'Настройки сохранены' });
    },
    options,
  );
}

const isOperator = ({ caller }: Visitor): boolean => caller.role === 'operator';

interface Refused {
  given: Record<string, string>;
  errors: Record<string, string>;
}

async function settingsPage(ctx: Context, c: ConsoleContext, refused?: Refused): Promise<Response> {
  const visitor = c.get('visitor');
  const { school } = visitor;
  const [account, row] = await Promise.all([
    findSferumAccount(ctx.db.of(school.id), school.id),
    existingSchool(ctx, school.id),
  ]);
  const limits = { ...ctx.config.removalLimits, ...row.limits };
  const now = {
    timeZone: school.timeZone,
    earlyEntryMinutes: String(row.earlyEntryMinutes),
    sessionIdleMinutes: String(row.sessionIdleMinutes ?? ctx.config.limits.sessionIdleMinutes),
    retentionDays: String(row.retentionDays ?? ctx.config.limits.retentionDays),
    lookEverySeconds: String(row.lookEverySeconds ?? ctx.config.limits.lookEverySeconds),
    chatShare: String(Math.round(limits.chatShare * 100)),
    chatAtLeast: String(limits.chatAtLeast),
    schoolShare: String(Math.round(limits.schoolShare * 100)),
    schoolAtLeast: String(limits.schoolAtLeast),
  };
  const values = { ...now, ...refused?.given };
  return page({
    c,
    section: 'settings',
    title: 'Настройки школы',
    status: refused ? 422 : 200,
    body: html`${refused ? notice({ kind: 'bad', title: 'Настройки не сохранены: проверьте отмеченные поля' }) : ''}
${connection(account, school.timeZone)}
${TOLD}
${PAUSES}
${school.connected || account ? rules(values, refused?.errors ?? {}, dayIn(school.timeZone, ctx.clock.now()), isOperator(visitor)) : ''}`,
  });
}

const TOLD = html`<section class="sheet padded" aria-labelledby="told"><h2 id="told">Кому сообщать</h2>
<p class="muted">О том, что ждёт решения или не работает, сервис сам пишет людям и программам.</p>
<div class="actions">${linkButton({ label: 'Оповещения', href: '/settings/notifications' })}${linkButton({ label: 'Вебхуки', href: '/settings/webhooks' })}</div></section>`;

const PAUSES = html`<section class="sheet padded" aria-labelledby="pauses"><h2 id="pauses">Паузы списков</h2>
<p class="muted">На каникулы списки можно остановить: их принимают, но они никого не добавляют и не исключают.</p>
<div class="actions">${linkButton({ label: 'Паузы', href: '/settings/pauses' })}</div></section>`;

function connection(account: SferumAccountItem | null, timeZone: string): Html {
  return html`<section class="sheet padded" aria-labelledby="environment"><h2 id="environment">Настройки коммуникативной среды</h2>
${account ? connected(account, timeZone) : notConnected()}</section>`;
}

function notConnected(): Html {
  return html`<p><strong>Сообщество ещё не создано</strong></p>
<p class="muted">Администратор сервера подключит школу, когда в VK появится её сообщество. Здесь появится его идентификатор.</p>`;
}

function connected(account: SferumAccountItem, timeZone: string): Html {
  return html`<dl class="facts">
<dt>Идентификатор сообщества VK</dt><dd class="copied"><code id="community-id">${account.communityId}</code>${copyButton('community-id')}</dd>
<dt>Связь со Сферумом</dt><dd>${health(account)} <span class="muted small">с ${moment(account.statusSince, timeZone)}</span>${
    account.status === 'broken' && account.creationsConfirmed ? html`<p class="hint">${BROKEN}</p>` : ''
  }</dd>
<dt>Участники попадают в чаты</dt><dd>${
    account.tokenKind === 'user'
      ? 'сами: их добавляет профиль школы'
      : 'по ссылке: кнопкой «Войти в чат» на странице «Чаты»'
  }</dd>
<dt>Звонки</dt><dd>${
    account.tokenKind === 'user' || account.hasCallsToken
      ? 'доступны'
      : 'недоступны: для них нужен профиль пользователя, его подключает администратор сервера'
  }</dd>
<dt>Скорость</dt><dd>до ${counted(account.requestsPerSecond, 'запроса', 'запросов', 'запросов')} к VK в секунду</dd>
</dl>`;
}

const BROKEN =
  'Чаты не обновляются. Администратору сервера нужно подключить школу заново: прежний ключ больше не действует.';

function health({ status, creationsConfirmed }: SferumAccountItem): Html {
  if (!creationsConfirmed) return state('warn', 'ждёт решения');
  return status === 'ok' ? state('good', 'работает') : state('bad', 'нужен новый ключ');
}

function rules(
  values: Record<string, string>,
  errors: Record<string, string>,
  today: string,
  mayAll: boolean,
): Html {
  const number = (label: string, name: string, max: number, hint: string) =>
    textField({
      ...{ label, name, type: 'number', min: 0, max, required: true },
      ...{ value: values[name], error: errors[name], ...(hint && { hint }) },
    });
  const { chatShare, chatAtLeast, schoolShare, schoolAtLeast } = values;
  return html`<form method="post" action="/settings" class="sheet padded" aria-labelledby="rules"><h2 id="rules">Правила школы</h2>
<div class="pair">${selectField({
    label: 'Часовой пояс',
    name: 'timeZone',
    value: values.timeZone,
    options: timeZoneOptions(values.timeZone),
    error: errors.timeZone,
    hint: `По нему вступают в силу приказы. Сегодня в школе ${day(today)}.`,
  })}${number('Вход в урок раньше начала, минут', 'earlyEntryMinutes', MAX_EARLY_MINUTES, examples.earlyEntry(values.earlyEntryMinutes))}${number('Сеанс без действий заканчивается через, минут', 'sessionIdleMinutes', IDLE.max, examples.sessionEnd(values.sessionIdleMinutes))}</div>
<h3>Когда исключения ждут решения</h3>
<p class="muted">Если по спискам нужно исключить больше людей, чем бывает обычно, добавления выполняются, а исключения ждут администратора. Исключений по приказам это не касается.</p>
<div class="pair">${number('Из одного чата – больше чем, % участников', 'chatShare', 100, examples.inChat(chatShare, chatAtLeast))}${number('и не меньше, человек', 'chatAtLeast', MAX_PEOPLE, examples.atLeast(chatAtLeast, 'маленьком чате'))}
${number('Из всех чатов школы – больше чем, % участников', 'schoolShare', 100, examples.inSchool(schoolShare, schoolAtLeast))}${number('и не меньше, исключений', 'schoolAtLeast', MAX_PEOPLE, examples.atLeast(schoolAtLeast, 'маленькой школе'))}</div>
<h3>Данные выбывших</h3>
<div class="pair">${textField({
    ...{ label: 'Хранить данные выбывших, дней', name: 'retentionDays', type: 'number', required: true },
    ...{ min: RETENTION.min, max: RETENTION.max, readonly: !mayAll },
    ...{ value: values.retentionDays, error: errors.retentionDays },
    hint: `${examples.retention(values.retentionDays, today)} Потом имя, профиль VK ID и всё, что говорит о человеке, удаляется без возврата.${mayAll ? '' : ' Срок меняет администратор сервера.'}`,
  })}</div>
<h3>Сверка с мессенджером</h3>
<div class="pair">${textField({
    ...{ label: 'Сверять чаты раз в, секунд', name: 'lookEverySeconds', type: 'number', required: true },
    ...{ min: LOOKS.min, max: LOOKS.max, readonly: !mayAll },
    ...{ value: values.lookEverySeconds, error: errors.lookEverySeconds },
    hint: `${examples.looks(values.lookEverySeconds)} Так же скоро видно, кто вышел и что переименовано.${mayAll ? '' : ' Меняет администратор сервера.'}`,
  })}</div>
<div class="actions">${submitButton({ label: 'Сохранить', kind: 'primary' })}</div></form>`;
}
