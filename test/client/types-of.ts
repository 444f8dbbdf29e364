/**
 * Writes the TypeScript types of an OpenAPI 3.1 document, in the shape that openapi-fetch reads: `paths` and
 * `components`. It knows what our document uses and throws at anything else, so that no type is guessed.
 */

export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  description?: string;
}
export type Content = Record<string, { schema?: Schema }>;
export interface Operation {
  summary?: string;
  parameters?: { name: string; in: string; required?: boolean; schema: Schema }[];
  requestBody?: { required?: boolean; content: Content };
  responses: Record<string, { content?: Content }>;
}
export interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

const KEYWORDS = new Set([
  ...['$ref', 'type', 'format', 'enum', 'const', 'anyOf', 'oneOf', 'allOf', 'properties', 'required'],
  ...['additionalProperties', 'items', 'description', 'example', 'default', 'pattern', 'minimum', 'maximum'],
  ...['exclusiveMinimum', 'minLength', 'maxLength', 'minItems', 'maxItems', 'title'],
]);
const PLAIN: Record<string, string> = {
  ...{ string: 'string', number: 'number', integer: 'number', boolean: 'boolean', null: 'null' },
};

export function typesOf(document: OpenApi): string {
  const schemas = Object.entries(document.components.schemas)
    .map(([name, schema]) => `    ${JSON.stringify(name)}: ${typeOf(schema)};`)
    .join('\n');
  const paths = Object.entries(document.paths)
    .map(([path, methods]) => `  ${JSON.stringify(path)}: {\n${methodsOf(methods)}\n  };`)
    .join('\n');
  return `/* Written from /openapi.json by test/client/types-of.ts; not edited by hand. */

export interface paths {
${paths}
}

export interface components {
  schemas: {
${schemas}
  };
}
`;
}

function methodsOf(methods: Record<string, Operation>): string {
  return Object.entries(methods)
    .map(
      ([method, operation]) =>
        `    /** ${operation.summary ?? ''} */\n    ${method}: ${operationType(operation)};`,
    )
    .join('\n');
}

function operationType({ parameters = [], requestBody, responses }: Operation): string {
  const places = ['query', 'header', 'path'].map((place) => {
    const own = parameters.filter((one) => one.in === place);
    if (own.length === 0) return `${place}?: never`;
    const fields = own.map(
      (one) => `${JSON.stringify(one.name)}${one.required ? '' : '?'}: ${typeOf(one.schema)}`,
    );
    return `${place}${own.some((one) => one.required) ? '' : '?'}: { ${fields.join('; ')} }`;
  });
  const body = requestBody
    ? `requestBody${requestBody.required ? '' : '?'}: { content: ${contentType(requestBody.content)} }`
    : 'requestBody?: never';
  const answers = Object.entries(responses).map(
    ([status, { content }]) =>
      `        ${status}: { headers: { [name: string]: unknown }; content${content ? `: ${contentType(content)}` : '?: never'} };`,
  );
  return `{
      parameters: { ${places.join('; ')}; cookie?: never };
      ${body};
      responses: {
${answers.join('\n')}
      };
    }`;
}

const contentType = (content: Content) =>
  `{ ${Object.entries(content)
    .map(([type, { schema }]) => `${JSON.stringify(type)}: ${typeOf(schema ?? {})}`)
    .join('; ')} }`;

function typeOf(schema: Schema): string {
  const unknown = Object.keys(schema).filter((keyword) => !KEYWORDS.has(keyword));
  if (unknown.length > 0) throw new Error(`no type is known of: ${unknown.join(', ')}`);
  const { $ref, enum: values, anyOf, oneOf, allOf, type } = schema;
  if ($ref !== undefined) return `components["schemas"][${JSON.stringify($ref.split('/').at(-1))}]`;
  if ('const' in schema) return JSON.stringify(schema.const);
  if (values) return union(values.map((value) => JSON.stringify(value)));
  if (anyOf ?? oneOf) return union((anyOf ?? oneOf ?? []).map(typeOf));
  if (allOf) return allOf.map((part) => `(${typeOf(part)})`).join(' & ');
  if (type === undefined) return 'unknown';
  return union([type].flat().map((one) => ofType(one, schema)));
}

const union = (types: readonly string[]) => [...new Set(types)].join(' | ');

function ofType(type: string, schema: Schema): string {
  if (type === 'array') return `(${typeOf(schema.items ?? {})})[]`;
  if (type === 'object') return objectType(schema);
  if (type === 'string' && schema.format === 'binary') return 'Uint8Array<ArrayBuffer>';
  const plain = PLAIN[type];
  if (plain === undefined) throw new Error(`no type is known of «${type}»`);
  return plain;
}

function objectType({ properties = {}, required = [], additionalProperties: others }: Schema): string {
  const fields = Object.entries(properties).map(
    ([name, schema]) => `${JSON.stringify(name)}${required.includes(name) ? '' : '?'}: ${typeOf(schema)}`,
  );
  const named = fields.length > 0 ? `{ ${fields.join('; ')} }` : null;
  if (others === undefined || others === false)
    return named ?? (others === false ? 'Record<string, never>' : '{ [name: string]: unknown }');
  const open = `{ [name: string]: ${others === true ? 'unknown' : typeOf(others)} }`;
  return named === null ? open : `(${named} & ${open})`;
}
