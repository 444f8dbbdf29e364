import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from '../../src/context.ts';
import { describe } from '../../src/plan/describe.ts';
import { findNames, type SeenNames } from '../read/names.ts';
import { listPlan, type PlannedAction } from '../read/operations.ts';
import { noteNobodyShown, noteShown } from '../trail/shown-people.ts';
import { groundView, idsOf } from './grounds.ts';
import { operationFor } from './operations.ts';
import type { ApiParts } from './parts.ts';
import { ChatTypeName, Ground, IdParam, json, pageOf, pageQuery, REFUSALS, SchoolQuery } from './schemas.ts';

const PlannedActionView = z
  .object({
    action: z.enum(['create', 'rename', 'add', 'remove', 'grant', 'revoke', 'delete']),
    chatId: z.string(),
    chatTitle: z.string(),
    chatType: ChatTypeName,
    personId: z.string().optional(),
    personName: z.string().optional(),
    strangerId: z
      .int()
      .optional()
      .openapi({ description: 'a profile in the live chat that nobody of the school has' }),
    grounds: z.array(Ground),
    held: z.boolean().optional(),
    pending: z.enum(['notLinked', 'invited', 'refused']).optional(),
    sentence: z.string().openapi({ example: 'Добавить: Абаев Марк – учится в 5А с 1 сентября' }),
  })
  .openapi('PlannedAction');

/** What an operation does, action by action (F3). */
export function operationPlanRoutes({ api, ctx, guards }: ApiParts): void {
  const route = createRoute({
    method: 'get',
    path: '/v1/operations/{id}/plan',
    tags: ['Operations'],
    summary: 'What the operation does, action by action, in its order',
    middleware: guards.read('school-admin', 'operator', 'service'),
    request: {
      params: IdParam,
      query: SchoolQuery.extend(pageQuery(ctx.config.limits, 50, 'planPageItems')),
    },
    responses: { 200: json(pageOf('PlanPage', PlannedActionView), 'a page'), ...REFUSALS },
  });
  api.openapi(route, async (c) => {
    const { page, perPage } = c.req.valid('query');
    const operation = await operationFor(ctx, c, c.req.valid('param').id);
    const { id, schoolId } = operation;
    // An import of several schools has no plan of its own. Its parts have the plans.
    if (schoolId === null) {
      noteNobodyShown(c);
      return c.json({ items: [], total: 0, page, perPage }, 200);
    }
    const { items, total } = await listPlan(ctx.db.of(schoolId), schoolId, id, { page, perPage });
    const names = await namesIn(ctx, schoolId, items);
    noteShown(c, schoolId, names.people);
    return c.json({ items: items.map((item) => view(item, names)), total, page, perPage }, 200);
  });
}

function namesIn(ctx: Context, schoolId: string, actions: readonly PlannedAction[]): Promise<SeenNames> {
  const ids = idsOf(actions.flatMap(({ action }) => action.grounds));
  const members = actions.flatMap(({ action }) => action.personId ?? []);
  const endings = actions.flatMap(({ action }) => action.ending?.orderId ?? []);
  return findNames(
    ctx.db.of(schoolId),
    { sees: 'school', schoolId },
    { ...ids, people: [...ids.people, ...members], orders: [...ids.orders, ...endings] },
  );
}

function view(
  { action, chatTitle, chatType }: PlannedAction,
  names: SeenNames,
): z.infer<typeof PlannedActionView> {
  const { personId, strangerId, held, pending } = action;
  return {
    action: action.action,
    chatId: action.chatId,
    chatTitle,
    chatType,
    ...(personId === undefined ? {} : { personId, personName: names.person(personId) }),
    ...(strangerId === undefined ? {} : { strangerId }),
    grounds: action.grounds.map((ground) => groundView(ground, names)),
    ...(held ? { held } : {}),
    ...(pending ? { pending } : {}),
    sentence: describe(action, names),
  };
}
