import { type CallOptions, type ChatLook, SferumError } from '../gateway.ts';

import { CHATS_PER_LOOK } from '../request-limits.ts';
import { readCall } from './call.ts';
import { type Ask, conversationsByIdReply, lookOf } from './replies.ts';

/** Looks at up to CHATS_PER_LOOK chats by their peer ids. Chats that cannot be seen are missing in the answer. */
type LookAt = (peerIds: readonly number[], options: CallOptions) => Promise<ReadonlyMap<number, ChatLook>>;

/** Reads the looks of these chats in one call. A chat that is missing, or not shown, is left out. */
export async function readLooks(
  peerIds: readonly number[],
  ask: Ask,
): Promise<ReadonlyMap<number, ChatLook>> {
  const read = readCall('messages.getConversationsById', { peer_ids: peerIds });
  const { items } = await ask(read, conversationsByIdReply);
  return new Map(
    items.flatMap((item) => (item.chat_settings ? [[item.peer.id, lookOf(item)] as const] : [])),
  );
}

interface Waiting {
  peerId: number;
  options: CallOptions;
  resolve: (look: ChatLook | null) => void;
  reject: (error: unknown) => void;
}

/**
 * Joins single looks of bulk work that are asked for within `lingerMs` into one call. The call belongs to no caller, so
 * it counts for none of them. A caller may give up at any moment, because a look changes nothing. The others go on
 * waiting.
 */
export class Looks {
  readonly #lookAt: LookAt;
  readonly #sleep: (ms: number) => Promise<void>;
  readonly #lingerMs: number;
  #waiting: Waiting[] = [];

  constructor(lookAt: LookAt, sleep: (ms: number) => Promise<void>, lingerMs: number) {
    this.#lookAt = lookAt;
    this.#sleep = sleep;
    this.#lingerMs = lingerMs;
  }

  ask(peerId: number, options: CallOptions): Promise<ChatLook | null> {
    if (options.signal?.aborted) return Promise.reject(givenUp());
    const { promise, resolve, reject } = Promise.withResolvers<ChatLook | null>();
    const waiting = { peerId, options, resolve, reject };
    this.#waiting.push(waiting);
    if (this.#waiting.length === 1) void this.#sleep(this.#lingerMs).then(() => this.#send());
    if (this.#waiting.length === CHATS_PER_LOOK) this.#send();
    options.signal?.addEventListener('abort', () => this.#leave(waiting), { once: true });
    return promise;
  }

  #leave(waiting: Waiting): void {
    this.#waiting = this.#waiting.filter((other) => other !== waiting);
    waiting.reject(givenUp());
  }

  #send(): void {
    const joined = this.#waiting;
    this.#waiting = [];
    if (joined.length === 0) return;
    this.#lookAt(
      joined.map(({ peerId }) => peerId),
      {
        priority: 'bulk',
        onOutcome: (kind, isWrite) => {
          for (const { options } of joined) options.onOutcome?.(kind, isWrite);
        },
      },
    ).then(
      (looks) => {
        for (const { peerId, resolve } of joined) resolve(looks.get(peerId) ?? null);
      },
      (error: unknown) => {
        for (const { reject } of joined) reject(error);
      },
    );
  }
}

const givenUp = () => new SferumError('never-ran', 'messages.getConversationsById: given up while it waited');
