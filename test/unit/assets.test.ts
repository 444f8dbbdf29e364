import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Hono } from 'hono';
import { expect, test } from 'vitest';
import type { HttpEnv } from '../../dashboard/auth.ts';
import { asset, assetRoutes } from '../../dashboard/console/assets.ts';

const STATIC = resolve(import.meta.dirname, '../../dashboard/static');

test.each(['console', 'manage'])('%s.css is sent with every file of its folder in it', async (sheet) => {
  const http = new Hono<HttpEnv>();
  assetRoutes(http);
  const sent = await (await http.request(asset(`${sheet}.css`))).text();
  const files = readdirSync(join(STATIC, sheet));
  expect(files).not.toEqual([]);
  const missing = files.filter((file) => !sent.includes(readFileSync(join(STATIC, sheet, file), 'utf8')));
  expect(missing).toEqual([]);
});
