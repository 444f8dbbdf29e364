/** The requests of a matrix for the console: what the parameters of each screen name, said here. */
import type { Cell } from './matrix-api.ts';
import { NEW_IDS } from './matrix-new-ids.ts';
import type { Kind, Things } from './matrix-world.ts';

interface Named {
  kind: Kind;
  /** How a field holds the id (`*`). Default: as it is. */
  as?: string;
  /** What else is sent, one after the other. Default: nothing. */
  with?: (own: Things) => Record<string, string>[];
}

interface Screen {
  /** What `:id` of its path is. */
  id?: Kind;
  /** What a query or a field names; two fields of the same id with a `+`. */
  names?: Record<string, Kind | Named>;
  /** Names that name nothing which is somebody's. */
  plain?: readonly string[];
}

/** `sought`: a sealed name. */
const PAGER = ['page', 'perPage', 'sought'];
const CHANGES_PLAIN = [
  ...['before', 'perPage', 'sought', 'lastName', 'title', 'from', 'to', 'kind', 'view', 'cause', 'since'],
];
const LESSON: Screen = { id: 'lesson' };
const RUN_PLAIN = [...PAGER, 'view', 'type', 'class', 'kind', 'text'];
const LIST_PLAIN = [...PAGER, 'type', 'title', 'lastName', 'condition', 'sort'];
const RUN: Screen = {
  id: 'operation',
  names: { open: 'chat' },
  plain: RUN_PLAIN,
};
const MEMBERS_PLAIN = [...PAGER, 'lastName', 'show', 'title', 'reason', 'sex', 'role', 'type'];

/** People of a form: who stands on the page and is ticked, is in the way of saving, is taken back. */
function people(base: (own: Things) => Record<string, string>, ...buttons: string[]): Record<string, Named> {
  return {
    'shown+on': { kind: 'person', with: (own) => buttons.map((button) => ({ ...base(own), do: button })) },
    who: { kind: 'person', with: (own) => [{ ...base(own), do: 'unstage' }] },
    do: { kind: 'person', as: 'undo:*', with: (own) => [base(own)] },
  };
}
const EDITOR_BUTTONS = ['find', 'remove', 'restore', 'grant', 'revoke', 'tick-all'];
const PICKER_PLAIN = [...PAGER, 'lastName', 'role', 'sex'];
const CLASS_OF_PICKER: Record<string, Named> = {
  classId: { kind: 'class', with: () => ['staff', 'student', 'parent'].map((role) => ({ role })) },
};
const PICKER_BUTTONS = ['find', 'add', 'pick-all'];

/** The pages that stand in a school's settings and beside the state of the service (told/parts.ts). */
const atBoth = (base: '/settings' | '/server'): Record<string, Screen> => ({
  [`GET ${base}/notifications`]: {},
  [`POST ${base}/notifications`]: { plain: ['email', 'kind', 'daily'] },
  [`GET ${base}/pauses`]: {},
  [`POST ${base}/pauses`]: { plain: ['from', 'to', 'schoolId'] },
  [`POST ${base}/pauses/remove`]: { plain: ['from', 'to', 'schoolId'] },
  [`GET ${base}/webhooks`]: {},
  [`POST ${base}/webhooks`]: { plain: ['url', 'kind'] },
  [`GET ${base}/webhooks/:id`]: { id: 'webhook' },
  [`POST ${base}/webhooks/:id`]: { id: 'webhook', plain: ['url', 'kind'] },
  [`POST ${base}/webhooks/:id/test`]: { id: 'webhook' },
  [`POST ${base}/webhooks/:id/secret`]: { id: 'webhook' },
  [`GET ${base}/webhooks/:id/delete`]: { id: 'webhook' },
  [`POST ${base}/webhooks/:id/delete`]: { id: 'webhook' },
});

/** A screen that is not here fails the test. */
export const SCREENS: Record<string, Screen> = {
  'GET /': {},
  'GET /static/:hash/:name': {},
  'GET /sso': { plain: ['token', 'to'] },
  'POST /sso': { plain: ['token', 'to'] },
  'POST /sign-out': {},
  'GET /sessions': {},
  'POST /sessions/end': { names: { session: 'session' } },
  'GET /signed-out': {},
  'GET /connection': {},
  'POST /connection/validations': { plain: ['file'] },
  'GET /connection/validations/:id': { id: 'operation' },
  'GET /server/connection': {},
  'POST /server/connection/validations': { plain: ['file'] },
  'GET /server/connection/validations/:id': { id: 'operation' },
  'GET /schools/readiness': { plain: ['q', 'state', 'day', 'page', 'perPage'] },
  'POST /schools/readiness': { plain: ['day'] },
  'GET /readiness': { plain: ['day'] },
  'GET /schools': { plain: ['q', 'state', 'page', 'perPage'] },
  'POST /schools': { names: { school: 'school' } },
  'GET /schools/open': { names: { school: 'school' }, plain: ['to'] },
  'GET /server': {},
  'GET /schools/held': { plain: ['all'] },
  'POST /schools/held': {
    names: {
      operation: {
        kind: 'operation',
        with: () => ['look', 'approve', 'reject'].map((what) => ({ do: what })),
      },
    },
    plain: ['people', 'typed', 'do'],
  },
  'POST /profile/link': {},
  'GET /profile/confirm': {},
  'POST /profile/confirm': { plain: ['linking'] },
  'POST /profile/decline': { plain: ['linking'] },
  'GET /profile/callback': { plain: ['state', 'code', 'device_id', 'error'] },
  'GET /profile/unlink': {},
  'POST /profile/unlink': {},
  'GET /attention': {},
  'GET /search': { plain: ['text', 'sought', 'page'] },
  'GET /delays': {},
  'GET /overview': {},
  'GET /overview/stream': {},
  'GET /schools/stream': {},
  'POST /overview/decide': {
    names: { operation: { kind: 'operation', with: () => [{ do: 'reject' }] } },
    plain: ['do'],
  },
  'POST /overview/take-back': {
    names: {
      operation: {
        kind: 'operation',
        with: () => [{ approval: '00000000-0000-4000-8000-000000000000' }],
      },
    },
  },
  'POST /schools/held/take-back': { plain: ['approval'] },
  'GET /rosters': {},
  'GET /rosters/rows': { names: { operation: 'operation' }, plain: ['list', 'page'] },
  'GET /rosters/rows.csv': { names: { operation: 'operation' }, plain: ['list', 'page'] },
  'GET /rosters/quality': {
    names: { after: { kind: 'person', with: () => [{ of: 'pupils' }] } },
    plain: ['of'],
  },
  'GET /rosters/quality.csv': {
    names: { after: { kind: 'person', with: () => [{ of: 'pupils' }] } },
    plain: ['of'],
  },
  'GET /operations': { plain: ['kind', 'state', 'after'] },
  'GET /operations/open': {},
  'GET /operations/running': {},
  ...atBoth('/settings'),
  ...atBoth('/server'),
  'GET /settings': {},
  ...NEW_IDS,
  'POST /settings': {
    plain: [
      'timeZone',
      'earlyEntryMinutes',
      'sessionIdleMinutes',
      'retentionDays',
      'lookEverySeconds',
      'chatShare',
      'chatAtLeast',
      'schoolShare',
      'schoolAtLeast',
    ],
  },
  'GET /changes': {
    names: { personId: 'person', chatId: 'chat' },
    plain: CHANGES_PLAIN,
  },
  'GET /people/:id': { id: 'person', plain: ['title'] },
  'GET /people/:id/export': { id: 'person' },
  'GET /unreachable': { names: { classId: 'class' }, plain: ['sort'] },
  'GET /unreachable.csv': { names: { classId: 'class' }, plain: ['sort'] },
  'GET /manage/list.csv': { plain: LIST_PLAIN },
  'GET /operations.csv': { plain: ['kind', 'state'] },
  'GET /changes.csv': {
    names: { personId: 'person', chatId: 'chat' },
    plain: CHANGES_PLAIN,
  },
  'GET /journal': { names: { unit: { kind: 'class', as: 'class:*' } }, plain: [...PAGER, 'subject', 'week'] },
  'GET /journal/lessons/:id': LESSON,
  'GET /journal/lessons/:id/meeting': LESSON,
  'GET /journal/lessons/:id/meeting/delete': LESSON,
  'POST /journal/lessons/:id/meeting': { ...LESSON, plain: ['title', 'shown', 'starts', 'ends'] },
  'POST /journal/lessons/:id/meeting/delete': LESSON,
  'GET /diary': { names: { child: 'person' }, plain: ['week'] },
  'GET /lessons/:id/join': LESSON,
  'GET /lessons/ended': {},
  'GET /manage': { plain: LIST_PLAIN },
  'GET /manage/new': { plain: [...PAGER, 'lastName'] },
  'POST /manage/new': {
    names: {
      ...people((own) => ({ type: 'class', classId: own.class }), ...EDITOR_BUTTONS, 'create'),
      classId: {
        kind: 'class',
        with: (own): Record<string, string>[] => [
          ...['class', 'parents', 'subject'].map((type) => ({ do: 'fill', type })),
          { do: 'fill', type: 'subject', subjectGroupId: own.group },
          { do: 'create', type: 'class', title: 'Новый чат' },
        ],
      },
      subjectGroupId: {
        kind: 'group',
        with: (own) => [
          { do: 'fill', type: 'subject', classId: own.class },
          { do: 'fill', type: 'class', classId: own.class },
        ],
      },
    },
    plain: MEMBERS_PLAIN,
  },
  'GET /manage/initialize': {},
  'POST /manage/initialize': { plain: ['type', 'strict'] },
  'GET /manage/ahead': {},
  'POST /manage/ahead': { plain: ['asOf'] },
  'GET /manage/operations/:id': RUN,
  'GET /manage/operations/:id/progress': { id: 'operation' },
  'GET /manage/operations/:id/undo': { id: 'operation', plain: ['type', 'class'] },
  'POST /manage/operations/:id/apply': { id: 'operation' },
  'POST /manage/operations/:id/undo': { id: 'operation', plain: ['chats'] },
  'POST /manage/operations/:id/cancel': { id: 'operation' },
  'POST /manage/operations/:id/decide': {
    id: 'operation',
    names: { chat: { kind: 'chat', with: () => [{ do: 'approve' }, { do: 'reject' }] } },
    plain: ['do'],
  },
  'GET /manage/operations/:id/approve': { id: 'operation', plain: ['type', 'class', 'kind', 'title'] },
  'POST /manage/operations/:id/take-back': { id: 'operation', plain: ['approval'] },
  'POST /find': {
    names: {
      personId: { kind: 'person', with: () => [{ 'find-at': '/changes' }] },
      chatId: { kind: 'chat', with: () => [{ 'find-at': '/changes' }] },
      classId: { kind: 'class', with: () => [{ 'find-at': '/manage/new/pick', role: 'student' }] },
    },
    plain: [...LIST_PLAIN, ...RUN_PLAIN, ...MEMBERS_PLAIN, 'find-at', 'from', 'to'],
  },
  'GET /manage/delete': { names: { chat: 'chat' }, plain: ['back'] },
  'POST /manage/delete': {
    names: { chat: { kind: 'chat', with: () => [{ typed: '1' }] } },
    plain: ['back', 'typed', 'never'],
  },
  'POST /manage/check': { names: { chat: 'chat' }, plain: ['back'] },
  'POST /manage/try-again': { names: { chat: 'chat' }, plain: ['back'] },
  'GET /manage/open': { names: { chat: 'chat' }, plain: ['back'] },
  'GET /manage/chats/:id/delete': { id: 'chat' },
  'POST /manage/chats/:id/check': { id: 'chat' },
  'POST /people/:id/check': { id: 'person' },
  'GET /manage/checks/:id': { id: 'operation' },
  'POST /manage/chats/:id/try-again': { id: 'chat' },
  'POST /manage/chats/:id/delete': { id: 'chat', plain: ['title', 'never'] },
  'GET /manage/chats/:id': { id: 'chat', plain: [...PAGER, 'lastName', 'show'] },
  'GET /manage/chats/:id/close': { id: 'chat' },
  'POST /manage/chats/:id': {
    id: 'chat',
    names: people(() => ({}), ...EDITOR_BUTTONS, 'save'),
    plain: [...MEMBERS_PLAIN, 'shown-type', 'shown-class', 'shown-subject'],
  },
  'GET /manage/chats/:id/pick': { id: 'chat', names: CLASS_OF_PICKER, plain: PICKER_PLAIN },
  'POST /manage/chats/:id/pick': {
    id: 'chat',
    names: { ...people(() => ({}), ...PICKER_BUTTONS), ...CLASS_OF_PICKER },
    plain: MEMBERS_PLAIN,
  },
  'GET /manage/new/pick': { names: CLASS_OF_PICKER, plain: PICKER_PLAIN },
  'POST /manage/new/pick': {
    names: { ...people(() => ({}), ...PICKER_BUTTONS), ...CLASS_OF_PICKER },
    plain: MEMBERS_PLAIN,
  },
};

export function screenCells(route: string): Cell[] {
  // A screen that is not in the table fails a test of its own.
  const { id, names = {} } = SCREENS[route] ?? {};
  const inPath: [string, Named][] = id === undefined ? [] : [[IN_PATH, { kind: id }]];
  const named = Object.entries(names).map(([name, of]): [string, Named] => [
    name,
    typeof of === 'string' ? { kind: of } : of,
  ]);
  return [...inPath, ...named].flatMap(([parameter, of]) =>
    Array.from({ length: of.with?.({} as Things).length ?? 1 }, (_, i) => ({
      ...{ route, parameter, kind: of.kind },
      send: (own: Things, thing: string) => request(route, { id, parameter, of, i }, own, thing),
    })),
  );
}

const IN_PATH = 'path id';

function request(
  route: string,
  { id, parameter, of, i }: { id: Kind | undefined; parameter: string; of: Named; i: number },
  own: Things,
  thing: string,
): ReturnType<Cell['send']> {
  const [method, pattern] = route.split(' ') as [string, string];
  const isInPath = parameter === IN_PATH;
  const value = (of.as ?? '*').replace('*', thing);
  const given = isInPath ? {} : Object.fromEntries(parameter.split('+').map((field) => [field, value]));
  const text = new URLSearchParams({ ...of.with?.(own)[i], ...given }).toString();
  const idOf = id === undefined ? '' : isInPath ? thing : own[id];
  const path = pattern.replace(':id', encodeURIComponent(idOf));
  const headers = { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' };
  if (method === 'GET') return { path: text === '' ? path : `${path}?${text}`, init: { headers } };
  return { path, init: { method, headers, body: text } };
}
