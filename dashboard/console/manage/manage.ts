import type { ConsoleParts } from '../console-parts.ts';
import { aheadRoutes } from './ahead-routes.ts';
import { checkRoutes } from './check-routes.ts';
import { chosenRoutes } from './chosen-routes.ts';
import { decisionRoutes } from './decision-routes.ts';
import { deleteManyRoutes } from './delete-many-routes.ts';
import { deleteRoutes } from './delete-routes.ts';
import { editorRoutes } from './editor-routes.ts';
import { initializeRoutes } from './initialize-routes.ts';
import { listRoutes } from './list-routes.ts';
import { newChatRoutes } from './new-chat-routes.ts';
import { operationRoutes } from './operation-routes.ts';
import { pickerRoutes } from './picker-routes.ts';
import { undoRoutes } from './undo-routes.ts';

/**
 * Everything below `/manage`. It is for staff alone (A1), and each page shows what `src/chats/rights.ts` allows the
 * visitor.
 */
export function manageRoutes(parts: ConsoleParts): void {
  listRoutes(parts);
  newChatRoutes(parts);
  initializeRoutes(parts);
  aheadRoutes(parts);
  operationRoutes(parts);
  decisionRoutes(parts);
  checkRoutes(parts);
  undoRoutes(parts);
  pickerRoutes(parts);
  deleteRoutes(parts);
  deleteManyRoutes(parts);
  chosenRoutes(parts);
  editorRoutes(parts);
}
