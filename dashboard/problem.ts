import type { Context as HonoContext } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { ZodError } from 'zod';
import type { Context } from '../src/context.ts';
import { Refusal } from '../src/refusal.ts';
import { isPassing, stateOf } from '../src/store/errors.ts';

const RETRY_AFTER_SECONDS = 5;
/** An answer names at most this many mistakes. It would otherwise be many times as long as the request. */
const ISSUES_TOLD = 50;

/** What a status means where no Refusal says more. */
const GENERAL: Readonly<Record<number, readonly [type: string, title: string]>> = {
  400: ['malformed', 'Запрос составлен неверно'],
  403: ['forbidden', 'Недостаточно прав'],
  404: ['not-found', 'Не найдено'],
  405: ['method-not-allowed', 'Здесь можно только смотреть'],
  408: ['request-timeout', 'Запрос не пришёл вовремя'],
  413: ['too-large', 'Запрос слишком большой'],
  415: ['unsupported-type', 'Такой тип содержимого здесь не принимается'],
  503: ['unavailable', 'Сервис временно недоступен, повторите позже'],
  504: ['timeout', 'Ответ не готов вовремя; действие могло выполниться'],
};
const INTERNAL = ['internal', 'Внутренняя ошибка'] as const;

/** Makes an answer of RFC 9457. */
function problem(
  c: HonoContext,
  status: ContentfulStatusCode,
  type: string,
  title: string,
  extra: Record<string, unknown> = {},
): Response {
  if (status === 401) c.header('WWW-Authenticate', 'Bearer');
  if (status === 503) c.header('Retry-After', String(RETRY_AFTER_SECONDS));
  c.header('Content-Type', 'application/problem+json');
  return c.body(JSON.stringify({ ...extra, type, title, status }), status);
}

/** Answers with the general meaning of a status. */
export function generalProblem(c: HonoContext, status: ContentfulStatusCode): Response {
  const [type, title] = GENERAL[status] ?? INTERNAL;
  return problem(c, status, type, title);
}

/** Turns anything thrown into an answer. Our own faults are logged, and nobody outside learns their details. */
export function answerError(ctx: Context, error: Error, c: HonoContext): Response {
  if (error instanceof Refusal) return refused(c, error);
  if (error instanceof HTTPException) return generalProblem(c, error.status);
  const status = statusOfFailure(error);
  if (status >= 500) ctx.log.error({ err: error, method: c.req.method, status }, 'a request failed');
  return generalProblem(c, status);
}

function refused(c: HonoContext, { status, type, title, extra }: Refusal): Response {
  if (extra.retryAfterSeconds !== undefined) c.header('Retry-After', String(extra.retryAfterSeconds));
  return problem(c, status, type, title, extra);
}

/** Answers with a schema's issues and the paths of their fields. The values themselves are not repeated. */
export function answerInvalid(c: HonoContext, error: ZodError): Response {
  return refused(c, notFitting(400, error));
}

/** The refusal of a request without a caller (401). */
export function unauthenticated(): Refusal {
  return new Refusal(401, 'unauthenticated', 'Нужен вход из СГО');
}

/** The refusal of a request that does not fit a schema. */
export function notFitting(status: 400 | 422, error: ZodError): Refusal {
  const errors = error.issues
    .slice(0, ISSUES_TOLD)
    .map((issue) => ({ field: issue.path.join('.'), message: issue.message }));
  return new Refusal(status, 'invalid', 'Запрос составлен неверно', { errors });
}

/** Gives the status for an error of the database or of a socket. */
function statusOfFailure(error: Error): ContentfulStatusCode {
  const code = stateOf(error);
  // PostgreSQL cannot hold these texts: NUL, or bytes that are no UTF-8.
  if (code === '22021' || code === '22P05') return 400;
  // A passing error is no connection, no resources, a school that others hold, a shutdown or a read-only database.
  // Nothing was acknowledged.
  return isPassing(error) ? 503 : 500;
}
