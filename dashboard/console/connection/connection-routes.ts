import { notFound } from '../../../src/refusal.ts';
import { answerSoon } from '../../answer-soon.ts';
import { lastSent } from '../../read/sgo.ts';
import { findOwnValidation } from '../../read/validations.ts';
import { authorOf } from '../../rights.ts';
import type { ConsoleParts } from '../console-parts.ts';
import { formOf } from '../form.ts';
import { type ConsoleContext, goTo, page } from '../page.ts';
import { ADMINS } from '../visitor.ts';
import { connectionBody } from './connection.ts';
import { NOT_CHECKED, stillChecking, validationBody, validationResult } from './validation.ts';

const REFRESH_SECONDS = 3;
const OPERATORS = ['operator'] as const;

/** Where the pages are: in a school, or beside the state of the service. */
type Base = '/connection' | '/server/connection';

/** «Подключение СГО»: addresses, examples, what came last, and what an import of a file would say. */
export function connectionRoutes(parts: ConsoleParts): void {
  const { screens } = parts;
  const inSchool = { unconnected: true };
  screens.get('/connection', ADMINS, (c) => connectionPage(parts, c, '/connection'), inSchool);
  // Only those who may send a roster may have one checked (contract: `POST /v1/roster-validations`).
  screens.post('/connection/validations', OPERATORS, (c) => validate(parts, c, '/connection'), {
    ...inSchool,
    upload: true,
  });
  screens.get('/connection/validations/:id', OPERATORS, (c) => resultPage(parts, c, '/connection'), inSchool);
  screens.ofRegion.get('/server/connection', (c) => connectionPage(parts, c, '/server/connection'));
  screens.ofRegion.post('/server/connection/validations', (c) => validate(parts, c, '/server/connection'), {
    upload: true,
  });
  screens.ofRegion.get('/server/connection/validations/:id', (c) =>
    resultPage(parts, c, '/server/connection'),
  );
}

const TITLE = 'Подключение СГО';

async function connectionPage(
  { ctx }: ConsoleParts,
  c: ConsoleContext,
  base: Base,
  error: string | null = null,
): Promise<Response> {
  const { caller, school } = c.get('visitor');
  const isSchool = base === '/connection';
  const { sgo, publicUrl } = ctx.config;
  const db = isSchool ? ctx.db.of(school.id) : ctx.db.across('operator-view');
  const sent = await lastSent(db, isSchool ? school.id : null);
  return page({
    c,
    section: 'connection',
    title: TITLE,
    status: error === null ? 200 : 422,
    body: connectionBody({
      publicUrl: publicUrl.replace(/\/$/, ''),
      schoolId: isSchool ? school.id : null,
      signing:
        'jwksUrl' in sgo ? { kind: 'jwks', url: sgo.jwksUrl } : { kind: 'secret', keys: sgo.secrets.length },
      sent,
      validateAt: caller.role === 'operator' ? `${base}/validations` : null,
      error,
      nowMs: ctx.clock.now(),
      timeZone: school.timeZone,
    }),
  });
}

async function validate(parts: ConsoleParts, c: ConsoleContext, base: Base): Promise<Response> {
  const { ctx, commands } = parts;
  const { caller, school } = c.get('visitor');
  const file = (await formOf(c)).get('file');
  if (!(file instanceof File) || file.size === 0) {
    return connectionPage(parts, c, base, 'Выберите файл');
  }
  const id = await commands.validateRoster({
    body: new Uint8Array(await file.arrayBuffer()),
    takenAt: new Date(ctx.clock.now()),
    within: school.id,
    by: authorOf(caller),
  });
  await answerSoon(ctx, async () => {
    const found = await findOwnValidation(ctx.db.across('import'), id, caller.subject);
    return found?.result ?? null;
  });
  return goTo(c, `${base}/validations/${id}`);
}

async function resultPage({ ctx }: ConsoleParts, c: ConsoleContext, base: Base): Promise<Response> {
  const { caller } = c.get('visitor');
  const found = await findOwnValidation(ctx.db.across('import'), c.req.param('id') ?? '', caller.subject);
  if (!found) throw notFound();
  const isOpen = found.state === 'queued' || found.state === 'running';
  return page({
    c,
    section: 'connection',
    title: 'Проверка файла',
    crumbs: [{ label: TITLE, href: base }],
    body:
      found.state === 'succeeded'
        ? validationBody(validationResult.parse(found.result))
        : isOpen
          ? stillChecking(c.req.path)
          : NOT_CHECKED,
    ...(isOpen ? { refreshSeconds: REFRESH_SECONDS } : {}),
  });
}
