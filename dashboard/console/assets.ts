import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import type { Hono } from 'hono';
import { sure } from '../../src/sure.ts';
import type { HttpEnv } from '../auth.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};
const HASH_CHARS = 12;

/** A style sheet consists of several files, one for each subject. A later file outweighs an earlier one. */
const SHEETS: Readonly<Record<string, readonly string[]>> = {
  'console.css': [
    ...['tokens', 'base', 'frame', 'buttons', 'fields', 'surfaces', 'tables', 'work', 'region'],
    ...['own-chats', 'entry', 'work-list', 'dialogs', 'narrow-header', 'phone', 'motion', 'print'],
  ],
  'overview.css': ['sheets', 'waiting', 'figures', 'classes', 'day', 'narrow'],
  'manage.css': ['chosen-rows', 'editor', 'initialize', 'plan-tree', 'phone', 'ahead'],
};

const folder = join(import.meta.dirname, '..', 'static');
const sheetParts = (sheet: string) =>
  SHEETS[sheet]?.map((part) => join(basename(sheet, '.css'), `${part}.css`));
const files = new Map(
  [...readdirSync(folder), ...Object.keys(SHEETS)]
    .filter((name) => extname(name) in TYPES)
    .map((name) => {
      const parts = sheetParts(name) ?? [name];
      const body = Buffer.concat(parts.map((part) => readFileSync(join(folder, part))));
      const hash = createHash('sha256').update(body).digest('base64url').slice(0, HASH_CHARS);
      return [name, { body, type: sure(TYPES[extname(name)]), path: `/static/${hash}/${name}` }] as const;
    }),
);

/**
 * Gives the address of a file of `dashboard/static`. It changes with the file's content. Throws for a name that does
 * not exist.
 */
export function asset(name: string): string {
  const file = files.get(name);
  if (!file) throw new Error(`no such asset: ${name}`);
  return file.path;
}

/** Serves the files. An address names one content for ever, so browsers ask once. */
export function assetRoutes(http: Hono<HttpEnv>): void {
  http.get('/static/:hash/:name', (c) => {
    const file = files.get(c.req.param('name'));
    if (!file || file.path !== c.req.path) return c.notFound();
    return c.body(new Uint8Array(file.body), 200, {
      'Content-Type': file.type,
      'Cache-Control': 'public, max-age=31536000, immutable',
    });
  });
}
