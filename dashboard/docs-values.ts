/** Made-up values for the description of the API: an example of each shape that it names. */

const AT = '2026-09-01T06:00:00.000Z';
const LATER = '2026-09-01T06:00:42.000Z';
const CHAT_ID = '0197f3d2-8c11-7a20-b6a4-52f1c7e0a001';
const OPERATION_ID = '0197f3d2-8c11-7a20-b6a4-52f1c7e0a002';
const SESSION_ID = '0197f3d2-8c11-7a20-b6a4-52f1c7e0a003';
const WEBHOOK_ID = '0197f3d2-8c11-7a20-b6a4-52f1c7e0a004';
const TITLE = '5А класс';
const TEACHER = { id: 't-17', name: 'Королёва Анна Ивановна' };
const PUPIL_NAME = 'Абаев Марк';
const IN_CLASS = { kind: 'enrollment', classId: 'c-5a', text: 'учится в 5А', since: '2026-09-01' };

const chat = {
  ...{ id: CHAT_ID, title: TITLE, type: 'class', origin: 'automatic', classId: 'c-5a' },
  ...{ subjectGroupId: null, titleByHand: false, memberCount: 26, inSferumCount: 19, admins: [TEACHER] },
  condition: { status: 'synced', reason: null, message: null, since: AT, seenAt: LATER },
  warning: null,
};

const operation = {
  ...{ id: OPERATION_ID, kind: 'initialization', schoolId: '448', state: 'succeeded' },
  progress: { done: 136, total: 136 },
  result: {
    chats: { created: 136, renamed: 0, unchanged: 0 },
    members: { added: 3120, removed: 0 },
    held: 0,
  },
  ...{ problems: [], createdBy: 'a-1', createdAt: AT, startedAt: AT, finishedAt: LATER },
};

const journalEntry = {
  ...{ id: '4711', at: AT, what: 'add', sentence: `Добавить: ${PUPIL_NAME} – учится в 5А с 1 сентября` },
  ...{ chatId: CHAT_ID, chatTitle: TITLE, personId: 'p-1', personName: PUPIL_NAME },
  cause: {
    ...{ kind: 'import', id: OPERATION_ID, text: 'списки из СГО', reason: null },
    by: { id: 'sgo', kind: 'service', name: 'служба sgo' },
  },
};

const lesson = {
  ...{ id: 'l-900', subjectGroupId: 'g-5a-geo', groupTitle: '5А/География', subject: 'География' },
  ...{
    classId: 'c-5a',
    classTitle: '5А',
    teacher: TEACHER,
    startsAt: AT,
    endsAt: '2026-09-01T06:45:00.000Z',
  },
  ...{ topic: 'Материки и океаны', phase: 'before' },
  meeting: {
    ...{ title: 'Урок по предмету «География»', system: 'Сферум', ready: true },
    condition: { status: 'synced', message: null },
  },
};

const place = { chatId: CHAT_ID, personId: 'p-1', admin: false };

const webhook = {
  ...{
    id: WEBHOOK_ID,
    schoolId: '448',
    url: 'https://example.org/sferum',
    kinds: ['hold', 'account-broken'],
  },
  ...{ createdAt: AT, endedAt: null, formerSecretUntil: null },
};
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=';
const notifications = { email: 'zavuch@school.example', kinds: ['hold', 'chat-failing'], daily: true };

const readiness = {
  ...{ reach: 'yes', chats: { created: 12, renamed: 0, archived: 10 }, members: { added: 310, removed: 0 } },
  ...{ held: 0, pupils: { total: 3950, joining: 412, leaving: 0, withoutClass: 1 } },
  ...{ classes: { total: 136, withoutTeacher: 0 }, estimate: { apiCalls: 322, seconds: 1 } },
};

const SUMMER = { from: '2027-05-24', to: '2027-08-25' };

/** By the names of /openapi.json. A page of a list shows one item of its kind. */
export const VALUES: Readonly<Record<string, unknown>> = {
  NewWebhook: { url: webhook.url, kinds: webhook.kinds, schoolId: '448' },
  WebhookMade: { id: WEBHOOK_ID, secret },
  WebhookChange: { kinds: ['hold'], rotate: true },
  Webhook: webhook,
  WebhookChanged: { ...webhook, kinds: ['hold'], formerSecretUntil: '2026-09-02T06:00:00.000Z', secret },
  WebhookTested: { id: OPERATION_ID, delivered: true, answer: '204' },
  WebhookDelivery: {
    ...{ id: OPERATION_ID, type: 'hold.opened', at: AT, status: 'delivered', attempts: 2, answer: '204' },
    ...{ triedAt: LATER, nextAt: null },
  },
  Notifications: notifications,
  NotificationsChange: notifications,
  Readiness: { status: 'ready', checks: { database: 'ok', queue: 'ok' } },
  ReadinessDay: { day: '2026-12-01' },
  SchoolReadiness: { id: '448', name: 'Школа № 448', state: 'gaps', readiness, countedAt: AT },
  ReadinessReport: {
    ...{ day: '2026-09-01', state: 'gaps', readiness, classesWithoutTeacher: [] },
    pupilsWithoutClass: [{ personId: 'p-1', name: PUPIL_NAME }],
  },
  Accepted: { operationId: OPERATION_ID },
  RosterValidation: {
    ...{ wouldFail: false, wouldHold: false, schools: 1, people: 8100, classes: 136, rejected: [] },
    ...{ operations: [{ schoolId: '448', state: 'succeeded' }], problems: [] },
  },
  EventReceipt: { accepted: 1, duplicates: 0, rejected: [] },
  Sferum: {
    ...{ communityId: 123456789, ownerId: 987654321, tokenKind: 'community', hasCallsToken: false },
    ...{ requestsPerSecond: 20, status: 'ok', statusReason: null, statusSince: AT, creationsConfirmed: true },
  },
  SferumConnection: {
    ...{ communityId: 123456789, accessToken: 'vk1.a.…', tokenKind: 'community', callsToken: null },
    ...{ requestsPerSecond: 20, replaceAccount: false },
  },
  InitializationRun: { types: ['class', 'parents'], dryRun: true, strict: false },
  InitializationOfPlan: { plan: OPERATION_ID },
  Operation: operation,
  Decision: { chatIds: [CHAT_ID] },
  Decisions: { decide: 'approve', operationIds: [OPERATION_ID] },
  Decided: { decided: [{ schoolId: '448', operationId: OPERATION_ID }], refused: [] },
  PlannedAction: {
    ...{ action: 'add', chatId: CHAT_ID, chatTitle: TITLE, chatType: 'class', personId: 'p-1' },
    ...{ personName: PUPIL_NAME, grounds: [IN_CLASS], sentence: `Добавить: ${PUPIL_NAME} – учится в 5А` },
  },
  RowFault: {
    ...{ file: 'enrollments.csv', line: 812, field: 'beginDate', valueKind: 'other-date' },
    message: 'дата не в виде ГГГГ-ММ-ДД',
  },
  Chat: chat,
  ChangedChat: { ...chat, warnings: [] },
  NewChat: {
    ...{ type: 'staff', title: 'Методический совет', reason: 'по решению педсовета' },
    members: [{ personId: TEACHER.id, admin: true }],
  },
  ChatChange: { members: { add: ['p-1'], remove: [] }, reason: 'переведён' },
  ChatMember: {
    ...{ personId: 'p-1', name: PUPIL_NAME, role: 'student', admin: false, linked: true, inSferum: true },
    ...{ sferumState: 'in', sferumReason: null, held: false, grounds: [IN_CLASS] },
  },
  Check: {
    ...{ desired: [place], actual: [place] },
    done: [{ chatId: CHAT_ID, action: 'add', personId: 'p-1' }],
    obstacles: [
      { chatId: CHAT_ID, personId: 'p-2', reason: 'notLinked', message: 'профиль VK ID не привязан' },
    ],
  },
  Person: {
    ...{ id: 'p-1', name: PUPIL_NAME, familyName: 'Абаев', givenName: 'Марк', middleName: 'Олегович' },
    ...{ role: 'student', sex: 'male', linked: true, inChat: true },
  },
  PersonGrounds: {
    person: {
      ...{ id: 'p-1', name: PUPIL_NAME, role: 'student', present: true, linked: true, profileTaken: false },
    },
    chats: [
      {
        ...{ chatId: CHAT_ID, title: TITLE, type: 'class', isMember: true, admin: false, inSferum: true },
        ...{ sferumState: 'in', held: false, grounds: [IN_CLASS], why: [], changes: [journalEntry] },
      },
    ],
  },
  PersonExport: { personId: 'p-1', held: {}, passedTo: [] },
  JournalPage: { items: [journalEntry], total: 1, page: 1, perPage: 50, next: null },
  AccessRecord: {
    ...{ id: '15', at: AT, subject: TEACHER.id, role: 'staff', what: 'members', personIds: ['p-1'] },
    address: '192.0.2.7',
  },
  Erasure: {
    ...{ id: '3', schoolId: '448', at: AT, ground: 'left', retentionDays: 30, people: 1 },
    ...{ rows: { person: 1 }, hashes: [] },
  },
  Unreachable: {
    items: [
      {
        ...{ classId: 'c-5a', title: '5А' },
        people: [
          {
            ...{ personId: 'p-2', name: 'Яблокова Яна', role: 'student', reason: 'notLinked' },
            ...{ text: 'профиль VK ID не привязан', chats: [{ id: CHAT_ID, title: TITLE }] },
          },
        ],
      },
    ],
  },
  Delays: {
    ...{ from: '2026-08-02T00:00:00.000Z', to: AT, count: 42 },
    ...{ p50Seconds: 0.8, p95Seconds: 4.2, maxSeconds: 31 },
  },
  Me: {
    ...{ person: { id: 'p-1', name: PUPIL_NAME, role: 'student' }, linked: true, profileTaken: false },
    connected: true,
    chats: [{ id: CHAT_ID, title: TITLE, type: 'class', memberCount: 26, admins: [TEACHER], inSferum: true }],
  },
  Authorize: { authorizeUrl: 'https://id.vk.ru/authorize?…' },
  Lesson: lesson,
  Meeting: { title: lesson.meeting.title, startsAt: AT, endsAt: lesson.endsAt, system: 'Сферум' },
  NewMeeting: { title: lesson.meeting.title },
  Settings: {
    ...{ timeZone: 'Europe/Moscow', earlyEntryMinutes: 10, sessionIdleMinutes: 60, retentionDays: 30 },
    ...{ lookEverySeconds: 300, pauses: [SUMMER] },
    limits: { chatShare: 0.25, chatAtLeast: 5, schoolShare: 0.05, schoolAtLeast: 20 },
  },
  ClassMatches: {
    items: [
      {
        ...{ classId: 'c-6a', title: '6А', oldClassId: 'c-5a', oldTitle: '5А', state: 'open' },
        ...{ common: 24, pupils: 25, oldPupils: 26, proposedAt: '2026-09-01T03:10:00.000Z', decidedAt: null },
      },
    ],
  },
  ClassWord: { classIds: ['c-6a'], continues: true },
  PersonMatches: {
    items: [
      {
        ...{ personId: 'p-2001', oldPersonId: 'p-1001', name: PUPIL_NAME, role: 'student', classes: ['5А'] },
        ...{ evidence: ['birth-date', 'unit'], doubt: null, state: 'open', proposedAt: AT, decidedAt: null },
      },
    ],
    ...{ total: 1, page: 1, perPage: 50, open: 1, doubtful: 0 },
  },
  PeopleWord: { matches: [{ personId: 'p-2001', oldPersonId: 'p-1001' }], same: true },
  PeopleDecided: { decided: 1, open: 0, doubtful: 0 },
  SettingsChange: { timeZone: 'Asia/Omsk', limits: { chatShare: 0.3 }, pauses: [SUMMER] },
  Pause: SUMMER,
  RegionPauses: [SUMMER, { schoolId: '448', from: '2026-12-28', to: '2027-01-10' }],
  Session: { id: SESSION_ID, startedAt: AT, usedAt: LATER, browser: 'Firefox, Windows' },
  School: {
    ...{ id: '448', name: 'Школа № 448', state: 'fine', reason: null, since: null, chats: 2712 },
    ...{ linkedShare: 0.71, held: 0, failing: 0, behind: 0, lastRosterAt: AT, delayP95Ms: 4200 },
  },
};

/** An event as СГО may send it. */
export const ORDER_EVENT = {
  ...{ specversion: '1.0', id: 'order-12', source: '/sgo/448', type: 'sgo.order.issued', time: AT },
  data: {
    ...{ id: '12', number: '12', kind: 'transfer', effectiveOn: '2026-09-01' },
    items: [{ studentId: 'p-1', classId: 'c-5a', toClassId: 'c-5b' }],
  },
};

/** The shapes without a name of their own, by method and path: the body that is sent, and the answer. */
export const OF_CALLS: Readonly<Record<string, { sent?: unknown; answered?: unknown }>> = {
  'GET /healthz': { answered: 'ok' },
  'GET /metrics': { answered: '# TYPE operations_open gauge\noperations_open 0\n' },
  'POST /v1/roster-imports': { sent: '(roster.zip)' },
  'POST /v1/roster-validations': { sent: '(roster.zip)' },
  'POST /v1/schools/{schoolId}/events': {
    sent: [ORDER_EVENT],
  },
  'GET /v1/operations/{id}/stream': {
    answered: 'data: {"state":"running","progress":{"done":12,"total":136}}\n\n',
  },
  'GET /v1/readiness': {
    answered: { items: [VALUES.SchoolReadiness], total: 1, page: 1, perPage: 50, day: '2026-09-01' },
  },
  'PUT /v1/readiness': { sent: { day: '2026-12-01' } },
  'GET /v1/webhooks': { answered: { items: [webhook] } },
  'GET /v1/me/sessions': { answered: { items: [VALUES.Session] } },
  'DELETE /v1/sessions': { answered: { ended: 2 } },
};

/** What a parameter may be, by its name. */
export const OF_PARAMETERS: Readonly<Record<string, unknown>> = {
  ...{ schoolId: '448', school: '448', id: CHAT_ID, chatId: CHAT_ID, personId: 'p-1', classId: 'c-5a' },
  ...{
    subjectGroupId: 'g-5a-geo',
    takenAt: AT,
    day: '2026-09-01',
    from: AT,
    to: LATER,
    page: 1,
    perPage: 10,
    q: '448',
  },
  ...{
    title: '5А',
    state: 'held',
    lastName: 'Абаев',
    'Idempotency-Key': OPERATION_ID,
    before: '4711',
    grade: '5',
  },
};
