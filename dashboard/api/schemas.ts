/** Shapes of the API that several routes share; names are those of /openapi.json. */
import { z } from '@hono/zod-openapi';
import type { ZodError } from 'zod';
import { isTimeZone } from '../../src/config.ts';
import { CHAT_TYPES } from '../../src/desired/model.ts';
import type { Limits } from '../../src/limits.ts';
import { isDay, isInstant } from '../../src/text/clean-text.ts';
import { notFitting } from '../problem.ts';

const FILTER_CHARS = 200;
const LAST_PAGE = 1_000_000;
export const ChatTypeName = z.enum(CHAT_TYPES);
export const Instant = z.string().openapi({ format: 'date-time', example: '2026-09-01T06:00:00.000Z' });
export const DayText = z.iso.date().refine(isDay).openapi({ example: '2026-09-01' });
/** An instant that a request names. One in an answer is an `Instant`. */
export const InstantText = z.iso.datetime({ offset: true }).refine(isInstant);
/** An instant, or a day of the school, that a request names. */
export const When = z.union([DayText, InstantText]).optional();
export const FilterText = z.string().trim().max(FILTER_CHARS).optional();
export const SchoolParam = z.object({ schoolId: z.string().min(1).max(200) });
export const IdParam = z.object({ id: z.string().min(1).max(200) });
/** The school, for paths without one: a token for all schools names it here. */
export const SchoolQuery = z.object({ school: z.string().min(1).max(200).optional() });

/** The query of a paged list. `limit` names the limit that bounds `perPage`. */
export function pageQuery(
  limits: Limits,
  perPage: number,
  limit: 'pageItems' | 'planPageItems' = 'pageItems',
) {
  return {
    page: z.coerce.number().int().min(1).max(LAST_PAGE).default(1),
    perPage: z.coerce.number().int().min(1).max(limits[limit]).default(perPage),
  };
}

/** A page of a list. `name` is the schema's name in /openapi.json. */
export function pageOf<Item extends z.ZodType>(name: string, item: Item) {
  return z.object({ items: z.array(item), total: z.int(), page: z.int(), perPage: z.int() }).openapi(name);
}

export const Accepted = z.object({ operationId: z.uuid() }).openapi('Accepted');

const problemBody = z
  .looseObject({
    type: z.string().openapi({ description: 'stable, for programs', example: 'plan-stale' }),
    title: z.string().openapi({ description: 'Russian, for people' }),
    status: z.int(),
    errors: z
      .array(z.object({ field: z.string(), message: z.string() }))
      .optional()
      .openapi({ description: 'of type `invalid`: what is wrong where' }),
  })
  .openapi('Problem');
const refused = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problemBody } },
});

/** The refusals that any route of the API may answer (RFC 9457). */
export const REFUSALS = {
  400: refused('the request is malformed'),
  401: refused('no token, or one that does not hold'),
  403: refused('not allowed'),
  404: refused("no such thing, or another school's"),
  429: refused('beyond a rate; `Retry-After` says in how many seconds to try again'),
  503: refused('the database or a key set does not answer'),
  504: refused('not answered in time'),
};

/** For a route whose body the contract answers with 422 where it does not fit. Elsewhere that is 400. */
export function asUnprocessable(
  result: { success: true } | { success: false; target: string; error: ZodError },
): undefined {
  if (!result.success) throw notFitting(result.target === 'json' ? 422 : 400, result.error);
}

/** The refusals of a route that changes something. */
export const CHANGE_REFUSALS = {
  ...REFUSALS,
  408: refused('the body did not arrive in time'),
  409: refused('does not go with the state of things'),
  413: refused('the body is too large'),
  415: refused('the content type is not the one this route takes'),
  422: refused('understood, but cannot be done'),
};

export const json = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  description,
  content: { 'application/json': { schema } },
});

export const jsonBody = <Schema extends z.ZodType>(schema: Schema) => ({
  required: true,
  content: { 'application/json': { schema } },
});

export const Ground = z
  .object({
    kind: z.enum([
      'teacher',
      'school-admin',
      'homeroom',
      'enrollment',
      'guardian',
      'teaching',
      'study',
      'added',
      'no-other-admin',
      'archived',
    ]),
    text: z.string().openapi({ example: 'учится в 5А с 1 сентября (приказ № 12 от 30.08.2026)' }),
    since: z.string().optional(),
    classId: z.string().optional(),
    subjectGroupId: z.string().optional(),
    studentId: z.string().optional(),
    orderId: z.string().optional(),
    orderNumber: z.string().optional(),
    orderDate: z.string().optional(),
  })
  .openapi('Ground');
export type GroundView = z.infer<typeof Ground>;

export const TimeZoneName = z
  .string()
  .refine(isTimeZone, { error: 'must be a time zone such as Europe/Moscow' });
