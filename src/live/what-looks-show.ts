/**
 * What a look at a chat tells (D8). A look shows title, owner, count, admins and the number of the newest message. VK
 * counts every message, those of people and those about who came and went. So nobody has come or gone where that number
 * has not moved.
 *
 *   changed   title, owner, count or admins differ: the chat is read at once
 *   moved     only the number differs, or a part of the look is missing: the chat is read at its next turn
 *   quiet     all is as it was when the chat was last in order
 *
 * Turns are spread evenly by the chats' ids. So chats in which people talk all day are read one after another.
 */

import { hash } from 'node:crypto';
import type { ChatLook } from '../sferum/gateway.ts';
import { sure } from '../sure.ts';

/**
 * A foreign title is replaced by ours at most so often. If it still returns, Sferum shows our title that way or a
 * person insists on it, and each rename tells everybody in the chat.
 */
export const TITLES_PUT_BACK = 5;

export interface TitledChat {
  title: string;
  /** The title that the chat has at Sferum, as far as is known. */
  sferumTitle: string | null;
  foreignTitle: string | null;
  foreignTitleTimes: number;
}

/** A chat as our row knows it. */
export interface KnownChat extends TitledChat {
  id: string;
  /** When the members were read, in epoch ms. Null means that they are in doubt. */
  seenAtMs: number | null;
  /** True where the chat must be read once more after a write in doubt. */
  again: boolean;
  /** True where the chat was set aside or its work waits, so that what differs cannot be mended at once. */
  isWaiting: boolean;
  /** The number of the newest message when the chat was last in order. Null means that work has touched it since. */
  messages: number | null;
  /** `peopleOf` what the chat showed when it was last in order or, without that, should show. */
  people: string | null;
}

/** How often chats are read, in ms. */
interface Rhythm {
  /** From one turn of a chat in which something moves to the next. */
  turnMs: number;
  /** A turn that comes so soon after a read is left out: the next one is still in time, and new chats are many. */
  lookMs: number;
  /** From one full read to the next. */
  fullReadMs: number;
  /** Full reads are made in rounds that are so far apart, so that they fill requests. */
  roundMs: number;
}

/** Why a chat must be read now: it shows a change, or its time has come. */
type ReadNeed = 'changed' | 'time';

/** Says whether the chat's members must be read now. `look` undefined: Sferum has shown nothing of the chat. */
export function readNeedOf(
  chat: KnownChat,
  look: ChatLook | undefined,
  { turnMs, lookMs, fullReadMs, roundMs }: Rhythm,
  nowMs: number,
): ReadNeed | null {
  const { id, seenAtMs } = chat;
  const shown = whatShows(chat, look);
  if (shown === 'changed' && !chat.isWaiting) return 'changed';
  if (seenAtMs === null || chat.again) return 'time';
  const roundAtMs = Math.floor(nowMs / roundMs) * roundMs;
  if (isTurn(id, fullReadMs, seenAtMs, roundAtMs)) return 'time';
  return shown !== 'quiet' && isTurn(id, turnMs, seenAtMs + lookMs, nowMs) ? 'time' : null;
}

function whatShows(chat: KnownChat, look: ChatLook | undefined): 'changed' | 'moved' | 'quiet' {
  if (!look) return 'moved';
  if (foreignTitle(chat, look) !== null || chat.sferumTitle !== chat.title) return 'changed';
  const people = peopleOf(look);
  if (people === null) return 'moved';
  if (people !== chat.people) return 'changed';
  return look.messages !== null && look.messages === chat.messages ? 'quiet' : 'moved';
}

/** Owner, count and admins as one short text that names nobody. Null where Sferum does not tell all. */
export function peopleOf({
  ownerId,
  members,
  adminIds,
}: Pick<ChatLook, 'ownerId' | 'members' | 'adminIds'>): string | null {
  if (members === null || adminIds === null) return null;
  const admins = adminIds.filter((id) => id !== ownerId).sort((a, b) => a - b);
  return hash('sha256', [ownerId, members, ...admins].join(' '), 'base64url').slice(0, DIGEST_LENGTH);
}

const DIGEST_LENGTH = 16;

/** Gives the title that Sferum shows where it is not the one we know of. Null where there is nothing to note. */
export function foreignTitle(chat: TitledChat, look: ChatLook): { shown: string; isOurs: boolean } | null {
  const readings = look.titles.map(alike);
  if (chat.sferumTitle !== null && readings.includes(alike(chat.sferumTitle))) return null;
  const shown = sure(readings[0]);
  const isOurs = readings.includes(alike(chat.title));
  const isLeft = shown === chat.foreignTitle && chat.foreignTitleTimes >= TITLES_PUT_BACK;
  return isLeft && !isOurs ? null : { shown, isOurs };
}

/** VK may trim a title or compose its letters. Such a difference is no reason for a rename, which tells everybody. */
const alike = (title: string): string => title.normalize('NFC').replace(/\s+/g, ' ').trim();

/** True where a turn of the chat has come since `sinceMs`. Turns are `everyMs` apart. */
function isTurn(id: string, everyMs: number, sinceMs: number, nowMs: number): boolean {
  if (everyMs <= 0) return true;
  const turns = (ms: number) => Math.floor(ms / everyMs + phaseOf(id));
  return turns(nowMs) > turns(sinceMs);
}

/** Gives the chat's place in the row of turns, from 0 to 1. The end of an id is random. */
const phaseOf = (id: string): number => Number.parseInt(id.slice(-8), 16) / 2 ** 32;
