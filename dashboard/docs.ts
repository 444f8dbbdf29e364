import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { html } from 'hono/html';
import type { HttpEnv } from './auth.ts';
import { LOOSE_STYLE_POLICY } from './content-policy.ts';
import { addExamples } from './docs-examples.ts';
import { HOW_TO_CONNECT } from './docs-guide.ts';
import { describeIdempotency } from './idempotency.ts';

const swaggerDir = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
/** Everything that the page loads, all of it from here. */
const FILES: ReadonlyMap<string, readonly [path: string, type: string]> = new Map(
  Object.entries({
    'swagger-ui.css': [join(swaggerDir, 'swagger-ui.css'), 'text/css; charset=utf-8'],
    'swagger-ui-bundle.js': [join(swaggerDir, 'swagger-ui-bundle.js'), 'text/javascript; charset=utf-8'],
    'favicon-32x32.png': [join(swaggerDir, 'favicon-32x32.png'), 'image/png'],
    'guide.css': [join(import.meta.dirname, 'static', 'docs.css'), 'text/css; charset=utf-8'],
    'start.js': [join(import.meta.dirname, 'static', 'docs.js'), 'text/javascript; charset=utf-8'],
  } as const),
);

const page = html`<!doctype html>
<html lang="ru">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>API – Чаты и Сферум</title>
    <link rel="stylesheet" href="/docs/swagger-ui.css" />
    <link rel="stylesheet" href="/docs/guide.css" />
    <link rel="icon" type="image/png" href="/docs/favicon-32x32.png" />
  </head>
  <body>
    ${HOW_TO_CONNECT}
    <div id="swagger-ui"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>`;

/**
 * Serves `/openapi.json`, and `/docs` to read it with: swagger-ui from node_modules, and nothing from another host.
 */
export function docsRoutes(http: OpenAPIHono<HttpEnv>, publicUrl: string): void {
  http.openAPIRegistry.registerComponent('securitySchemes', 'sgo', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'signed by СГО: iss `sgo`, aud `sferum-sync`, sub, school (or `*`), role, exp',
  });
  let document: unknown;
  http.get('/openapi.json', (c) => {
    document ??= describe(http, publicUrl);
    // The document is plain JSON, which its type does not say.
    return c.json(document as Record<string, unknown>);
  });
  http.get('/docs', (c) => {
    c.header('Content-Security-Policy', LOOSE_STYLE_POLICY);
    return c.html(page);
  });
  http.get('/docs/:file', async (c) => {
    const file = FILES.get(c.req.param('file'));
    if (!file) return c.notFound();
    const [path, type] = file;
    return c.body(await readFile(path), 200, {
      'Content-Type': type,
      'Cache-Control': 'public, max-age=3600',
    });
  });
}

function describe(http: OpenAPIHono<HttpEnv>, publicUrl: string): object {
  const document = http.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'sferum-sync',
      version: '1',
      description: "Keeps a school's chats in Sferum as its roster in СГО says.",
    },
    servers: [{ url: publicUrl }],
    security: [{ sgo: [] }],
  });
  describeIdempotency(document);
  addExamples(document);
  return document;
}
