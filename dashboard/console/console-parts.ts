import type { Hono } from 'hono';
import type { Commands } from '../../src/commands.ts';
import type { Context } from '../../src/context.ts';
import type { ProfileLinking } from '../../src/profile/linking.ts';
import type { VerifyToken } from '../auth.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { ConsoleEnv } from './page.ts';
import type { Screens } from './screens.ts';

/** What every file of pages receives. */
export interface ConsoleParts {
  ctx: Context;
  commands: Commands;
  screens: Screens;
  /** Takes routes that are no screens, so that nobody needs to have signed in. */
  app: Hono<ConsoleEnv>;
  sessions: Sessions;
  verify: VerifyToken;
  linking: ProfileLinking;
  /** Aborted when the process stops: streams end then. */
  closing: AbortSignal;
}
