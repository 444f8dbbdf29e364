/** What is said of something that has begun or ended, to programs and to people. Pure. It names no person. */

import type { Told } from '../rows/told-reason.ts';
import type { ToldKind } from '../store/entities.ts';
import { sure } from '../sure.ts';
import { count } from '../text/numbers.ts';
import { KIND_WORDS } from './kind-words.ts';

export type Turn = 'opened' | 'closed';

/** A message, before it is known who hears it. */
export interface Message extends Told {
  turn: Turn;
}

/** The body of a webhook's message (contract, «Told»). */
interface WebhookBody {
  type: string;
  timestamp: string;
  data: {
    schoolId: string | null;
    count: number;
    since: string;
    operationId?: string;
    chatIds?: string[];
    url: string;
  };
}

interface From {
  publicUrl: string;
  /** True if the reader hears all schools and may see the state of the service. */
  ofRegion: boolean;
}

/** The page where an operator opens the school that a link is about (dashboard/console/region). */
const OPEN_SCHOOL = '/schools/open';

/**
 * Gives the address of our page where the reader sees more. A page shows the school that the session has open, so a
 * reader of all schools first comes to a page that opens the school.
 */
function addressOf(message: Told, { publicUrl, ofRegion }: From): string {
  const path = pathOf(message, ofRegion);
  if (!ofRegion || message.schoolId === null) return publicUrl + path;
  return `${publicUrl}${OPEN_SCHOOL}?${new URLSearchParams({ school: message.schoolId, to: path })}`;
}

function pathOf({ kind, operationIds, chatIds }: Told, ofRegion: boolean): string {
  const paths: Record<ToldKind, string> = {
    hold: operationIds.length === 1 ? `/manage/operations/${operationIds[0]}` : '/attention',
    'chat-failing': chatIds.length === 1 ? `/manage/chats/${chatIds[0]}` : '/attention',
    'account-broken': '/settings',
    'roster-overdue': '/rosters',
    'lesson-without-call': '/attention',
    'invariant-broken': '/changes',
    'worker-dead': ofRegion ? '/server' : '/overview',
  };
  return paths[kind];
}

/**
 * Gives the body as it is sent, and sent again. `schoolId`: the receiver's own school, where the message is of no
 * school.
 */
export function webhookBody(
  message: Message,
  { at, publicUrl, schoolId }: { at: Date; publicUrl: string; schoolId: string | null },
): string {
  const [operationId, another] = message.operationIds;
  const body: WebhookBody = {
    type: `${message.kind}.${message.turn}`,
    timestamp: at.toISOString(),
    data: {
      schoolId: message.schoolId ?? schoolId,
      count: message.items,
      since: new Date(message.since).toISOString(),
      ...(operationId !== undefined && another === undefined ? { operationId } : {}),
      ...(message.chatIds.length > 0 ? { chatIds: message.chatIds } : {}),
      url: addressOf(message, { publicUrl, ofRegion: schoolId === null }),
    },
  };
  return JSON.stringify(body);
}

/** A letter. It is kept in this form, and becomes a mail when it is sent. */
export interface Letter {
  subject: string;
  text: string;
}

/** What a letter needs to name places. */
interface Places extends From {
  /** The names of schools by id. */
  schools: ReadonlyMap<string, string>;
}

/** `ofRegion`: the reader has chosen for all schools, which includes the state of the service. */
const footOf = ({ publicUrl, ofRegion }: Places) =>
  `Вы получаете это письмо, потому что выбрали оповещения: ${publicUrl}${ofRegion ? '/server' : '/settings'}/notifications`;

/** Writes one letter about messages of one kind that have all begun, or all ended, in whatever schools. */
export function letterOf(news: readonly Message[], places: Places): Letter {
  const first = sure(news[0]);
  const { kind, turn } = first;
  const words = KIND_WORDS[kind];
  const items = news.reduce((sum, one) => sum + one.items, 0);
  const title = turn === 'opened' ? words.opened(items) : words.closed;
  const where = news.length === 1 ? schoolOf(first, places) : `школ: ${count(news.length)}`;
  return {
    subject: where ? `${title} (${where})` : title,
    text: [
      `${title}.`,
      ...(turn === 'opened' ? [words.about] : []),
      '',
      ...news.flatMap((one) => linesOf(one, places)),
      '',
      footOf(places),
      '',
    ].join('\n'),
  };
}

/** Writes the summary of a morning: all that is open. */
export function summaryOf(open: readonly Told[], places: Places): Letter {
  const news = open.map((told): Message => ({ ...told, turn: 'opened' }));
  return {
    subject: news.length === 0 ? 'Сферум: ничего не ждёт' : `Сферум: ждёт внимания – ${count(news.length)}`,
    text: [
      news.length === 0 ? 'Сегодня ничего не ждёт решения.' : 'Что ждёт внимания сегодня:',
      '',
      ...news.flatMap((one) => linesOf(one, places)),
      '',
      footOf(places),
      '',
    ].join('\n'),
  };
}

function linesOf(message: Message, places: Places): string[] {
  const { kind, turn, items } = message;
  const words = turn === 'opened' ? KIND_WORDS[kind].opened(items) : KIND_WORDS[kind].closed;
  const school = schoolOf(message, places);
  return [`– ${school ? `${school}. ` : ''}${words}`, `  ${addressOf(message, places)}`];
}

function schoolOf({ schoolId }: Told, { schools }: Places): string {
  return schoolId === null ? '' : (schools.get(schoolId) ?? schoolId);
}
