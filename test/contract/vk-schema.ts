/**
 * Checks requests and answers against VK's published schema (vk-api-schema, MIT). VK's dialect marks a
 * required property inside the property (`required: true`) and adds words of its own; it is turned into
 * JSON Schema here. Fields that the schema does not know are problems too.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';

type Json = Record<string, unknown>;
type Parameter = {
  name: string;
  type?: string | string[];
  items?: Json;
  enum?: unknown[];
  required?: boolean;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  maxItems?: number;
};
type MethodSchema = { name: string; parameters?: Parameter[]; responses: Record<string, { $ref: string }> };

const ROOT = new URL('./vk-api-schema/', import.meta.url);
const SECTIONS = ['base', 'calls', 'execute', 'groups', 'messages', 'users'];

/** Used in production by several clients and absent from the schema: its answer is 1. */
export const METHODS_OUTSIDE_SCHEMA: Readonly<Record<string, readonly string[]>> = {
  'messages.setMemberRole': ['peer_id', 'member_id', 'role'],
};
/** Parameters that dev.vk.com describes and the schema leaves out. */
const PARAMETERS_OUTSIDE_SCHEMA: Readonly<Record<string, readonly string[]>> = {
  execute: ['code'],
  'messages.addChatUsers': ['user_ids'],
};
/** Of every request: token, version, language. */
const COMMON_PARAMETERS = ['access_token', 'v', 'lang'];

const read = (path: string) => JSON.parse(readFileSync(new URL(path, ROOT), 'utf8')) as Json;

const definitions = new Map<string, Json>();
const methods = new Map<string, MethodSchema>();
for (const section of SECTIONS) {
  for (const file of readdirSync(new URL(section, ROOT))) {
    const content = read(`${section}/${file}`);
    for (const method of (content.methods ?? []) as MethodSchema[]) methods.set(method.name, method);
    for (const [name, schema] of Object.entries((content.definitions ?? {}) as Record<string, Json>))
      definitions.set(`../${section}/${file}#/definitions/${name}`, schema);
  }
}

const errorCodes = new Set(
  Object.values(read('errors.json').errors as Record<string, { code: number }>).map(({ code }) => code),
);
/** Error codes of errors.json. */
export const isPublishedErrorCode = (code: number) => errorCodes.has(code);

const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
for (const [ref, schema] of definitions) ajv.addSchema(toJsonSchema(schema) as object, keyOf(ref));

function keyOf(ref: string): string {
  return `vk:${ref.replace('../', '').replace('#/definitions/', '/')}`;
}

/** A reference into a section that is not kept here (video, audio) accepts anything. */
function toJsonSchema(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(toJsonSchema);
  if (schema === null || typeof schema !== 'object') return schema;
  const { $ref, properties, items, allOf, oneOf, anyOf, type, enum: values, ...rest } = schema as Json;
  if (typeof $ref === 'string') return definitions.has($ref) ? { $ref: keyOf($ref) } : {};
  const { minimum, maximum, minLength, maxLength, maxItems, pattern, additionalProperties } = rest;
  const result: Json = { type, enum: values, minimum, maximum, minLength, maxLength, maxItems, pattern };
  if (additionalProperties === false && allOf === undefined) result.additionalProperties = false;
  if (properties) {
    const entries = Object.entries(properties as Record<string, Json>);
    result.properties = Object.fromEntries(entries.map(([name, child]) => [name, toJsonSchema(child)]));
    result.required = entries.filter(([, child]) => child.required === true).map(([name]) => name);
  }
  for (const [word, child] of Object.entries({ items, allOf, oneOf, anyOf }))
    if (child !== undefined) result[word] = toJsonSchema(child);
  return Object.fromEntries(Object.entries(result).filter(([, value]) => value !== undefined));
}

const validators = new Map<string, ValidateFunction>();
function validatorOf(ref: string): ValidateFunction {
  const known = validators.get(ref);
  if (known) return known;
  const validator = ajv.compile({ $ref: keyOf(ref) });
  validators.set(ref, validator);
  return validator;
}

/**
 * What is wrong with a request, in sentences; empty: nothing. `params` as they go over the wire (strings,
 * arrays comma-joined).
 */
export function checkRequest(method: string, params: Readonly<Record<string, string>>): string[] {
  const schema = methods.get(method);
  const outside = METHODS_OUTSIDE_SCHEMA[method];
  if (!schema && !outside) return [`${method} is no method of the schema`];
  const known = new Map((schema?.parameters ?? []).map((parameter) => [parameter.name, parameter]));
  const extra = new Set([...COMMON_PARAMETERS, ...(outside ?? PARAMETERS_OUTSIDE_SCHEMA[method] ?? [])]);
  const problems: string[] = [];
  for (const [name, value] of Object.entries(params)) {
    const parameter = known.get(name);
    if (parameter)
      problems.push(...checkParameter(parameter, value).map((text) => `${method} ${name} ${text}`));
    else if (!extra.has(name)) problems.push(`${method} has no parameter ${name}`);
  }
  for (const { name, required } of known.values())
    if (required === true && params[name] === undefined) problems.push(`${method} needs ${name}`);
  return problems;
}

function checkParameter(parameter: Parameter, value: string): string[] {
  const types = [parameter.type ?? []].flat();
  if (types.includes('array')) {
    const items = value === '' ? [] : value.split(',');
    const problems = items.flatMap((item) => checkParameter({ ...(parameter.items as Parameter) }, item));
    if (parameter.maxItems !== undefined && items.length > parameter.maxItems)
      problems.push('has too many items');
    return problems;
  }
  if (types.includes('boolean')) return /^[01]$/.test(value) ? [] : ['is neither 0 nor 1'];
  const problems: string[] = [];
  if (parameter.enum && !parameter.enum.map(String).includes(value)) problems.push('is none of the values');
  if (types.length === 1 && types[0] === 'integer') {
    if (!/^-?\d+$/.test(value)) return ['is no integer'];
    if (parameter.minimum !== undefined && BigInt(value) < BigInt(parameter.minimum))
      problems.push('is too small');
    if (parameter.maximum !== undefined && BigInt(value) > BigInt(parameter.maximum))
      problems.push('is too large');
  }
  if (parameter.minLength !== undefined && value.length < parameter.minLength) problems.push('is too short');
  if (parameter.maxLength !== undefined && value.length > parameter.maxLength) problems.push('is too long');
  return problems;
}

/**
 * What is wrong with an answer, success or error, in sentences; empty: nothing. Of `execute` the schema says
 * «not defined yet»: check each inner answer by `checkResponse(inner, { response })`.
 */
export function checkResponse(method: string, json: unknown): string[] {
  if (json === null || typeof json !== 'object') return ['the answer is no object'];
  if ('error' in json) return checkError(json.error);
  if (method === 'execute') return checkExecute(json as Json);
  if (method in METHODS_OUTSIDE_SCHEMA)
    return (json as Json).response === 1 ? [] : [`${method} answers with something else than 1`];
  const schema = methods.get(method);
  if (!schema) return [`${method} is no method of the schema`];
  const attempts = Object.values(schema.responses).map(({ $ref }) => checkAgainst($ref, json));
  return attempts.find((problems) => problems.length === 0) ?? attempts[0] ?? [];
}

function checkAgainst(ref: string, value: unknown): string[] {
  const validator = validatorOf(ref);
  validator(value);
  const problems = (validator.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
  return [...problems, ...unknownFields({ $ref: ref }, value, '')];
}

function checkError(error: unknown): string[] {
  // `inner_type` is the schema's own tag; it does not travel.
  const problems = checkAgainst('../base/objects.json#/definitions/base_error', {
    inner_type: 'base_error',
    ...(error as Json),
  });
  const code = (error as Json).error_code;
  return typeof code === 'number' ? problems : [...problems, 'error_code is no number'];
}

function checkExecute(json: Json): string[] {
  if (!('response' in json)) return ['execute answers without a response'];
  const errors = json.execute_errors;
  if (errors === undefined) return [];
  if (!Array.isArray(errors)) return ['execute_errors is no array'];
  return errors.flatMap(({ method, error_code, error_msg }) =>
    typeof method === 'string' && typeof error_code === 'number' && typeof error_msg === 'string'
      ? []
      : ['execute_errors has an entry of another shape'],
  );
}

/** Fields of the value that no part of the schema names: JSON Schema alone lets them pass. */
function unknownFields(schema: Json, value: unknown, path: string): string[] {
  const parts = flatten(schema);
  if (Array.isArray(value)) {
    const items = parts.map((part) => part.items).find((found) => found !== undefined);
    return items ? value.flatMap((item, i) => unknownFields(items as Json, item, `${path}/${i}`)) : [];
  }
  if (value === null || typeof value !== 'object') return [];
  const properties: Json = Object.assign({}, ...parts.map((part) => part.properties));
  if (Object.keys(properties).length === 0) return [];
  return Object.entries(value).flatMap(([name, child]) => {
    const known = properties[name];
    return known ? unknownFields(known as Json, child, `${path}/${name}`) : [`${path}/${name} is unknown`];
  });
}

/** The schema with its references and alternatives laid side by side. */
function flatten(schema: Json): Json[] {
  if (typeof schema.$ref === 'string') {
    const target = definitions.get(schema.$ref);
    return target ? flatten(target) : [];
  }
  const children = [schema.allOf, schema.oneOf, schema.anyOf].flatMap((list) => (list ?? []) as Json[]);
  return [schema, ...children.flatMap(flatten)];
}
