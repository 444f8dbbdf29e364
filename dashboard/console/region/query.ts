import { z } from 'zod';

const PER_PAGE = 50;
const NAME_CHARS = 200;

/** What the address of a list of schools may ask for, besides the list's own filter. What does not fit is left out. */
export const SCHOOLS_ASKED = {
  q: z
    .string()
    .trim()
    .max(NAME_CHARS)
    .optional()
    .catch(undefined)
    .transform((text) => text || undefined),
  page: z.coerce.number().int().min(1).max(1_000_000).catch(1),
  perPage: z.coerce.number().int().min(1).max(100).catch(PER_PAGE),
};
