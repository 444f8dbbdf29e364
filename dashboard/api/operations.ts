import { createRoute, z } from '@hono/zod-openapi';
import type { Context as HonoContext } from 'hono';
import type { Caller, TokenRole } from '../../src/caller.ts';
import type { Context } from '../../src/context.ts';
import type { CheckResult } from '../../src/planning/check-result.ts';
import { notFound } from '../../src/refusal.ts';
import { OPERATION_KINDS } from '../../src/store/entities.ts';
import { sure } from '../../src/sure.ts';
import type { HttpEnv } from '../auth.ts';
import { mayStillCheck } from '../checking.ts';
import { findCheck } from '../read/checks.ts';
import {
  findAnyOperation,
  findOperation,
  findOwnImport,
  isStartedBy,
  listOperations,
  type OperationItem,
} from '../read/operations.ts';
import { askedSchool, authorOf, existingSchool, schoolOf, viewerOf } from '../rights.ts';
import { noteNobodyShown, noteShown } from '../trail/shown-people.ts';
import { OperationResult } from './operation-result.ts';
import type { ApiParts } from './parts.ts';
import {
  Accepted,
  CHANGE_REFUSALS,
  IdParam,
  Instant,
  json,
  pageOf,
  pageQuery,
  REFUSALS,
  SchoolParam,
  SchoolQuery,
} from './schemas.ts';

/** Who may send a roster. */
const IMPORTERS: readonly TokenRole[] = ['service', 'operator'];

const OperationStateName = z.enum(['queued', 'running', 'held', 'succeeded', 'failed', 'cancelled']);

const OperationView = z
  .object({
    id: z.uuid(),
    kind: z.enum(OPERATION_KINDS).openapi({ example: 'initialization' }),
    schoolId: z.string().nullable(),
    state: OperationStateName,
    progress: z.object({ done: z.int(), total: z.int() }),
    result: OperationResult.nullable(),
    problems: z.array(z.looseObject({ code: z.string(), message: z.string() })),
    createdBy: z.string(),
    createdAt: Instant,
    startedAt: Instant.nullable(),
    finishedAt: Instant.nullable(),
  })
  .openapi('Operation');

/**
 * Gives the operation if the caller may see it: one of the caller's school, and for staff one that they started. An
 * import that belongs to no school is seen by callers for all schools, and by the caller who sent it.
 * @throws Refusal(404)
 */
export async function operationFor(
  ctx: Context,
  c: HonoContext<HttpEnv>,
  id: string,
): Promise<OperationItem> {
  const caller = c.get('caller');
  const operation = z.uuid().safeParse(id).success
    ? await find(ctx, caller, askedSchool(c) ?? caller.schoolId, id)
    : null;
  if (!operation || (caller.role === 'staff' && !(await isOwn(ctx, caller, operation)))) throw notFound();
  return operation;
}

/** The people whom the operation's result names: those of a check (K7). */
function peopleIn({ kind, result }: OperationItem): string[] {
  if (kind !== 'check' || !result) return [];
  // The result of a check is what checkResult gave.
  const { desired, actual } = result as unknown as CheckResult;
  return [...desired, ...actual].flatMap(({ personId }) => personId ?? []);
}

/**
 * Whether a teacher has started it. Where it tells of people, the teacher must also still be allowed to ask about them.
 */
async function isOwn(ctx: Context, caller: Caller, { id, kind }: OperationItem): Promise<boolean> {
  const { schoolId } = caller;
  if (!(await isStartedBy(ctx.db.of(schoolId), schoolId, id, authorOf(caller)))) return false;
  const check = kind === 'check' ? await findCheck(ctx.db.of(schoolId), schoolId, id) : null;
  return !check || mayStillCheck({ ctx, viewer: await viewerOf(ctx, caller, schoolId) }, check.about);
}

async function find(ctx: Context, caller: Caller, school: string, id: string): Promise<OperationItem | null> {
  if (school === '*') return findAnyOperation(ctx.db.across('operator-view'), id);
  const found = await findOperation(ctx.db.of(school), school, id);
  if (found || !IMPORTERS.includes(caller.role)) return found;
  const own = { sender: authorOf(caller), within: [caller.schoolId, school] };
  return findOwnImport(ctx.db.across('import'), own, id);
}

/** Long work: its state, a school's list, and decisions about it (F3, F4, J3, J4). */
export function operationRoutes(parts: ApiParts): void {
  const { api, ctx, guards } = parts;
  const one = createRoute({
    method: 'get',
    path: '/v1/operations/{id}',
    tags: ['Operations'],
    summary: 'How far a long work is, and how it ended',
    middleware: guards.read('school-admin', 'operator', 'service', 'staff'),
    request: { params: IdParam, query: SchoolQuery },
    responses: { 200: json(OperationView, 'the operation'), ...REFUSALS },
  });
  api.openapi(one, async (c) => {
    const operation = await operationFor(ctx, c, c.req.valid('param').id);
    const people = peopleIn(operation);
    if (people.length > 0) noteShown(c, sure(operation.schoolId), people);
    else noteNobodyShown(c);
    return c.json(operation, 200);
  });

  const list = createRoute({
    method: 'get',
    path: '/v1/schools/{schoolId}/operations',
    tags: ['Operations'],
    summary: "A school's operations, newest first",
    middleware: guards.read('school-admin', 'operator', 'service'),
    request: {
      params: SchoolParam,
      query: z.object({ state: OperationStateName.optional(), ...pageQuery(ctx.config.limits, 50) }),
    },
    responses: { 200: json(pageOf('OperationPage', OperationView), 'a page'), ...REFUSALS },
  });
  api.openapi(list, async (c) => {
    const query = c.req.valid('query');
    const school = await existingSchool(ctx, schoolOf(c));
    const { items, total } = await listOperations(ctx.db.of(school.id), school.id, query);
    return c.json({ items, total, page: query.page, perPage: query.perPage }, 200);
  });

  decisionRoutes(parts);
}

/**
 * Decides about work: held work goes on or is dropped (F4, J3), running work stops, and applied work is taken back
 * (J4).
 */
function decisionRoutes(parts: ApiParts): void {
  routeDecisions(parts);
  routeCancel(parts);
  routeUndo(parts);
}

function routeDecisions({ api, ctx, commands, guards }: ApiParts): void {
  for (const decision of ['approve', 'reject'] as const) {
    const route = createRoute({
      method: 'post',
      path: `/v1/operations/{id}/${decision}`,
      tags: ['Operations'],
      summary: decision === 'approve' ? 'Let held work go on' : 'Drop held work',
      middleware: guards.json('school-admin', 'operator'),
      request: {
        params: IdParam,
        query: SchoolQuery,
        body: {
          content: {
            'application/json': {
              schema: z
                .strictObject({ chatIds: z.array(z.uuid()).min(1).max(10_000).optional() })
                .openapi('Decision', { description: 'without chatIds: all' }),
            },
          },
        },
      },
      responses: { 200: json(OperationView, 'the operation as it is now'), ...CHANGE_REFUSALS },
    });
    api.openapi(route, async (c) => {
      const { id, schoolId } = await operationFor(ctx, c, c.req.valid('param').id);
      const { chatIds } = c.req.valid('json');
      await commands.decide({
        schoolId,
        operationId: id,
        decision,
        chatIds: chatIds ?? null,
        by: authorOf(c.get('caller')),
      });
      return c.json(await operationFor(ctx, c, id), 200);
    });
  }
}

function routeCancel({ api, ctx, commands, guards }: ApiParts): void {
  const route = createRoute({
    method: 'post',
    path: '/v1/operations/{id}/cancel',
    tags: ['Operations'],
    summary: 'Cancel it before it begins; afterwards an applied run can be undone',
    middleware: guards.json('school-admin', 'operator', 'service'),
    request: { params: IdParam, query: SchoolQuery },
    responses: { 200: json(OperationView, 'the operation as it is now'), ...CHANGE_REFUSALS },
  });
  api.openapi(route, async (c) => {
    const { id, schoolId } = await operationFor(ctx, c, c.req.valid('param').id);
    await commands.cancel({ schoolId, operationId: id, by: authorOf(c.get('caller')) });
    return c.json(await operationFor(ctx, c, id), 200);
  });
}

function routeUndo({ api, ctx, commands, guards }: ApiParts): void {
  const route = createRoute({
    method: 'post',
    path: '/v1/operations/{id}/undo',
    tags: ['Operations'],
    summary: 'Take an applied run back (J4)',
    middleware: guards.json('school-admin', 'operator'),
    request: { params: IdParam, query: SchoolQuery },
    responses: { 202: json(Accepted, 'the operation that does it'), ...CHANGE_REFUSALS },
  });
  api.openapi(route, async (c) => {
    const { id, schoolId } = await operationFor(ctx, c, c.req.valid('param').id);
    if (schoolId === null) throw notFound();
    const operationId = await commands.undo({ schoolId, operationId: id, by: authorOf(c.get('caller')) });
    return c.json({ operationId }, 202);
  });
}
