import type { ConsoleParts } from '../console-parts.ts';
import { diaryRoutes } from './diary.ts';
import { entryRoutes } from './entry-routes.ts';
import { journalRoutes } from './journal.ts';
import { lessonRoutes } from './lesson-routes.ts';

/** The pages of distance lessons (I): the journal, one lesson of it, the diary, and the door of the call. */
export function lessonScreens(parts: ConsoleParts): void {
  journalRoutes(parts);
  lessonRoutes(parts);
  diaryRoutes(parts);
  entryRoutes(parts);
}
