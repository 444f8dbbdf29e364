/** Compares every answer with the document: its status, its type, and its body, which has no field more or less. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Middleware } from 'openapi-fetch';
import type { OpenApi, Schema } from './types-of.ts';

export interface HeldToDocument {
  middleware: Middleware;
  /** What did not fit. */
  wrong: string[];
  /** The calls that were answered, such as `GET /v1/me 200`. */
  answered: Set<string>;
}

export function heldToDocument(document: OpenApi): HeldToDocument {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(closedIn(document)(document) as object, 'doc');
  const known = new Map<string, ValidateFunction>();
  const wrong: string[] = [];
  const answered = new Set<string>();
  const middleware: Middleware = {
    async onResponse({ request, response, schemaPath }) {
      const method = request.method.toLowerCase();
      const name = `${request.method} ${schemaPath} ${response.status}`;
      answered.add(name);
      const described = document.paths[schemaPath]?.[method]?.responses[response.status];
      if (!described) return void wrong.push(`${name} is not described`);
      const type = (response.headers.get('content-type') ?? '').split(';')[0] ?? '';
      const text = await response.clone().text();
      if (!described.content) return text === '' ? undefined : void wrong.push(`${name}: a body`);
      if (!(type in described.content)) return void wrong.push(`${name}: of type ${type}`);
      if (!type.endsWith('json')) return;
      const pointer = [
        'paths',
        schemaPath,
        method,
        'responses',
        String(response.status),
        'content',
        type,
        'schema',
      ];
      const place = `doc#/${pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;
      const fits = known.get(place) ?? ajv.compile({ $ref: place });
      known.set(place, fits);
      if (!fits(JSON.parse(text))) wrong.push(`${name}: ${ajv.errorsText(fits.errors)}`);
    },
  };
  return { middleware, wrong, answered };
}

/** Gives the document in which an object has only the fields that are named, unless it says that it may have others. */
function closedIn({ components }: OpenApi): (part: unknown, isPart?: boolean) => unknown {
  const named = ({ $ref }: Schema) => components.schemas[$ref?.split('/').at(-1) ?? ''];
  const closed = (part: unknown, isPart = false): unknown => {
    if (Array.isArray(part)) return part.map((one) => closed(one));
    if (typeof part !== 'object' || part === null) return part;
    const { allOf } = part as Schema;
    if (allOf) {
      // A part of a whole may have the fields of the other parts.
      const parts = allOf.map((one) => closed(named(one) ?? one, true));
      return { ...part, allOf: parts, ...(isPart ? {} : { unevaluatedProperties: false }) };
    }
    const copy = Object.fromEntries(Object.entries(part).map(([key, value]) => [key, closed(value)]));
    const isObject = 'properties' in copy && !('additionalProperties' in copy) && 'type' in copy;
    return isObject && !isPart ? { ...copy, unevaluatedProperties: false } : copy;
  };
  return closed;
}
