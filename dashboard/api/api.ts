import { OpenAPIHono } from '@hono/zod-openapi';
import type { ProfileLinking } from '../../src/profile/linking.ts';
import type { HttpEnv } from '../auth.ts';
import { createGuards } from '../guards.ts';
import { answerInvalid } from '../problem.ts';
import { accessRoutes } from './access-records.ts';
import { chatChangeRoutes } from './chat-changes.ts';
import { chatRoutes } from './chats.ts';
import { checkRoutes } from './checks.ts';
import { classMatchesRoutes } from './class-matches.ts';
import { decisionsRoutes } from './decisions.ts';
import { delayRoutes } from './delays.ts';
import { erasureRoutes } from './erasures.ts';
import { eventRoutes } from './events.ts';
import { initializationRoutes } from './initializations.ts';
import { journalRoutes } from './journal.ts';
import { lessonRoutes } from './lessons.ts';
import { meRoutes } from './me.ts';
import { meNotificationRoutes } from './me-notifications.ts';
import { meProfileRoutes } from './me-profile.ts';
import { operationPlanRoutes } from './operation-plan.ts';
import { operationRowsRoutes } from './operation-rows.ts';
import { operationStreamRoutes } from './operation-stream.ts';
import { operationRoutes } from './operations.ts';
import type { ApiParts } from './parts.ts';
import { pauseRoutes } from './pauses.ts';
import { peopleRoutes } from './people.ts';
import { personExportRoutes } from './person-export.ts';
import { personGroundRoutes } from './person-grounds.ts';
import { personMatchesRoutes } from './person-matches.ts';
import { readinessRoutes } from './readiness.ts';
import { rosterImportRoutes } from './roster-imports.ts';
import { rosterValidationRoutes } from './roster-validations.ts';
import { schoolsRoutes } from './schools.ts';
import { sessionRoutes } from './sessions.ts';
import { settingsRoutes } from './settings.ts';
import { sferumRoutes } from './sferum.ts';
import { unreachableRoutes } from './unreachable.ts';
import { webhookRoutes } from './webhooks.ts';

/** Makes an app whose routes describe themselves in OpenAPI and answer 400 where a request does not fit. */
export function createOpenApi(): OpenAPIHono<HttpEnv> {
  return new OpenAPIHono<HttpEnv>({
    defaultHook: (result, c) => (result.success ? undefined : answerInvalid(c, result.error)),
  });
}

/** Adds every route under /v1 (contract). */
export function apiRoutes(parts: Omit<ApiParts, 'guards'>, linking: ProfileLinking): void {
  const all = { ...parts, guards: createGuards(parts.ctx) };
  rosterImportRoutes(all);
  rosterValidationRoutes(all);
  eventRoutes(all);
  sferumRoutes(all);
  initializationRoutes(all);
  operationRoutes(all);
  operationStreamRoutes(all);
  operationPlanRoutes(all);
  operationRowsRoutes(all);
  chatRoutes(all);
  chatChangeRoutes(all);
  checkRoutes(all);
  peopleRoutes(all);
  personGroundRoutes(all);
  personExportRoutes(all);
  journalRoutes(all);
  accessRoutes(all);
  erasureRoutes(all);
  unreachableRoutes(all);
  delayRoutes(all);
  meRoutes(all);
  meProfileRoutes(all, linking);
  lessonRoutes(all);
  classMatchesRoutes(all);
  personMatchesRoutes(all);
  settingsRoutes(all);
  pauseRoutes(all);
  sessionRoutes(all);
  schoolsRoutes(all);
  readinessRoutes(all);
  decisionsRoutes(all);
  webhookRoutes(all);
  meNotificationRoutes(all);
}
