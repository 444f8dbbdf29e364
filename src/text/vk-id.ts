import { z } from 'zod';

const ERROR = { error: 'не идентификатор VK' };

/**
 * An id that VK gives as a number. Senders may write it as a number or as a string of digits, and it is a number from
 * then on. VK's ids are int64, of which JSON carries numbers exactly up to 2^53.
 */
export const vkId = z
  .union([z.int(ERROR).min(1, ERROR), z.string().regex(/^[1-9]\d{0,15}$/, ERROR)], ERROR)
  .transform(Number)
  .refine(Number.isSafeInteger, ERROR);
