import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Commands } from '../../src/commands.ts';
import type { Context } from '../../src/context.ts';
import type { HttpEnv } from '../auth.ts';
import type { Guards } from '../guards.ts';

/** What every file of routes receives. */
export interface ApiParts {
  api: OpenAPIHono<HttpEnv>;
  ctx: Context;
  commands: Commands;
  guards: Guards;
  /** Aborted when the process stops, so that long answers end. */
  closing: AbortSignal;
}
