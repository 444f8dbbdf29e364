import { createRoute, z } from '@hono/zod-openapi';
import type { Context as HonoContext } from 'hono';
import { notFound } from '../../src/refusal.ts';
import { TOLD_KINDS } from '../../src/store/entities.ts';
import { kindsOf } from '../../src/told/choices.ts';
import { URL_CHARS } from '../../src/told/public-address.ts';
import {
  createWebhook,
  deleteWebhook,
  findWebhook,
  listWebhooks,
  renewSecret,
  testWebhook,
  updateWebhook,
  type WebhookView,
} from '../../src/told/webhooks.ts';
import type { HttpEnv } from '../auth.ts';
import { listDeliveries } from '../read/webhook-deliveries.ts';
import { askedSchool, authorOf, existingSchool } from '../rights.ts';
import type { ApiParts } from './parts.ts';
import {
  asUnprocessable,
  CHANGE_REFUSALS,
  IdParam,
  Instant,
  json,
  jsonBody,
  pageOf,
  pageQuery,
  REFUSALS,
  SchoolQuery,
} from './schemas.ts';

const KINDS_AT_MOST = 50;

/** The handler looks these words up, and answers 422 for a word that is no kind. */
export const Kinds = z
  .array(z.string().openapi({ enum: [...TOLD_KINDS] }))
  .max(KINDS_AT_MOST)
  .openapi({
    description: `of ${TOLD_KINDS.join(', ')}`,
    example: ['hold', 'account-broken'],
  });
const Address = z.string().max(URL_CHARS).openapi({
  description: 'https to a public address in production; outside it http and loopback serve too',
  example: 'https://example.org/sferum',
});
const SchoolOf = z.string().min(1).max(200);

const NewWebhook = z
  .strictObject({
    url: Address,
    kinds: Kinds.min(1),
    schoolId: SchoolOf.optional().openapi({
      description:
        'left out by an operator of all schools: it hears all of them, each in a message of its own',
    }),
  })
  .openapi('NewWebhook');
const WebhookChange = z
  .strictObject({
    url: Address.optional(),
    kinds: Kinds.min(1).optional(),
    rotate: z.boolean().optional().openapi({
      description: 'true: a new secret, shown in the answer; both sign for 24 hours',
    }),
  })
  .openapi('WebhookChange', {
    description: 'what is left out stays; one whose receiver had gone (410) hears again',
  });

const secret = z
  .string()
  .openapi({ example: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD', description: 'shown once' });
const WebhookMade = z.object({ id: z.uuid(), secret }).openapi('WebhookMade');
const Webhook = z
  .object({
    id: z.uuid(),
    schoolId: z.string().nullable().openapi({ description: 'null: it hears all schools' }),
    url: z.string(),
    kinds: z.array(z.enum(TOLD_KINDS)),
    createdAt: Instant,
    endedAt: Instant.nullable().openapi({ description: 'when its receiver answered 410' }),
    formerSecretUntil: Instant.nullable().openapi({ description: 'until then the former secret signs too' }),
  })
  .openapi('Webhook');
const WebhookChanged = Webhook.extend({ secret: secret.optional() }).openapi('WebhookChanged');
const Delivery = z
  .object({
    id: z.string().openapi({ description: 'the `webhook-id` of every try' }),
    type: z.string().openapi({ example: 'hold.opened' }),
    at: Instant,
    status: z.enum(['waiting', 'delivered', 'failed']),
    attempts: z.int(),
    answer: z.string().nullable().openapi({
      example: '503',
      description: 'of the last try: the status of HTTP, or why there was none (timeout, not-public …)',
    }),
    triedAt: Instant.nullable(),
    nextAt: Instant.nullable(),
  })
  .openapi('WebhookDelivery');
const Tested = z
  .object({ id: z.uuid(), delivered: z.boolean(), answer: z.string().openapi({ example: '204' }) })
  .openapi('WebhookTested');

/** Webhooks (K2). An operator sees all of them, and a school admin those of the school. */
export function webhookRoutes(parts: ApiParts): void {
  routeList(parts);
  routeCreate(parts);
  routeChange(parts);
  routeDelete(parts);
  routeTest(parts);
  routeDeliveries(parts);
}

const ROLES = ['operator', 'school-admin'] as const;

/** The school whose webhooks are meant; `*` for all, where the caller is of all and names none. */
function withinOf(c: HonoContext<HttpEnv>): string {
  return askedSchool(c) ?? c.get('caller').schoolId;
}

async function ownWebhook({ ctx }: ApiParts, c: HonoContext<HttpEnv>, id: string): Promise<WebhookView> {
  return findWebhook(ctx, withinOf(c), id);
}

function routeList({ api, ctx, guards }: ApiParts): void {
  const route = createRoute({
    method: 'get',
    path: '/v1/webhooks',
    tags: ['Told'],
    summary: 'The webhooks of a school; of an operator of all schools without `?school=`: all there are (K2)',
    middleware: guards.read(...ROLES),
    request: { query: SchoolQuery },
    responses: { 200: json(z.object({ items: z.array(Webhook) }), 'webhooks'), ...REFUSALS },
  });
  api.openapi(route, async (c) => c.json({ items: await listWebhooks(ctx, withinOf(c)) }, 200));
}

function routeCreate({ api, ctx, guards }: ApiParts): void {
  const route = createRoute({
    method: 'post',
    path: '/v1/webhooks',
    tags: ['Told'],
    summary: 'Add a webhook (Standard Webhooks); the secret is shown in this answer alone (K2)',
    middleware: guards.json(...ROLES),
    request: { query: SchoolQuery, body: jsonBody(NewWebhook) },
    responses: { 201: json(WebhookMade, 'added'), ...CHANGE_REFUSALS },
  });
  api.openapi(
    route,
    async (c) => {
      const { url, kinds, schoolId: named } = c.req.valid('json');
      const within = withinOf(c);
      if (named !== undefined && within !== '*' && named !== within) throw notFound();
      const asked = named ?? within;
      const schoolId = asked === '*' ? null : (await existingSchool(ctx, asked)).id;
      const by = authorOf(c.get('caller'));
      return c.json(await createWebhook(ctx, { url, kinds: kindsOf(kinds), schoolId, by }), 201);
    },
    asUnprocessable,
  );
}

function routeChange(parts: ApiParts): void {
  const { api, ctx, guards } = parts;
  const route = createRoute({
    method: 'put',
    path: '/v1/webhooks/{id}',
    tags: ['Told'],
    summary: 'Change where a webhook is or what it hears, or give it a new secret (K2)',
    middleware: guards.json(...ROLES),
    request: { params: IdParam, query: SchoolQuery, body: jsonBody(WebhookChange) },
    responses: { 200: json(WebhookChanged, 'as it is now'), ...CHANGE_REFUSALS },
  });
  api.openapi(
    route,
    async (c) => {
      const { url, kinds, rotate } = c.req.valid('json');
      const by = authorOf(c.get('caller'));
      const webhook = await ownWebhook(parts, c, c.req.valid('param').id);
      if (url !== undefined || kinds !== undefined) {
        const change = { ...(url === undefined ? {} : { url }), ...(kinds ? { kinds: kindsOf(kinds) } : {}) };
        await updateWebhook(ctx, webhook, { ...change, by });
      }
      const made = rotate ? { secret: await renewSecret(ctx, webhook, by) } : {};
      return c.json({ ...(await findWebhook(ctx, withinOf(c), webhook.id)), ...made }, 200);
    },
    asUnprocessable,
  );
}

function routeDelete(parts: ApiParts): void {
  const { api, ctx, guards } = parts;
  const route = createRoute({
    method: 'delete',
    path: '/v1/webhooks/{id}',
    tags: ['Told'],
    summary: 'Remove a webhook with its deliveries (K2)',
    middleware: guards.read(...ROLES),
    request: { params: IdParam, query: SchoolQuery },
    responses: { 204: { description: 'removed' }, ...REFUSALS },
  });
  api.openapi(route, async (c) => {
    const webhook = await ownWebhook(parts, c, c.req.valid('param').id);
    await deleteWebhook(ctx, webhook, authorOf(c.get('caller')));
    return c.body(null, 204);
  });
}

function routeTest(parts: ApiParts): void {
  const { api, ctx, guards } = parts;
  const route = createRoute({
    method: 'post',
    path: '/v1/webhooks/{id}/test',
    tags: ['Told'],
    summary: 'Send a message of type `test` now and say what was answered; one not received is repeated (K2)',
    middleware: guards.read(...ROLES),
    request: { params: IdParam, query: SchoolQuery },
    responses: { 200: json(Tested, 'what came of it'), ...CHANGE_REFUSALS },
  });
  api.openapi(route, async (c) => {
    const webhook = await ownWebhook(parts, c, c.req.valid('param').id);
    const { id, isReceived, answer } = await testWebhook(ctx, webhook);
    return c.json({ id, delivered: isReceived, answer }, 200);
  });
}

function routeDeliveries(parts: ApiParts): void {
  const { api, ctx, guards } = parts;
  const route = createRoute({
    method: 'get',
    path: '/v1/webhooks/{id}/deliveries',
    tags: ['Told'],
    summary: 'What was sent to a webhook, and what came of it, the newest first (K2)',
    middleware: guards.read(...ROLES),
    request: {
      params: IdParam,
      query: SchoolQuery.extend(pageQuery(ctx.config.limits, 50)),
    },
    responses: { 200: json(pageOf('WebhookDeliveryPage', Delivery), 'a page'), ...REFUSALS },
  });
  api.openapi(route, async (c) => {
    const { page, perPage } = c.req.valid('query');
    const { id, schoolId } = await ownWebhook(parts, c, c.req.valid('param').id);
    const db = schoolId === null ? ctx.db.across('telling') : ctx.db.of(schoolId);
    const found = await listDeliveries(db, id, { page, perPage });
    return c.json({ ...found, page, perPage }, 200);
  });
}
