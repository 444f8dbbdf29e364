/** A school that hears events over HTTP; after each test Sferum must hold what the rules give. */
import { afterEach, beforeEach, expect } from 'vitest';
import { type ChatWorld, startChatWorld } from './chat-world.ts';
import type { TokenClaims } from './tokens.ts';

export const SERVICE: TokenClaims = { role: 'service', school: 's1', sub: 'sgo' };
const BATCH = 'application/cloudevents-batch+json';

export const taken = (accepted: number) => ({ accepted, duplicates: 0, rejected: [] });

/** Set up anew for each test of the file that calls it. */
export function hearingWorld() {
  let world: ChatWorld;
  let sent = 0;
  beforeEach(async () => {
    world = await startChatWorld();
    sent = 0;
  });
  afterEach(async () => {
    expect(await world.differences(['s1'])).toEqual([]);
    await world[Symbol.asyncDispose]();
  });

  /** An event of this minute of today, unless it says otherwise. */
  function event(type: string, data: object, own: { id?: string; time?: string } = {}) {
    sent += 1;
    const minute = String(sent).padStart(2, '0');
    return {
      specversion: '1.0',
      source: 'sgo',
      id: `e${sent}`,
      type,
      time: `2026-10-01T09:${minute}:00Z`,
      data,
      ...own,
    };
  }

  async function post(
    events: unknown,
    as: TokenClaims = SERVICE,
    school = 's1',
    type = BATCH,
  ): Promise<Response> {
    const init = { method: 'POST', as, headers: { 'content-type': type }, body: JSON.stringify(events) };
    return world.request(`/v1/schools/${school}/events`, init);
  }

  async function hear(...events: unknown[]) {
    const response = await post(events);
    const receipt = (await response.json()) as {
      accepted: number;
      duplicates: number;
      rejected: { id: string; message: string }[];
    };
    expect({ status: response.status, receipt }).toMatchObject({ status: 202 });
    await world.settled();
    return receipt;
  }

  /** Every live chat of the sandbox. */
  function everything(): Record<string, string | null> {
    const titles = [...world.sandbox.world.chats.values()].map((chat) => chat.title).sort();
    return Object.fromEntries(titles.map((title) => [title, world.inSferum(title)]));
  }

  const moved = (id: string, items: object[], own: object = {}) =>
    event('sgo.order.issued', { id, kind: 'transfer', effectiveOn: '2026-10-01', items, ...own });

  return {
    get world() {
      return world;
    },
    ...{ event, post, hear, everything, moved },
  };
}
