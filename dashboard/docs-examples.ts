/** Gives every call of the description an example of what is sent, of what is answered, and of each parameter. */
import { OF_CALLS, OF_PARAMETERS, VALUES } from './docs-values.ts';

interface Schema {
  $ref?: string;
  anyOf?: Schema[];
  enum?: unknown[];
  default?: unknown;
  properties?: Record<string, Schema>;
  items?: Schema;
}
type Media = Record<string, { schema?: Schema; example?: unknown }>;
interface Call {
  parameters?: { name: string; schema?: Schema; example?: unknown }[];
  requestBody?: { content: Media };
  responses: Record<string, { content?: Media }>;
}
interface Described {
  paths?: Record<string, unknown>;
  components?: { schemas?: unknown };
}

/** Puts the examples into the description. A shape that has none stays without one, and a test names it. */
export function addExamples(document: Described): void {
  const schemas = (document.components?.schemas ?? {}) as Record<string, Schema>;
  for (const [path, methods] of Object.entries(document.paths ?? {})) {
    for (const [method, call] of Object.entries(methods as Record<string, Call>)) {
      const { sent, answered } = OF_CALLS[`${method.toUpperCase()} ${path}`] ?? {};
      for (const parameter of call.parameters ?? []) parameter.example ??= exampleOfParameter(parameter);
      fill(call.requestBody?.content, sent, schemas);
      for (const [status, { content }] of Object.entries(call.responses)) {
        if (status.startsWith('2')) fill(content, answered, schemas);
      }
    }
  }
}

function fill(content: Media | undefined, own: unknown, schemas: Readonly<Record<string, Schema>>): void {
  for (const media of Object.values(content ?? {})) media.example ??= own ?? exampleOf(media.schema, schemas);
}

function exampleOfParameter({ name, schema }: { name: string; schema?: Schema }): unknown {
  return schema?.enum?.[0] ?? OF_PARAMETERS[name] ?? schema?.default;
}

function exampleOf(schema: Schema | undefined, schemas: Readonly<Record<string, Schema>>): unknown {
  if (schema?.anyOf) return exampleOf(schema.anyOf[0], schemas);
  const name = schema?.$ref?.split('/').at(-1);
  if (name === undefined) return undefined;
  if (name in VALUES) return VALUES[name];
  const item = exampleOf(schemas[name]?.properties?.items?.items, schemas);
  return item === undefined ? undefined : { items: [item], total: 1, page: 1, perPage: 10 };
}
