/** The operation that an address names, and the way back from its pages. */
import { z } from 'zod';
import { notFound } from '../../../src/refusal.ts';
import { findOperationView, type OperationView } from '../../read/operation-views.ts';
import type { ConsoleParts } from '../console-parts.ts';
import type { Section } from '../navigation.ts';
import type { ConsoleContext } from '../page.ts';
import type { Crumb } from '../parts/breadcrumbs.ts';
import { askedAt } from './operation.ts';

/** Throws Refusal(404) where the visitor's school has no such operation. */
export async function operationOf({ ctx }: ConsoleParts, c: ConsoleContext): Promise<OperationView> {
  const { schoolId } = c.get('visitor').caller;
  const id = z.uuid().safeParse(c.req.param('id')).data;
  const operation = id === undefined ? null : await findOperationView(ctx.db.of(schoolId), schoolId, id);
  if (!operation) throw notFound();
  return operation;
}

/**
 * Gives the way back. An initialisation has a page of its own where it is asked for. Any other operation is found in
 * the list of operations.
 */
export function crumbsOf(operation: OperationView): Crumb[] {
  return operation.kind === 'initialization'
    ? [{ label: 'Управление чатами', href: '/manage' }, askedAt(operation)]
    : [{ label: 'Работы', href: '/operations' }];
}

/** The section of the menu in which the operation's pages stand: that of the way back. */
export function sectionOf({ kind }: OperationView): Section {
  return kind === 'initialization' ? 'manage' : 'operations';
}
