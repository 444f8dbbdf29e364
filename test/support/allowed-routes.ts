/** Who may call which route of the API, and with what body it is tried. */
import { randomUUID } from 'node:crypto';
import { TOKEN_ROLES, type TokenRole } from '../../src/caller.ts';

const ADMINS: TokenRole[] = ['school-admin', 'operator'];
const RUNNERS: TokenRole[] = [...ADMINS, 'service'];
const READERS: TokenRole[] = [...RUNNERS, 'staff'];

/** Whose token names a person. */
const PEOPLE: TokenRole[] = ['school-admin', 'staff', 'student', 'parent'];
/** What they may do to which chat is asked after that. */
const EDITORS: TokenRole[] = ['school-admin', 'staff'];

/** Who may call what (contract). A route that is not here fails a test of api-rights.test.ts. */
export const ALLOWED: Record<string, TokenRole[]> = {
  'POST /v1/roster-imports': ['service', 'operator'],
  'POST /v1/roster-validations': ['service', 'operator'],
  'POST /v1/schools/{schoolId}/events': ['service'],
  'GET /v1/schools/{schoolId}/sferum': ADMINS,
  'PUT /v1/schools/{schoolId}/sferum': ['operator'],
  'POST /v1/schools/{schoolId}/initializations': RUNNERS,
  'GET /v1/operations/{id}': READERS,
  'GET /v1/operations/{id}/stream': READERS,
  'GET /v1/operations/{id}/plan': RUNNERS,
  'GET /v1/operations/{id}/rows': RUNNERS,
  'GET /v1/schools/{schoolId}/operations': RUNNERS,
  'POST /v1/operations/{id}/approve': ADMINS,
  'POST /v1/operations/{id}/reject': ADMINS,
  'POST /v1/operations/{id}/cancel': RUNNERS,
  'POST /v1/operations/{id}/undo': ADMINS,
  'GET /v1/schools/{schoolId}/chats': READERS,
  'GET /v1/chats/{id}': READERS,
  'GET /v1/chats/{id}/members': READERS,
  'POST /v1/schools/{schoolId}/chats': EDITORS,
  'PATCH /v1/chats/{id}': EDITORS,
  'DELETE /v1/chats/{id}': EDITORS,
  'POST /v1/chats/{id}/check': [...ADMINS, 'staff'],
  'POST /v1/people/{id}/check': [...ADMINS, 'staff'],
  'GET /v1/schools/{schoolId}/people': READERS,
  'GET /v1/people/{id}/grounds': READERS,
  'GET /v1/people/{id}/export': ADMINS,
  'GET /v1/schools/{schoolId}/journal': [...RUNNERS, 'security'],
  'GET /v1/schools/{schoolId}/access': ['operator', 'security'],
  'GET /v1/schools/{schoolId}/erasures': [...ADMINS, 'security'],
  'GET /v1/schools/{schoolId}/unreachable': READERS,
  'GET /v1/schools/{schoolId}/delays': RUNNERS,
  'GET /v1/schools': ['operator'],
  'GET /v1/readiness': ['operator'],
  'PUT /v1/readiness': ['operator'],
  'GET /v1/schools/{schoolId}/readiness': ADMINS,
  'POST /v1/decisions': ['operator'],
  'GET /v1/me': PEOPLE,
  'POST /v1/me/profile': PEOPLE,
  'DELETE /v1/me/profile': PEOPLE,
  'GET /v1/schools/{schoolId}/lessons': TOKEN_ROLES.filter((role) => role !== 'security'),
  'POST /v1/lessons/{id}/meeting': EDITORS,
  'DELETE /v1/lessons/{id}/meeting': EDITORS,
  'GET /v1/lessons/{id}/meeting/join': [...EDITORS, 'student'],
  'GET /v1/me/sessions': [...PEOPLE, 'operator'],
  'DELETE /v1/me/sessions/{id}': [...PEOPLE, 'operator'],
  'DELETE /v1/sessions': ['operator'],
  'GET /v1/webhooks': ADMINS,
  'POST /v1/webhooks': ADMINS,
  'PUT /v1/webhooks/{id}': ADMINS,
  'DELETE /v1/webhooks/{id}': ADMINS,
  'POST /v1/webhooks/{id}/test': ADMINS,
  'GET /v1/webhooks/{id}/deliveries': ADMINS,
  'GET /v1/me/notifications': [...ADMINS, 'staff'],
  'PUT /v1/me/notifications': [...ADMINS, 'staff'],
  'GET /v1/pauses': ['operator'],
  'PUT /v1/pauses': ['operator'],
  'GET /v1/schools/{schoolId}/settings': ADMINS,
  'PUT /v1/schools/{schoolId}/settings': ADMINS,
  'GET /v1/schools/{schoolId}/class-matches': ADMINS,
  'POST /v1/schools/{schoolId}/class-matches': ADMINS,
  'GET /v1/schools/{schoolId}/person-matches': ADMINS,
  'POST /v1/schools/{schoolId}/person-matches': ADMINS,
};

export const BODIES: Record<string, unknown> = {
  'PUT /v1/pauses': [],
  'PUT /v1/readiness': { day: '2027-09-01' },
  'POST /v1/schools/{schoolId}/chats': { type: 'staff' },
  'PATCH /v1/chats/{id}': {},
  'POST /v1/schools/{schoolId}/initializations': { types: ['class'] },
  'PUT /v1/schools/{schoolId}/sferum': { communityId: 1, accessToken: 'token', tokenKind: 'user' },
  'PUT /v1/schools/{schoolId}/settings': {},
  'POST /v1/schools/{schoolId}/class-matches': { classIds: ['c6'], continues: true },
  'POST /v1/schools/{schoolId}/person-matches': { same: true },
  'POST /v1/webhooks': { url: 'http://127.0.0.1:9/', kinds: ['hold'] },
  'PUT /v1/webhooks/{id}': {},
  'PUT /v1/me/notifications': {},
  'POST /v1/decisions': { decide: 'approve', operationIds: [randomUUID()] },
};
