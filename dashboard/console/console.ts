import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Queue } from 'bullmq';
import { Hono, type MiddlewareHandler } from 'hono';
import type { Commands } from '../../src/commands.ts';
import type { Context } from '../../src/context.ts';
import type { ProfileLinking } from '../../src/profile/linking.ts';
import type { HttpEnv, ResolveCaller, VerifyToken } from '../auth.ts';
import { createGuards } from '../guards.ts';
import type { Rates } from '../rates.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { assetRoutes } from './assets.ts';
import { connectionRoutes } from './connection/connection-routes.ts';
import type { ConsoleParts } from './console-parts.ts';
import type { Caught } from './entry/caught.ts';
import { demoRoutes } from './entry/demo.ts';
import { entryRoutes } from './entry/entry.ts';
import { sessionRoutes } from './entry/sessions.ts';
import { Flashes } from './flash.ts';
import { lessonScreens } from './lessons/lessons.ts';
import { liveRoutes } from './live.ts';
import { manageRoutes } from './manage/manage.ts';
import { delayRoutes } from './overview/delays.ts';
import { overviewRoutes } from './overview/overview-routes.ts';
import { ownChatsRoutes } from './own/own-chats.ts';
import { profileRoutes } from './own/profile.ts';
import type { ConsoleEnv } from './page.ts';
import { pauseScreens } from './pauses/pauses.ts';
import { heldRoutes } from './region/held-routes.ts';
import { regionReadinessRoutes } from './region/readiness-routes.ts';
import { schoolsPageRoutes } from './region/schools-routes.ts';
import { serverRoutes } from './region/server-routes.ts';
import { attentionRoutes } from './school/attention.ts';
import { changesRoutes } from './school/changes.ts';
import { classMatchesRoutes } from './school/class-matches.ts';
import { operationLogRoutes } from './school/operations.ts';
import { personRoutes } from './school/person.ts';
import { personExportRoutes } from './school/person-export.ts';
import { personMatchesRoutes } from './school/person-matches.ts';
import { schoolReadinessRoutes } from './school/readiness.ts';
import { rosterRoutes } from './school/rosters.ts';
import { searchRoutes } from './school/search.ts';
import { settingsRoutes } from './school/settings.ts';
import { unreachableRoutes } from './school/unreachable.ts';
import { createScreens } from './screens.ts';
import { findRoutes } from './sought.ts';
import { SoughtNames } from './sought-names.ts';
import { notificationScreens } from './told/notifications.ts';
import { webhookScreens } from './told/webhooks.ts';

/** Places outside of us that pages lead to, and whether this is the demonstration. */
export interface Surroundings {
  /** The address of VK ID, without a trailing slash. */
  vkIdUrl: string;
  messengerUrl: string;
  demo: boolean;
  /** What the demonstration's own receivers have caught. */
  caught?: Caught;
}

interface ConsoleOptions {
  http: OpenAPIHono<HttpEnv>;
  ctx: Context;
  commands: Commands;
  sessions: Sessions;
  resolve: ResolveCaller;
  rates: Rates;
  verify: VerifyToken;
  linking: ProfileLinking;
  closing: AbortSignal;
  surroundings: Surroundings;
  /** The queues whose depth operators see. */
  queues: readonly Queue[];
}

/**
 * Adds the pages (contract, «Screens and board»). It must come last, because its addresses are those that nothing
 * else has taken.
 */
export function consoleRoutes(options: ConsoleOptions): void {
  const { http, ctx, commands, sessions, resolve, rates, verify, linking, closing, surroundings } = options;
  const app = new Hono<ConsoleEnv>();
  const screens = createScreens({ app, ctx, guards: createGuards(ctx), sessions, resolve, rates });
  const parts: ConsoleParts = { ctx, commands, screens, app, sessions, verify, linking, closing };
  assetRoutes(http);
  entryRoutes(parts);
  sessionRoutes(parts);
  schoolsPageRoutes(parts);
  heldRoutes(parts);
  regionReadinessRoutes(parts);
  serverRoutes(parts, options.queues);
  if (surroundings.demo) demoRoutes(parts, surroundings.caught ?? null);
  liveRoutes(parts);
  findRoutes(parts);
  operationLogRoutes(parts);
  rosterRoutes(parts);
  schoolReadinessRoutes(parts);
  searchRoutes(parts);
  ownChatsRoutes(parts);
  profileRoutes(parts);
  overviewRoutes(parts);
  delayRoutes(parts);
  attentionRoutes(parts);
  classMatchesRoutes(parts);
  personMatchesRoutes(parts);
  settingsRoutes(parts);
  connectionRoutes(parts);
  pauseScreens(parts);
  notificationScreens(parts);
  webhookScreens(parts);
  changesRoutes(parts);
  personRoutes(parts);
  personExportRoutes(parts);
  unreachableRoutes(parts);
  lessonScreens(parts);
  manageRoutes(parts);
  http.route('/', app);
}

/**
 * Gives pages their frame. It stands before everything that can refuse, because pages of errors need the frame too.
 */
export function framed(ctx: Context, { messengerUrl }: Surroundings): MiddlewareHandler {
  const { config } = ctx;
  const frame = {
    sandbox: config.sferum.apiUrl === null,
    messengerUrl,
    sought: new SoughtNames(config.secretsKeys),
    flashes: new Flashes(config.secretsKeys, config.publicUrl.startsWith('https:')),
  };
  return async (c, next) => {
    c.set('frame', frame);
    await next();
  };
}
