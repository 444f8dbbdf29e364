import { afterEach, beforeEach, expect } from 'vitest';
import { type ChatWorld, startChatWorld } from './chat-world.ts';

/** Gives each test a world of its own. After the test Sferum must hold what is desired, whatever the test has done. */
export function eachWithChatWorld(take: (world: ChatWorld) => void): void {
  let world: ChatWorld;
  beforeEach(async () => {
    world = await startChatWorld();
    take(world);
  });
  afterEach(async () => {
    expect(await world.differences(['s1'])).toEqual([]);
    await world[Symbol.asyncDispose]();
  });
}
