/** The requests of a matrix for the API: from /openapi.json alone, so that a new route is in it by itself. */
import type { Kind, Things } from './matrix-world.ts';

/** One request. The thing of this kind stands in one parameter. Everything else belongs to the caller. */
export interface Cell {
  route: string;
  parameter: string;
  kind: Kind;
  send(own: Things, thing: string): { path: string; init: RequestInit };
}

interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  minimum?: number;
  format?: string;
  example?: unknown;
  default?: unknown;
}

interface Operation {
  parameters?: { name: string; in: 'path' | 'query'; required?: boolean; schema?: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}

export interface ApiDocument {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

/** What the id in a path is, by the word before it. */
const OF_PATH: Record<string, Kind> = {
  ...{ schools: 'school', operations: 'operation', chats: 'chat', people: 'person', lessons: 'lesson' },
  ...{ sessions: 'session', webhooks: 'webhook' },
};

/**
 * What a query or a field of a body names. Null: nothing that belongs to anybody. A name that is not here fails the
 * test.
 */
const OF_NAME: Record<string, Kind | null> = {
  continues: null,
  ...{
    school: 'school',
    schoolId: 'school',
    schoolIds: 'school',
    classId: 'class',
    classIds: 'class',
    subjectGroupId: 'group',
  },
  ...{
    personId: 'person',
    oldPersonId: 'person',
    personIds: 'person',
    chatId: 'chat',
    chatIds: 'chat',
    plan: 'operation',
  },
  ...{ operationIds: 'operation', add: 'person', remove: 'person', grant: 'person', revoke: 'person' },
  ...{
    page: null,
    perPage: null,
    before: null,
    lastName: null,
    title: null,
    sort: null,
    type: null,
    types: null,
    q: null,
  },
  ...{
    day: null,
    from: null,
    to: null,
    takenAt: null,
    state: null,
    show: null,
    role: null,
    sex: null,
    grade: null,
  },
  ...{ recreate: null, dryRun: null, strict: null, asOf: null, admin: null, reason: null, decide: null },
  ...{ timeZone: null, earlyEntryMinutes: null, sessionIdleMinutes: null, retentionDays: null, pauses: null },
  ...{ chatShare: null, chatAtLeast: null, schoolShare: null, schoolAtLeast: null, lookEverySeconds: null },
  ...{ communityId: null, accessToken: null, tokenKind: null, callsToken: null, requestsPerSecond: null },
  ...{ replaceAccount: null, confirmCreations: null, specversion: null, id: null, source: null, time: null },
  ...{ datacontenttype: null, subject: null, dataschema: null, format: null, download: null, list: null },
  'Idempotency-Key': null,
  ...{ url: null, kinds: null, rotate: null, email: null, daily: null, same: null },
};

/** An event states facts of the school in the path, and an id in it is looked up in no other: one event stands for all. */
const EVENTS = 'POST /v1/schools/{schoolId}/events';

/** Where a sample made of the schema alone would be refused for something else, what is sent instead. */
const BODIES: Record<string, (own: Things) => Record<string, unknown>[]> = {
  [EVENTS]: () => [
    {
      ...{
        specversion: '1.0',
        id: 'e1',
        source: 'sgo',
        type: 'sgo.person.saved',
        time: '2026-10-01T08:00:00.000Z',
      },
      data: { id: 'new', familyName: 'Новая', givenName: 'Анна', roles: ['teacher'] },
    },
  ],
  'POST /v1/schools/{schoolId}/person-matches': (own) => [
    { same: false, matches: [{ personId: own.person, oldPersonId: own.person }] },
  ],
  'POST /v1/schools/{schoolId}/chats': (own) => [
    { type: 'class', classId: own.class, title: 'Новый чат' },
    { type: 'parents', classId: own.class, title: 'Новый чат' },
    { type: 'subject', subjectGroupId: own.group, title: 'Новый чат' },
    { type: 'subject', title: 'Новый чат', members: [{ personId: own.person }] },
  ],
};

/** Throws for a parameter of which nothing says what it names. */
export function apiCells(document: ApiDocument): Cell[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    path.startsWith('/v1/')
      ? Object.entries(methods).flatMap(([method, operation]) =>
          cellsOf(document, `${method.toUpperCase()} ${path}`, operation),
        )
      : [],
  );
}

function cellsOf(document: ApiDocument, route: string, operation: Operation): Cell[] {
  const [method, pattern] = route.split(' ') as [string, string];
  const type = Object.keys(operation.requestBody?.content ?? {}).find((name) => !name.includes('batch'));
  const schema = type === undefined ? undefined : operation.requestBody!.content[type]!.schema;
  const isJson = type?.endsWith('json') ?? false;
  const shapes = isJson && route !== EVENTS ? variants(document, schema!) : [];
  const bodies = (own: Things, of: readonly Schema[] = shapes): unknown[] =>
    isJson ? (BODIES[route]?.(own) ?? of.map((shape) => sample(document, shape, own))) : [undefined];
  const request = (own: Things, at: Partial<Record<'path' | 'query', [string, string]>>, body: unknown) => {
    const filled = pattern.replace(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent(at.path?.[0] === name ? at.path[1] : own[pathKind(pattern, name)]),
    );
    const query = at.query ? `?${new URLSearchParams([at.query])}` : '';
    const init: RequestInit = { method };
    if (type !== undefined) {
      init.headers = { 'content-type': type };
      init.body = isJson ? JSON.stringify(body) : 'PK';
    }
    return { path: filled + query, init };
  };

  const cells: Cell[] = [];
  for (const parameter of operation.parameters ?? []) {
    const kind =
      parameter.in === 'path' ? pathKind(pattern, parameter.name) : nameKind(route, parameter.name);
    if (kind === null) continue;
    for (const i of bodies({} as Things).keys()) {
      cells.push({
        ...{ route, parameter: `${parameter.in} ${parameter.name}`, kind },
        send: (own, thing) => request(own, { [parameter.in]: [parameter.name, thing] }, bodies(own)[i]),
      });
    }
  }
  for (const shape of shapes) {
    for (const [at, kind] of leaves(document, route, shape)) {
      for (const i of bodies({} as Things, [shape]).keys()) {
        cells.push({
          ...{ route, parameter: `body ${at.join('.')}`, kind },
          send: (own, thing) => request(own, {}, put(bodies(own, [shape])[i], at, thing)),
        });
      }
    }
  }
  return cells;
}

function pathKind(pattern: string, name: string): Kind {
  const word = new RegExp(`/([a-z-]+)/\\{${name}\\}`).exec(pattern)?.[1] ?? '';
  const kind = OF_PATH[word];
  if (!kind) throw new Error(`what is {${name}} of ${pattern}? Say it in OF_PATH`);
  return kind;
}

function nameKind(route: string, name: string): Kind | null {
  const kind = OF_NAME[name];
  if (kind === undefined) throw new Error(`what does «${name}» of ${route} name? Say it in OF_NAME`);
  return kind;
}

function resolved(document: ApiDocument, schema: Schema): Schema {
  return schema.$ref
    ? resolved(document, document.components.schemas[schema.$ref.split('/').at(-1)!]!)
    : schema;
}

/** The shapes that a body may have. */
function variants(document: ApiDocument, schema: Schema): Schema[] {
  const whole = resolved(document, schema);
  return (whole.anyOf ?? whole.oneOf)?.flatMap((one) => variants(document, one)) ?? [whole];
}

/** Every field of a body that names something, by its place; `[]`: in a list. */
function leaves(document: ApiDocument, route: string, schema: Schema, at: string[] = []): [string[], Kind][] {
  return variants(document, schema).flatMap((whole): [string[], Kind][] => {
    if (whole.items) return leaves(document, route, whole.items, [...at, '[]']);
    if (whole.properties) {
      return Object.entries(whole.properties).flatMap(([name, of]) =>
        leaves(document, route, of, [...at, name]),
      );
    }
    const name = at.filter((part) => part !== '[]').at(-1);
    const kind = name === undefined || whole.type === 'object' ? null : nameKind(route, name);
    return kind === null ? [] : [[at, kind]];
  });
}

/** The least that fits, with the caller's own things. */
function sample(document: ApiDocument, schema: Schema, own: Things, name = ''): unknown {
  const whole = variants(document, schema)[0]!;
  if (whole.enum) return whole.enum[0];
  const type = Array.isArray(whole.type) ? whole.type[0] : whole.type;
  switch (type) {
    case 'object':
      return Object.fromEntries(
        (whole.required ?? []).map((key) => [key, sample(document, whole.properties?.[key] ?? {}, own, key)]),
      );
    case 'array':
      return [sample(document, whole.items ?? {}, own, name)];
    case 'integer':
    case 'number':
      return Math.max(1, whole.minimum ?? 1);
    case 'boolean':
      return false;
    default: {
      const kind = OF_NAME[name];
      if (kind) return own[kind];
      return String(whole.example ?? (whole.format === 'date-time' ? '2026-10-01T08:00:00.000Z' : 'текст'));
    }
  }
}

function put(body: unknown, [first, ...rest]: string[], thing: string): unknown {
  if (first === undefined) return thing;
  if (first === '[]') return [put((body as unknown[] | undefined)?.[0], rest, thing)];
  const whole = (body ?? {}) as Record<string, unknown>;
  return { ...whole, [first]: put(whole[first], rest, thing) };
}
