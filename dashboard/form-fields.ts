import type { MiddlewareHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';

const URLENCODED = 'application/x-www-form-urlencoded';
const MULTIPART = 'multipart/form-data';

/**
 * Refuses a form with more fields by 413, before one of them is read. A body has room for hundreds of thousands of
 * fields, and a page does its work for each of them. The body must have arrived before.
 */
export function withinFields(maxFields: number): MiddlewareHandler {
  return async (c, next) => {
    const separator = separatorOf(c.req.header('content-type') ?? '');
    if (separator !== null) {
      const body = Buffer.from(await c.req.arrayBuffer());
      if (isMoreThan(body, separator, maxFields)) throw new HTTPException(413);
    }
    await next();
  };
}

/** Gives what stands between two fields; null where the body is no form. */
function separatorOf(contentType: string): string | null {
  const [type = '', ...parameters] = contentType.split(';');
  if (type.trim().toLowerCase() === URLENCODED) return '&';
  if (type.trim().toLowerCase() !== MULTIPART) return null;
  const boundary = parameters.map((text) => /^\s*boundary="?([^"]+)"?\s*$/i.exec(text)?.[1]).find(Boolean);
  // A multipart body without a boundary has no fields, and the code that reads it refuses it.
  return boundary === undefined ? null : `--${boundary}`;
}

function isMoreThan(body: Buffer, separator: string, maxFields: number): boolean {
  // N fields have N - 1 separators, or N + 1 boundaries.
  const most = separator === '&' ? maxFields - 1 : maxFields + 1;
  let found = 0;
  for (let at = body.indexOf(separator); at !== -1; at = body.indexOf(separator, at + separator.length)) {
    found += 1;
    if (found > most) return true;
  }
  return false;
}
