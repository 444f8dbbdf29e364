import type { Hono, MiddlewareHandler } from 'hono';
import type { Caller, TokenRole } from '../../src/caller.ts';
import type { Context } from '../../src/context.ts';
import { forbidden, Refusal } from '../../src/refusal.ts';
import type { ResolveCaller } from '../auth.ts';
import type { Guards } from '../guards.ts';
import { unauthenticated } from '../problem.ts';
import { countRequest, type Rates } from '../rates.ts';
import type { Session, Sessions } from '../sessions/sessions.ts';
import type { ConsoleContext, ConsoleEnv } from './page.ts';
import { findVisitor, visitorOfRegion } from './visitor.ts';

type Answer = Response | Promise<Response>;
type Handler = (c: ConsoleContext) => Answer;

interface ScreenOptions {
  /** The screen exists also for a school that is not connected (A9). */
  unconnected?: boolean;
  /** The form carries a roster. Its body is read only after the rights were asked, within a roster's size and time. */
  upload?: boolean;
}

/**
 * Registers pages and what their forms send. Who may open a page stands beside its path, as `roles`. Before a handler
 * runs, three things are settled: who the visitor is (`c.get('visitor')`), that the visitor's role is one of `roles`,
 * and that the visitor's school is connected. A form has arrived before that (`Guards.form`).
 */
export interface Screens {
  get(path: string, roles: readonly TokenRole[], handler: Handler, options?: ScreenOptions): void;
  post(path: string, roles: readonly TokenRole[], handler: Handler, options?: ScreenOptions): void;
  /** Pages of all schools together, for operators whose token is for all. */
  ofRegion: Record<'get' | 'post', (path: string, handler: Handler, options?: { upload?: boolean }) => void>;
}

interface ScreenParts {
  app: Hono<ConsoleEnv>;
  ctx: Context;
  guards: Guards;
  sessions: Sessions;
  resolve: ResolveCaller;
  rates: Rates;
}

/** Makes the registrar of pages. Every page registered by it checks its visitor first. */
export function createScreens(parts: ScreenParts): Screens {
  const { app, guards } = parts;
  // Guards look at the caller alone, which both kinds of context have.
  const stand = (some: unknown[]) => some as MiddlewareHandler<ConsoleEnv>[];
  const before = (roles: readonly TokenRole[], { upload = false }: ScreenOptions) =>
    upload ? guards.upload(...roles) : guards.page(...roles);
  const ofRegion =
    (method: 'GET' | 'POST') =>
    (path: string, handler: Handler, options: ScreenOptions = {}) =>
      void app.on(method, [path], ...[visitRegion(parts), ...stand(before(['operator'], options)), handler]);
  const whole = (roles: readonly TokenRole[], options: ScreenOptions, handler: Handler) => [
    visit(parts, roles, options),
    ...stand(before(roles, options)),
    handler,
  ];
  return {
    ofRegion: { get: ofRegion('GET'), post: ofRegion('POST') },
    get: (path, roles, handler, options = {}) =>
      void app.on('GET', [path], ...whole(roles, options, handler)),
    post: (path, roles, handler, options = {}) =>
      void app.on('POST', [path], ...whole(roles, options, handler)),
  };
}

/** The code for a school that is not connected (A9), which is shown as a page of its own (errors.ts). */
export const NOT_CONNECTED = 'not-connected';
/** The code for an operator who has not chosen a school yet, because an operator's token is for all schools. */
export const SCHOOL_NOT_CHOSEN = 'school-not-chosen';

interface Calling {
  session: Session | null;
  caller: Caller;
}

/** Finds the caller of a page, and counts the request against the caller's rate. */
async function whoCalls({ sessions, resolve, rates }: ScreenParts, c: ConsoleContext): Promise<Calling> {
  const session = c.req.header('authorization') === undefined ? await sessions.find(c) : null;
  if (session) await countRequest(rates, c, session.caller);
  const caller = session?.caller ?? (await resolve(c));
  if (!caller) throw sessions.had(c) ? sessionOver() : unauthenticated();
  return { session, caller };
}

function visitRegion(parts: ScreenParts): MiddlewareHandler<ConsoleEnv> {
  return async (c, next) => {
    const { caller } = await whoCalls(parts, c);
    if (caller.role !== 'operator' || caller.schoolId !== '*') throw forbidden();
    c.set('caller', caller);
    c.set('visitor', visitorOfRegion(parts.ctx, caller));
    await next();
  };
}

function visit(
  parts: ScreenParts,
  roles: readonly TokenRole[],
  { unconnected = false }: ScreenOptions,
): MiddlewareHandler<ConsoleEnv> {
  const { ctx } = parts;
  return async (c, next) => {
    const { session, caller } = await whoCalls(parts, c);
    const schoolId = caller.schoolId === '*' ? (session?.chosenSchoolId ?? null) : caller.schoolId;
    if (schoolId === null) throw new Refusal(409, SCHOOL_NOT_CHOSEN, 'Выберите школу');
    const visitor = await findVisitor(ctx, { ...caller, schoolId });
    if (!visitor) throw new Refusal(409, NOT_CONNECTED, 'Модуль «Чаты» не подключён');
    c.set('caller', visitor.caller);
    c.set('visitor', { ...visitor, boundToNoSchool: caller.schoolId === '*', atRegion: false });
    if (caller.role === 'service') throw forbidden();
    if (caller.role === 'staff' && !roles.includes('student') && !visitor.staff) throw forbidden();
    if (!visitor.school.connected && !unconnected) {
      throw new Refusal(409, NOT_CONNECTED, 'Модуль «Чаты» не подключён');
    }
    await next();
  };
}

function sessionOver(): Refusal {
  return new Refusal(401, 'session-over', 'Сеанс закончился');
}
