/** What the demonstration does to a school, followed to its end. */
import type { App } from '../app.ts';
import type { Author } from '../author.ts';
import { commandsOf } from '../commands.ts';
import { CHAT_TYPES, type ChatType } from '../desired/model.ts';
import type { Operation } from '../store/entities.ts';
import { followOperation, type Step } from './follow.ts';

export const BY: Author = { id: 'demo', kind: 'operator' };

/** Sends a list and waits until it is taken in or held. `takenAt`: when СГО wrote it; default: now. */
export async function importList(
  app: App,
  zip: Uint8Array,
  { takenAt, onStep }: { takenAt?: Date; onStep?: (step: Step) => void } = {},
): Promise<Operation> {
  const id = await commandsOf(app.ctx).importRoster({
    ...{ body: zip, takenAt: takenAt ?? new Date(app.ctx.clock.now()), within: '*', by: BY },
  });
  return followOperation(app.ctx, id, onStep ? { onStep } : {});
}

/** Asks for the initialisation of all types, and gives its operation. */
export function startInitialization(app: App, schoolId: string): Promise<string> {
  return commandsOf(app.ctx).initialize({
    ...{ schoolId, types: [...CHAT_TYPES], dryRun: false, strict: false, asOf: null, by: BY },
  });
}

/** @throws where the initialisation ends otherwise than well */
export async function initialize(
  app: App,
  schoolId: string,
  onTypes: (byType: ReadonlyMap<ChatType, { done: number; total: number }>) => void,
): Promise<void> {
  const id = await startInitialization(app, schoolId);
  const operation = await followOperation(app.ctx, id, { onStep: ({ byType }) => onTypes(byType) });
  if (operation.state === 'succeeded') return;
  throw new Error(
    `the initialisation ended ${operation.state}: ${JSON.stringify(operation.problems.slice(0, 3))}`,
  );
}
