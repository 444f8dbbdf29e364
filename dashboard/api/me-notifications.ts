import { createRoute, z } from '@hono/zod-openapi';
import { choiceOf, kindsOf, saveChoice } from '../../src/told/choices.ts';
import type { ApiParts } from './parts.ts';
import { asUnprocessable, CHANGE_REFUSALS, json, jsonBody, REFUSALS } from './schemas.ts';
import { Kinds } from './webhooks.ts';

const EMAIL_CHARS = 300;

const Notifications = z
  .object({
    email: z
      .string()
      .nullable()
      .openapi({ example: 'admin@school.example', description: 'null: no letters' }),
    kinds: Kinds,
    daily: z.boolean().openapi({ description: 'a summary of what is open each morning at eight too' }),
  })
  .openapi('Notifications');
const NotificationsChange = z
  .strictObject({
    email: z
      .string()
      .trim()
      .max(EMAIL_CHARS)
      .transform((text) => text || null)
      .nullable()
      .default(null)
      .openapi({ type: 'string', example: 'admin@school.example' }),
    kinds: Kinds.default([]),
    daily: z.boolean().default(false),
  })
  .openapi('NotificationsChange', { description: 'replaces all' });

const ROLES = ['school-admin', 'staff', 'operator'] as const;

/** How the caller wants to be told what waits (K2). An operator of all schools has one choice for all of them. */
export function meNotificationRoutes({ api, ctx, guards }: ApiParts): void {
  const path = '/v1/me/notifications';
  const get = createRoute({
    method: 'get',
    path,
    tags: ['Told'],
    summary: 'How I want to be told what waits (K2)',
    middleware: guards.read(...ROLES),
    request: {},
    responses: { 200: json(Notifications, 'my choice'), ...REFUSALS },
  });
  api.openapi(get, async (c) => c.json(await choiceOf(ctx, c.get('caller')), 200));

  const put = createRoute({
    method: 'put',
    path,
    tags: ['Told'],
    summary: 'Choose how I want to be told what waits (K2)',
    middleware: guards.json(...ROLES),
    request: { body: jsonBody(NotificationsChange) },
    responses: { 200: json(Notifications, 'my choice'), ...CHANGE_REFUSALS },
  });
  api.openapi(
    put,
    async (c) => {
      const { kinds, ...rest } = c.req.valid('json');
      await saveChoice(ctx, c.get('caller'), { ...rest, kinds: kindsOf(kinds) });
      return c.json(await choiceOf(ctx, c.get('caller')), 200);
    },
    asUnprocessable,
  );
}
