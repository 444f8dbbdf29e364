import type { Context as HonoContext } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Context } from '../../src/context.ts';
import { Refusal } from '../../src/refusal.ts';
import { sure } from '../../src/sure.ts';
import { answerError } from '../problem.ts';
import { TOO_MANY } from '../rates.ts';
import { type Content, html } from './html.ts';
import { type ConsoleContext, page } from './page.ts';
import { linkButton } from './parts/button.ts';
import { NOT_CONNECTED, SCHOOL_NOT_CHOSEN } from './screens.ts';

interface Explained {
  title: string;
  text: Content;
  actions?: Content;
}

const BACK = linkButton({ label: 'На главную', href: '/' });
const ENTER = 'Откройте «Сетевой город» и нажмите значок чатов: вход сюда только оттуда.';
/** Errors that a new way in from СГО mends. */
const ENTER_ANEW: ReadonlySet<string> = new Set([
  'unauthenticated',
  'session-over',
  'link-used',
  'link-over',
]);

/** Leads back to СГО, where its address is configured. */
export function toSgo({ config: { sgoUrl } }: Pick<Context, 'config'>): Content {
  return sgoUrl === null ? '' : linkButton({ label: 'Открыть Сетевой город', href: sgoUrl, kind: 'primary' });
}

const BY_TYPE: Readonly<Record<string, Explained>> = {
  unauthenticated: { title: 'Нужен вход', text: ENTER },
  'session-over': {
    title: 'Сеанс закончился',
    text: html`Вы вышли, долго ничего не делали или прошло восемь часов. ${ENTER}`,
  },
  'link-used': {
    title: 'Ссылка уже использована',
    text: `Каждая ссылка для входа открывается один раз. ${ENTER}`,
  },
  'link-over': { title: 'Ссылка устарела', text: `Ссылка для входа действует пять минут. ${ENTER}` },
  [NOT_CONNECTED]: {
    title: 'Модуль «Чаты» не подключён',
    text: 'Школа ещё не подключена к Сферуму. Обратитесь к администратору школы.',
  },
};

const BY_STATUS: Readonly<Record<number, Explained>> = {
  400: {
    title: 'Запрос составлен неверно',
    text: 'Вернитесь на предыдущую страницу и попробуйте ещё раз.',
    actions: BACK,
  },
  403: {
    title: 'Недостаточно прав',
    text: 'Эта страница открыта не всем. Если она вам нужна, обратитесь к администратору школы.',
    actions: BACK,
  },
  404: { title: 'Страница не найдена', text: 'Её нет или больше нет. Проверьте адрес.', actions: BACK },
  429: {
    title: 'Слишком много запросов',
    text: 'Подождите минуту и откройте страницу снова. Если вы ничего не нажимали так часто, сообщите администратору школы.',
    actions: BACK,
  },
  503: {
    title: 'Сервис временно недоступен',
    text: 'Попробуйте через минуту: ничего не потеряно.',
    actions: BACK,
  },
  504: {
    title: 'Ответ не готов вовремя',
    text: 'Действие могло выполниться: проверьте, прежде чем повторять.',
    actions: BACK,
  },
};
const OURS: Explained = {
  title: 'Что-то сломалось у нас',
  text: 'Ошибка записана, мы её разберём. Попробуйте ещё раз чуть позже.',
  actions: BACK,
};

/** Whether a person in a browser waits for the answer, and not a program. */
export function wantsPage(c: HonoContext): boolean {
  return !c.req.path.startsWith('/v1/') && /\btext\/html\b/.test(c.req.header('accept') ?? '');
}

/**
 * Turns anything thrown into a page that says what happened and where to go. Our own faults are logged by
 * `answerError`.
 */
export function errorPage(ctx: Context, error: Error, c: ConsoleContext): Response | Promise<Response> {
  if (error instanceof Refusal && error.type === SCHOOL_NOT_CHOSEN && c.req.method === 'GET') {
    return c.redirect('/schools', 303);
  }
  const { status } = error instanceof HTTPException ? error : answerError(ctx, error, c);
  c.header('Content-Type', undefined);
  const refusal = error instanceof Refusal ? error : null;
  const { actions = '', ...words } = explained(status, refusal);
  const isOutside = refusal !== null && ENTER_ANEW.has(refusal.type);
  return explain(c, shownStatus(status, refusal), { ...words, actions: isOutside ? toSgo(ctx) : actions });
}

/** The page for an address that leads nowhere, or to what its visitor may not know of (V4). */
export function notFoundPage(c: ConsoleContext): Response | Promise<Response> {
  return explain(c, 404, explained(404, null));
}

/** A school that is not connected is no fault of the request, so the status is 200. */
const shownStatus = (status: number, refusal: Refusal | null): number =>
  refusal?.type === NOT_CONNECTED ? 200 : status;

function explain(
  c: ConsoleContext,
  status: number,
  { title, text, actions = '' }: Explained,
): Response | Promise<Response> {
  return page({
    c,
    title,
    // Every answer that explains itself has a body.
    status: status as ContentfulStatusCode,
    body: html`<div class="explained"><p>${text}</p><div class="actions">${actions}</div></div>`,
  });
}

/** Gives the words of an error. A refusal of its own type says itself what is wrong. */
function explained(status: number, refusal: Refusal | null): Explained {
  const known = refusal ? BY_TYPE[refusal.type] : undefined;
  if (known) return known;
  const general = BY_STATUS[status];
  const speaks = refusal !== null && !['forbidden', 'not-found', 'invalid', TOO_MANY].includes(refusal.type);
  if (speaks) return { title: refusal.title, text: '', actions: BACK };
  return general ?? (status < 500 ? sure(BY_STATUS[400]) : OURS);
}
