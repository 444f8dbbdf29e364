import type { Context as HonoContext, MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import type { Caller } from '../src/caller.ts';
import type { Context } from '../src/context.ts';
import type { AccessLog } from '../src/store/access-log.ts';
import { clientAddress } from './client-address.ts';

/**
 * The routes that show people's data, with the word that the record of a look uses for each (K8). A handler names the
 * people whom it showed (`saw`). Every route stands here or in NOBODY, which a test checks.
 */
export const LOOKS: Readonly<Record<string, string>> = {
  'GET /v1/schools/:schoolId/people': 'people',
  'GET /v1/people/:id/grounds': 'person',
  'GET /v1/people/:id/export': 'export',
  'POST /v1/chats/:id/check': 'members',
  'POST /v1/people/:id/check': 'person',
  'GET /v1/chats/:id/members': 'members',
  'GET /v1/schools/:schoolId/unreachable': 'unreachable',
  'GET /v1/operations/:id': 'members',
  'GET /v1/operations/:id/plan': 'plan',
  'GET /v1/schools/:schoolId/journal': 'journal',
  'GET /v1/schools/:schoolId/access': 'access',
  'GET /people/:id': 'person',
  'GET /people/:id/export': 'export',
  'GET /manage/chats/:id': 'members',
  'GET /manage/checks/:id': 'members',
  'POST /manage/chats/:id': 'members',
  'GET /manage/chats/:id/pick': 'people',
  'GET /manage/new': 'members',
  'POST /manage/new': 'members',
  'GET /manage/new/pick': 'people',
  'GET /manage/operations/:id': 'plan',
  'GET /manage/operations/:id/approve': 'plan',
  'GET /unreachable': 'unreachable',
  'GET /changes': 'journal',
  'GET /search': 'people',
  'GET /overview': 'people',
  'GET /attention': 'people',
  'GET /unreachable.csv': 'unreachable',
  'GET /changes.csv': 'journal',
  'GET /rosters/quality': 'people',
  'GET /rosters/quality.csv': 'people',
};

const OWN = 'of himself alone, and the admins of his own chats';
const FIGURES = 'figures, titles and states; of people at most the admins of chats and who began a run';
const ROWS_OF_FILES = 'places in files and kinds of values, never a value';
const MOVES_ON = 'changes and moves on: what it shows is a page of its own';

/** Routes that show nobody, or nobody but the caller, each with the reason. */
export const NOBODY: Readonly<Record<string, string>> = {
  'GET /': OWN,
  'GET /v1/me': OWN,
  'POST /v1/me/profile': OWN,
  'DELETE /v1/me/profile': OWN,
  'POST /profile/link': OWN,
  'GET /profile/confirm': OWN,
  'POST /profile/confirm': OWN,
  'POST /profile/decline': OWN,
  'GET /profile/callback': OWN,
  'GET /profile/unlink': OWN,
  'POST /profile/unlink': OWN,
  'GET /diary': OWN,
  'GET /lessons/:id/join': OWN,
  'GET /v1/lessons/:id/meeting/join': OWN,
  'GET /lessons/ended': FIGURES,
  'GET /journal': FIGURES,
  'GET /journal/lessons/:id': FIGURES,
  'GET /journal/lessons/:id/meeting': FIGURES,
  'GET /journal/lessons/:id/meeting/delete': FIGURES,
  'GET /v1/schools/:schoolId/lessons': FIGURES,
  'GET /delays': FIGURES,
  'GET /overview/stream': FIGURES,
  'GET /schools/stream': FIGURES,
  'GET /operations': FIGURES,
  'GET /operations.csv': FIGURES,
  'GET /manage/list.csv': FIGURES,
  'GET /rosters': FIGURES,
  'GET /rosters/rows': ROWS_OF_FILES,
  'GET /rosters/rows.csv': ROWS_OF_FILES,
  'GET /operations/open': FIGURES,
  'GET /operations/running': FIGURES,
  'GET /settings': FIGURES,
  'GET /schools': FIGURES,
  'GET /schools/held': FIGURES,
  'GET /server': FIGURES,
  'GET /v1/schools': FIGURES,
  'GET /manage': FIGURES,
  'GET /manage/ahead': FIGURES,
  'GET /manage/delete': FIGURES,
  'GET /manage/open': FIGURES,
  'GET /manage/initialize': FIGURES,
  'GET /manage/chats/:id/close': FIGURES,
  'GET /manage/chats/:id/delete': FIGURES,
  'GET /manage/operations/:id/progress': FIGURES,
  'GET /manage/operations/:id/undo': FIGURES,
  'GET /v1/chats/:id': FIGURES,
  'GET /v1/operations/:id/rows': ROWS_OF_FILES,
  'GET /v1/operations/:id/stream': FIGURES,
  'GET /v1/schools/:schoolId/chats': FIGURES,
  'GET /v1/schools/:schoolId/delays': FIGURES,
  'GET /v1/schools/:schoolId/erasures': FIGURES,
  'GET /v1/schools/:schoolId/operations': FIGURES,
  'GET /v1/schools/:schoolId/settings': FIGURES,
  'GET /v1/schools/:schoolId/sferum': FIGURES,
  'POST /journal/lessons/:id/meeting': MOVES_ON,
  'POST /journal/lessons/:id/meeting/delete': MOVES_ON,
  'POST /manage/ahead': MOVES_ON,
  'POST /overview/decide': MOVES_ON,
  'POST /overview/take-back': MOVES_ON,
  'POST /schools/held/take-back': MOVES_ON,
  'POST /manage/chats/:id/delete': MOVES_ON,
  'POST /manage/chats/:id/check': MOVES_ON,
  'POST /manage/chats/:id/try-again': MOVES_ON,
  'POST /people/:id/check': MOVES_ON,
  'POST /manage/chats/:id/pick': MOVES_ON,
  'POST /manage/initialize': MOVES_ON,
  'POST /manage/new/pick': MOVES_ON,
  'POST /manage/operations/:id/apply': MOVES_ON,
  'POST /manage/operations/:id/cancel': MOVES_ON,
  'POST /manage/operations/:id/decide': MOVES_ON,
  'POST /manage/operations/:id/take-back': MOVES_ON,
  'POST /manage/operations/:id/undo': MOVES_ON,
  'POST /find': MOVES_ON,
  'POST /schools/held': FIGURES,
  'POST /schools': MOVES_ON,
  'POST /settings': MOVES_ON,
  'POST /sign-out': MOVES_ON,
  'POST /v1/lessons/:id/meeting': FIGURES,
  'DELETE /v1/lessons/:id/meeting': FIGURES,
  'POST /v1/operations/:id/approve': FIGURES,
  'POST /v1/operations/:id/reject': FIGURES,
  'POST /v1/operations/:id/cancel': FIGURES,
  'POST /v1/operations/:id/undo': FIGURES,
  'POST /v1/decisions': FIGURES,
  'POST /v1/roster-imports': FIGURES,
  'POST /v1/schools/:schoolId/chats': FIGURES,
  'PATCH /v1/chats/:id': FIGURES,
  'DELETE /v1/chats/:id': FIGURES,
  'POST /v1/schools/:schoolId/events': FIGURES,
  'POST /v1/schools/:schoolId/initializations': FIGURES,
  'PUT /v1/schools/:schoolId/settings': FIGURES,
  'PUT /v1/schools/:schoolId/sferum': FIGURES,
  'GET /sessions': OWN,
  'POST /sessions/end': OWN,
  'GET /v1/me/sessions': OWN,
  'DELETE /v1/me/sessions/:id': OWN,
  'DELETE /v1/sessions': FIGURES,
  'GET /sso': 'before anybody is signed in',
  'POST /sso': 'before anybody is signed in',
  'GET /signed-out': 'before anybody is signed in',
  'GET /demo': 'the demonstration: made-up people',
  'POST /demo': 'the demonstration: made-up people',
  'GET /docs': 'the description of the API',
  'GET /docs/:file': 'the description of the API',
  'GET /openapi.json': 'the description of the API',
  'GET /static/:hash/:name': 'styles and scripts',
  'GET /healthz': 'health',
  'GET /readyz': 'health',
  'GET /metrics': 'health',
};

/** School → the people of it whom an answer showed. */
type Seen = Map<string, Set<string>>;
const SEEN = 'seen-people';

/** Notes whom the answer shows. An empty list notes that it shows nobody. */
export function saw(c: HonoContext, schoolId: string, personIds: Iterable<string>): void {
  const seen = (c.get(SEEN as never) as Seen | undefined) ?? new Map<string, Set<string>>();
  seen.set(schoolId, new Set([...(seen.get(schoolId) ?? []), ...personIds]));
  c.set(SEEN as never, seen as never);
}

/** Notes that this answer shows nobody, where others of its route do. Nothing is recorded of it. */
export function sawNobody(c: HonoContext): void {
  c.set(SEEN as never, new Map() as never);
}

/** Records who looked once an answer has been made. The answer does not wait for it. */
export function recordAccess(ctx: Context, log: AccessLog): MiddlewareHandler {
  return async (c, next) => {
    await next();
    // An answer without a body shows nobody.
    if (c.req.method === 'HEAD') return;
    const route = `${c.req.method} ${routePath(c, -1)}`;
    const what = LOOKS[route];
    const seen = c.get(SEEN as never) as Seen | undefined;
    const answered = c.res.status === 200;
    if (what === undefined ? seen !== undefined : answered && c.req.method === 'GET' && seen === undefined) {
      ctx.log.error({ route }, 'whom an answer showed is not recorded as it must be');
    }
    const { subject, role } = (c.get('caller' as never) ?? {}) as Partial<Caller>;
    if (what === undefined || subject === undefined || role === undefined) return;
    const common = {
      at: new Date(ctx.clock.now()),
      subject,
      role,
      what,
      address: clientAddress(c, ctx.config.trustedProxyHops),
    };
    for (const [schoolId, personIds] of seen ?? [])
      log.record({ ...common, schoolId, personIds: [...personIds] });
  };
}
