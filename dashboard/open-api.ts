import { OpenAPIHono } from '@hono/zod-openapi';
import type { HttpEnv } from './auth.ts';
import { answerInvalid } from './problem.ts';

/** Makes an app whose routes describe themselves in OpenAPI and answer 400 where a request does not fit. */
export function createOpenApi(): OpenAPIHono<HttpEnv> {
  return new OpenAPIHono<HttpEnv>({
    defaultHook: (result, c) => (result.success ? undefined : answerInvalid(c, result.error)),
  });
}
