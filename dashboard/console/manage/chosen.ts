/** What the list's form sends: the chats of the ticked rows, and the page of the list where they were ticked. */
import { z } from 'zod';
import { localPath } from '../entry/local-path.ts';
import type { Flash } from '../flash.ts';
import { formOf } from '../form.ts';
import type { ConsoleContext } from '../page.ts';
import { PER_PAGE_SIZES } from './query.ts';

/** As many as one page of the list shows. */
const MOST_CHOSEN = Math.max(...PER_PAGE_SIZES);

const ids = z
  .array(z.uuid())
  .catch([])
  .transform((all) => [...new Set(all)].slice(0, MOST_CHOSEN));

export interface Chosen {
  chatIds: string[];
  /** The address of the list with its filters. */
  back: string;
}

/** Reads what was sent by a button. */
export async function chosenOf(c: ConsoleContext): Promise<Chosen & { form: FormData }> {
  const form = await formOf(c);
  const back = z.string().safeParse(form.get('back')).data;
  return { form, chatIds: ids.parse(form.getAll('chat')), back: listPath(back) };
}

/** Reads the same from an address. */
export function chosenInQuery(c: ConsoleContext): Chosen {
  return { chatIds: ids.parse(c.req.queries('chat') ?? []), back: listPath(c.req.query('back')) };
}

function listPath(back: string | undefined): string {
  const path = localPath(back);
  return path === '/manage' || path.startsWith('/manage?') ? path : '/manage';
}

export const NOTHING_CHOSEN: Flash = {
  kind: 'info',
  title: 'Выберите чаты',
  text: 'Отметьте их строки, затем нажмите кнопку.',
  at: 'chosen',
};
