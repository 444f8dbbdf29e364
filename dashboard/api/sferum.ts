import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from '../../src/context.ts';
import { Refusal } from '../../src/refusal.ts';
import { vkId } from '../../src/text/vk-id.ts';
import { findSferumAccount, type SferumAccountItem } from '../read/sferum-account.ts';
import { authorOf, existingSchool, schoolOf } from '../rights.ts';
import type { ApiParts } from './parts.ts';
import { CHANGE_REFUSALS, Instant, json, jsonBody, REFUSALS, SchoolParam } from './schemas.ts';

/** More than VK allows any token. */
const FASTEST_REQUESTS_PER_SECOND = 1_000;
const TokenKind = z.enum(['user', 'community']);
const Token = z.string().trim().min(1).max(4096);

const SferumView = z
  .object({
    communityId: z.int(),
    ownerId: z.int(),
    tokenKind: TokenKind,
    hasCallsToken: z.boolean(),
    requestsPerSecond: z.number(),
    status: z.enum(['ok', 'broken']),
    statusReason: z.string().nullable(),
    statusSince: Instant,
    creationsConfirmed: z.boolean(),
  })
  .openapi('Sferum');

const Connection = z
  .strictObject({
    // A copy, because only a schema that is made after this file's imports has `openapi`.
    communityId: vkId.clone().openapi({ example: 123456789 }),
    accessToken: Token,
    tokenKind: TokenKind,
    callsToken: Token.nullish(),
    requestsPerSecond: z.number().positive().max(FASTEST_REQUESTS_PER_SECOND).nullish(),
    replaceAccount: z
      .boolean()
      .default(false)
      .openapi({ description: 'the token may be of another account than the one that owns the chats' }),
  })
  .openapi('SferumConnection');

/** A school's connection to Sferum. Only operators may set it, and tokens are never given back. */
export function sferumRoutes({ api, ctx, commands, guards }: ApiParts): void {
  const path = '/v1/schools/{schoolId}/sferum';
  const get = createRoute({
    method: 'get',
    path,
    tags: ['Sferum'],
    summary: "A school's connection, without its tokens",
    middleware: guards.read('operator', 'school-admin'),
    request: { params: SchoolParam },
    responses: { 200: json(SferumView, 'the connection'), ...REFUSALS },
  });
  api.openapi(get, async (c) =>
    c.json(await connectionOf(ctx, (await existingSchool(ctx, schoolOf(c))).id), 200),
  );

  const put = createRoute({
    method: 'put',
    path,
    tags: ['Sferum'],
    summary: 'Connect a school; tokens are sealed at rest and never given back',
    middleware: guards.json('operator'),
    request: { params: SchoolParam, body: jsonBody(Connection) },
    responses: { 200: json(SferumView, 'the connection'), ...CHANGE_REFUSALS },
  });
  api.openapi(put, async (c) => {
    const { callsToken, requestsPerSecond, ...body } = c.req.valid('json');
    const schoolId = schoolOf(c);
    await commands.connectSferum({
      ...body,
      schoolId,
      callsToken: callsToken ?? null,
      requestsPerSecond: requestsPerSecond ?? null,
      by: authorOf(c.get('caller')),
    });
    return c.json(await connectionOf(ctx, schoolId), 200);
  });
}

async function connectionOf(ctx: Context, schoolId: string): Promise<SferumAccountItem> {
  const account = await findSferumAccount(ctx.db.of(schoolId), schoolId);
  if (!account) throw new Refusal(404, 'sferum-not-connected', 'Модуль «Чаты» не подключён');
  return account;
}
