import type { MiddlewareHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';

const URLENCODED = 'application/x-www-form-urlencoded';
const MULTIPART = 'multipart/form-data';

/**
 * A form of more fields is 413, before one of them is read: within the bytes of a body there is room for hundreds of
 * thousands, and whatever a page does for each is done that often. The body has arrived.
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

/** What stands between two fields; null: no form. */
function separatorOf(contentType: string): string | null {
  const [type = '', ...parameters] = contentType.split(';');
  if (type.trim().toLowerCase() === URLENCODED) return '&';
  if (type.trim().toLowerCase() !== MULTIPART) return null;
  const boundary = parameters.map((text) => /^\s*boundary="?([^"]+)"?\s*$/i.exec(text)?.[1]).find(Boolean);
  // Without a boundary it has no fields: whoever reads it refuses it.
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
