import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from '../../src/context.ts';
import { assertMayAct } from '../may-act.ts';
import type { OperationItem } from '../read/operations.ts';
import { askedSchool } from '../rights.ts';
import { operationFor } from './operations.ts';
import type { ApiParts } from './parts.ts';
import { IdParam, REFUSALS, SchoolQuery } from './schemas.ts';

const ENDED = new Set(['succeeded', 'failed', 'cancelled']);

/** An operation as a stream of server-sent events (F3). */
export function operationStreamRoutes({ api, ctx, guards, closing }: ApiParts): void {
  const route = createRoute({
    method: 'get',
    path: '/v1/operations/{id}/stream',
    tags: ['Operations'],
    summary: 'The operation as server-sent events: one at each change, until it has ended',
    middleware: guards.read('school-admin', 'operator', 'service', 'staff'),
    request: { params: IdParam, query: SchoolQuery },
    responses: {
      200: {
        description: 'each `data` is an Operation',
        content: { 'text/event-stream': { schema: z.string() } },
      },
      ...REFUSALS,
    },
  });
  api.openapi(route, async (c) => {
    const operation = await operationFor(ctx, c, c.req.valid('param').id);
    const events = ReadableStream.from(
      follow(
        ctx,
        operation,
        async () => {
          const caller = await c.get('again')();
          await assertMayAct(ctx, caller, askedSchool(c) ?? caller.schoolId);
          return operationFor(ctx, c, operation.id);
        },
        closing,
      ),
    ).pipeThrough(new TextEncoderStream());
    const headers = { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' };
    // The route is described as a stream, and zod-openapi types answers of JSON alone.
    return c.body(events, 200, headers) as never;
  });
}

/**
 * Gives what the stream tells of an operation. Of a check it tells only that it has ended. The people whom the check
 * found stand in the operation itself, where a look at them is recorded (K8).
 */
function told(operation: OperationItem): string {
  return JSON.stringify(operation.kind === 'check' ? { ...operation, result: null } : operation);
}

/**
 * Yields states until the operation has ended (a held one has not), the stream's life is over or the process stops.
 * Nothing is written to a slow or absent reader, because the next look waits until the last event was taken.
 */
async function* follow(
  ctx: Context,
  first: OperationItem,
  look: () => Promise<OperationItem>,
  closing: AbortSignal,
): AsyncGenerator<string> {
  const { streamPollMs, streamHeartbeatMs, streamLifeMs } = ctx.config.limits;
  const startedMs = ctx.clock.elapsed();
  let sentAtMs = startedMs;
  let sent = told(first);
  yield event(sent);
  if (ENDED.has(first.state)) return;
  while (!closing.aborted && ctx.clock.elapsed() - startedMs < streamLifeMs) {
    await ctx.clock.sleep(streamPollMs, closing).catch(() => undefined);
    const operation = await look().catch(() => null);
    // The operation cannot be read now, so the reader opens the stream anew.
    if (!operation) return;
    const state = told(operation);
    if (state !== sent) yield event(state);
    else if (ctx.clock.elapsed() - sentAtMs >= streamHeartbeatMs) yield ': still here\n\n';
    else continue;
    sent = state;
    sentAtMs = ctx.clock.elapsed();
    if (ENDED.has(operation.state)) return;
  }
}

function event(data: string): string {
  return `data: ${data}\n\n`;
}
