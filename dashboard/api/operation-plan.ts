import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from '../../src/context.ts';
import { describe } from '../../src/plan/describe.ts';
import { findNames, type SeenNames } from '../../src/store/queries/names.ts';
import { listPlan, type PlannedAction } from '../../src/store/queries/operations.ts';
import { saw } from '../access.ts';
import type { ApiParts } from './api.ts';
import { groundView, idsOf } from './grounds.ts';
import { operationFor } from './operations.ts';
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
    const { items, total } = await listPlan(ctx.db.sql, operation.id, { page, perPage });
    const namesOf = await namesBySchool(ctx, items);
    if (items.length === 0 && operation.schoolId) saw(c, operation.schoolId, []);
    for (const [schoolId, actions] of Map.groupBy(items, (item) => item.schoolId)) {
      saw(
        c,
        schoolId,
        actions.flatMap(({ action }) => action.personId ?? []),
      );
    }
    return c.json(
      { items: items.map((item) => view(item, namesOf.get(item.schoolId)!)), total, page, perPage },
      200,
    );
  });
}

/** A plan is of one school but for an import of several. */
async function namesBySchool(ctx: Context, items: readonly PlannedAction[]): Promise<Map<string, SeenNames>> {
  const names = new Map<string, SeenNames>();
  for (const [schoolId, actions] of Map.groupBy(items, (item) => item.schoolId)) {
    const ids = idsOf(actions.flatMap(({ action }) => action.grounds));
    const members = actions.flatMap(({ action }) => action.personId ?? []);
    const endings = actions.flatMap(({ action }) => action.ending?.orderId ?? []);
    names.set(
      schoolId,
      await findNames(
        ctx.db.of(schoolId),
        { sees: 'school', schoolId },
        {
          ...ids,
          people: [...ids.people, ...members],
          orders: [...ids.orders, ...endings],
        },
      ),
    );
  }
  return names;
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
