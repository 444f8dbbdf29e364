/** Reads the queries of these pages. People type and share addresses, so what does not fit is left out. */
import { z } from 'zod';
import { CHAT_TYPES } from '../../../src/desired/model.ts';

const TEXT_CHARS = 200;
const LAST_PAGE = 100_000;

export const PER_PAGE_SIZES = [10, 25, 50, 100] as const;

/** A name sealed by sought.ts. */
const SOUGHT_CHARS = 2000;

const text = z.string().trim().max(TEXT_CHARS).optional().catch(undefined);
const sought = z.string().max(SOUGHT_CHARS).optional().catch(undefined);
const page = z.coerce.number().int().min(1).max(LAST_PAGE).catch(1);
const perPage = (size: number) =>
  z.coerce
    .number()
    .refine((n) => PER_PAGE_SIZES.some((one) => one === n))
    .catch(size);
const oneOf = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values).optional().catch(undefined);

export const chatTypeOf = oneOf(CHAT_TYPES);

export const listQuery = z.object({
  type: chatTypeOf,
  title: text,
  lastName: text,
  sought,
  condition: oneOf(['synced', 'behind', 'held', 'failing', 'archived', 'deleting']),
  sort: z.enum(['title', '-title']).catch('title'),
  page,
  perPage: perPage(50),
});

export const memberQuery = z.object({
  lastName: text,
  sought,
  show: z.enum(['members', 'changes', 'excluded']).catch('members'),
  page,
  perPage: perPage(10),
});

export const pickQuery = z.object({
  lastName: text,
  sought,
  role: oneOf(['staff', 'student', 'parent']),
  sex: oneOf(['male', 'female']),
  classId: text,
  page,
  perPage: perPage(10),
});

export const planQuery = z.object({
  view: z.enum(['chats', 'people']).catch('chats'),
  type: chatTypeOf,
  kind: oneOf(['create', 'rename', 'add', 'remove', 'grant', 'revoke', 'delete', 'held']),
  text,
  sought,
  /** The title of a class, whose chats of subjects alone are shown. */
  class: text,
  open: z.uuid().optional().catch(undefined),
  page,
  perPage: perPage(25),
});
