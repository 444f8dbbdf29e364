import type { z } from 'zod';
import type { ConsoleContext } from './page.ts';

/** What a form sent, read by a schema, or the message of each field that does not fit. */
export type FormResult<Shape extends z.ZodType> =
  | { ok: true; values: z.output<Shape> }
  | { ok: false; given: Record<string, string>; errors: Record<string, string> };

/** Reads a form by a schema. Files are left out. */
export async function readForm<Shape extends z.ZodType>(
  c: ConsoleContext,
  shape: Shape,
): Promise<FormResult<Shape>> {
  const body = await c.req.parseBody();
  const given = Object.fromEntries(
    Object.entries(body).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
  const parsed = shape.safeParse(given);
  if (parsed.success) return { ok: true, values: parsed.data };
  const errors = Object.fromEntries(
    parsed.error.issues.map((issue) => [issue.path.join('.'), issue.message]),
  );
  return { ok: false, given, errors };
}
