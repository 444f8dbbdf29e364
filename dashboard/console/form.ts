import { HTTPException } from 'hono/http-exception';
import type { z } from 'zod';
import { Refusal } from '../../src/refusal.ts';
import type { ConsoleContext } from './page.ts';

/** What a form sent, read by a schema, or the message of each field that does not fit. */
type FormResult<Shape extends z.ZodType> =
  | { ok: true; values: z.output<Shape> }
  | { ok: false; given: Record<string, string>; errors: Record<string, string> };

/** Reads a form by a schema. Files are left out. */
export async function readForm<Shape extends z.ZodType>(
  c: ConsoleContext,
  shape: Shape,
): Promise<FormResult<Shape>> {
  const body = await fieldsOf(c);
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

/**
 * Reads a form.
 * @throws HTTPException(415) for a body that is no form, whatever its type says
 */
export async function formOf({ req }: ConsoleContext): Promise<FormData> {
  return req.formData().catch(noForm);
}

/**
 * Reads a form as an object. Of several fields with one name it has the last. It is empty where the body is of another
 * type.
 * @throws HTTPException(415) for a body that is no form although its type says so
 */
export async function fieldsOf({ req }: ConsoleContext) {
  return req.parseBody().catch(noForm);
}

function noForm(): never {
  throw new HTTPException(415);
}

/** The refusal of a form that none of our pages sends. */
export function invalid(): Refusal {
  return new Refusal(400, 'invalid', 'Запрос составлен неверно');
}
